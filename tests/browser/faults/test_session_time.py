"""The time that the LMS is told is what the learner spent: not the hours for which a page lay
hidden, in the back-forward cache or in a device asleep."""

from __future__ import annotations

import pytest

from content.model import Unit
from tests.browser.faults.stages import Cmi5Stage, ScormStage
from tests.browser.faults.test_fault_matrix import DONE, finish, stands, to_the_quiz

pytestmark = pytest.mark.browser
with_lms = pytest.mark.parametrize("stage", ["scorm12", "scorm2004", "cmi5"], indirect=True)
MINUTE, HOUR = 60, 3600
LEAVE_FOR_THE_CACHE = """() => window.dispatchEvent(
    new PageTransitionEvent('pagehide', { persisted: true }))"""
PLAY = """() => {
    const sound = document.createElement('audio');
    Object.defineProperty(sound, 'paused', { value: false });
    document.body.append(sound); }"""


@with_lms
def test_hours_away_are_not_counted(stage: ScormStage | Cmi5Stage, unit: Unit) -> None:
    sitting = stage.open()
    to_the_quiz(sitting)
    stage.passes(sitting, 2 * MINUTE)
    # Something was looked up in another window.
    sitting.put_away()
    stage.passes(sitting, 5 * MINUTE)
    sitting.take_up()
    # A phone in a pocket.
    sitting.put_away()
    stage.passes(sitting, 3 * HOUR)
    sitting.take_up()
    # A laptop that was closed: no event tells.
    stage.passes(sitting, 8 * HOUR)
    sitting.place.locator("body").evaluate(LEAVE_FOR_THE_CACHE)
    stage.passes(sitting, 6 * HOUR)
    stage.passes(sitting, 1 * MINUTE)
    finish(sitting, unit)
    stands(stage, sitting, DONE)
    # The time of the test itself counts too.
    assert 8 * MINUTE <= stage.spent(sitting) < 2 * HOUR
    stage.leave(sitting)


@with_lms
def test_who_listens_is_there(stage: ScormStage | Cmi5Stage, unit: Unit) -> None:
    sitting = stage.open()
    to_the_quiz(sitting)
    sitting.place.locator("body").evaluate(PLAY)
    sitting.put_away()
    for _ in range(4):
        stage.passes(sitting, 9 * MINUTE)
    sitting.take_up()
    finish(sitting, unit)
    stands(stage, sitting, DONE)
    assert 36 * MINUTE <= stage.spent(sitting) < 2 * HOUR
    stage.leave(sitting)


@pytest.mark.parametrize("stage", ["cmi5"], indirect=True)
def test_a_page_that_is_loaded_anew_goes_on_counting(stage: Cmi5Stage, unit: Unit) -> None:
    """The session goes on (cmi5 9.5.4.1: from its first statement to its last)."""
    sitting = stage.open()
    to_the_quiz(sitting)
    for _ in range(3):
        stage.passes(sitting, 9 * MINUTE)
    sitting.page.evaluate("dispatchEvent(new KeyboardEvent('keydown', {key: 'F5'}))")
    sitting.page.reload()
    sitting.learner.arrive()
    finish(sitting, unit)
    stands(stage, sitting, DONE)
    assert 27 * MINUTE <= stage.spent(sitting) < 2 * HOUR
    stage.leave(sitting)
