"""What goes wrong, in each medium: at most the last second is lost, nothing is taken back, the
learner is told, and nobody sees another's.

| | SCORM 1.2 | SCORM 2004 | cmi5 | web |
|---|---|---|---|---|
| tab killed, phone switched away, back-forward cache, two tabs, update | x | x | x | x |
| saving fails, then works again | x | x | x | x |
| the LMS is slow, or lies | x | x | x | |
| network gone | | | x | x |
| review, browse, another learner on the device | x | x | x | |

An API that is missing or beyond another site: tests/browser/scorm, and for cmi5 tests/browser/cmi5.
"""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from playwright.sync_api import BrowserContext, expect

from content.model import Course, Unit
from tests.browser.faults.stages import SLOW, Sitting, Stage, Standing
from tests.chromium import PATIENCE
from tests.scorm_packages.playing import right_answers, wrong_answers
from tests.tool import eventually

pytestmark = pytest.mark.browser

with_lms = pytest.mark.parametrize("stage", ["scorm12", "scorm2004", "cmi5"], indirect=True)
with_network = pytest.mark.parametrize("stage", ["cmi5", "web"], indirect=True)
#: Seconds after which a page that was turned to, and what was typed, is to be saved.
READING, TYPING = 0.5, 1.3
DONE = Standing(100, completed=True, passed=True)


def to_the_quiz(sitting: Sitting) -> None:
    sitting.learner.read_on(to="quiz")


def finish(sitting: Sitting, unit: Unit) -> None:
    sitting.learner.answer_quiz(right_answers(unit))
    assert sitting.learner.hand_in() == 100


def stands(stage: Stage, sitting: Sitting, wanted: Standing) -> None:
    """What is kept for good comes to be ``wanted``."""
    until = time.monotonic() + PATIENCE / 1000
    while (found := stage.standing(sitting)) != wanted and time.monotonic() < until:
        sitting.page.wait_for_timeout(250)
    assert found == wanted


def test_a_tab_that_is_killed_loses_at_most_the_last_second(stage: Stage, unit: Unit) -> None:
    sitting = stage.open()
    to_the_quiz(sitting)
    answers = right_answers(unit)
    first = {name: answers[name] for name in ("votes", "order-of-the-day")}
    sitting.learner.answer_quiz(first)
    stage.passes(sitting, TYPING)
    sitting.kill()

    sitting = stage.open()
    assert sitting.learner.where == "quiz"
    assert {name: sitting.learner.given(name) for name in first} == first
    finish(sitting, unit)
    stands(stage, sitting, DONE)
    stage.passes(sitting, READING)
    sitting.kill()

    sitting = stage.open()
    assert sitting.learner.where == "result"
    stands(stage, sitting, DONE)
    stage.leave(sitting)


def test_a_phone_that_is_switched_away_loses_nothing(stage: Stage, unit: Unit) -> None:
    sitting = stage.open()
    to_the_quiz(sitting)
    sitting.learner.answer_quiz({"quorum": {"value": "20"}})
    sitting.hide()
    stage.rest(sitting)
    sitting.kill()
    sitting = stage.open()
    assert sitting.learner.given("quorum") == {"value": "20"}
    assert stage.violations(sitting) == []
    stage.leave(sitting)


def test_back_and_forward_go_on_where_they_were(stage: Stage, unit: Unit) -> None:
    sitting = stage.open()
    to_the_quiz(sitting)
    sitting.learner.answer_quiz({"votes": "one"})
    address = sitting.page.url
    sitting.page.goto("about:blank")
    sitting.page.go_back()
    sitting.page.wait_for_url(address)
    sitting.learner.arrive()
    assert sitting.learner.where == "quiz"
    assert sitting.learner.given("votes") == "one"
    finish(sitting, unit)
    stage.passes(sitting, READING)
    sitting.page.close()

    sitting = stage.open()
    assert sitting.learner.where == "result"
    stands(stage, sitting, DONE)
    assert stage.violations(sitting) == []
    stage.leave(sitting)


def test_two_tabs_on_one_attempt_lose_nothing_of_each_other(stage: Stage, unit: Unit) -> None:
    one = stage.open()
    to_the_quiz(one)
    one.learner.answer_quiz({"votes": "one"})
    stage.passes(one, TYPING)
    two = stage.open()
    assert two.learner.where == "quiz"
    assert two.learner.given("votes") == "one"
    two.learner.answer_quiz({"quorum": {"value": "20"}})
    stage.passes(two, TYPING)
    # Told by the other tab.
    assert eventually(lambda: one.learner.given("quorum")) == {"value": "20"}
    finish(one, unit)
    two.place.locator('.toc a[data-view$="/result"]').wait_for(state="attached")
    expect(two.place.locator(".view.is-current [data-quiz] form")).to_have_count(0)
    stage.passes(one, READING)
    stage.leave(one)
    two.place.locator(".toc a").first.evaluate("link => link.click()")
    stage.passes(two, READING)
    stands(stage, two, DONE)
    stage.leave(two)
    last = stage.open()
    stands(stage, last, DONE)
    stage.leave(last)


def test_an_update_meets_work_that_was_begun(stage: Stage, course: Course, unit: Unit) -> None:
    """Pages turned round, one renamed, one gone, one new; a question dropped, one changed, one new:
    place, score, verdict and what can be kept of the answers stay."""
    sitting = stage.open()
    to_the_quiz(sitting)
    sitting.learner.answer_quiz(right_answers(unit))
    sitting.learner.hand_in()
    stands(stage, sitting, DONE)
    stage.leave(sitting)

    votes, tasks, quorum, order = unit.quiz
    changed = replace(votes, choices=votes.choices[::-1])  # type: ignore[attr-defined]
    first, second = unit.pages
    renamed = replace(second, title=dict.fromkeys(second.title, "Another title"))
    newer = replace(
        unit,
        pages=(renamed, replace(first, id="a-new-page")),
        quiz=(changed, quorum, replace(quorum, id="another"), order),
    )
    assert tasks not in newer.quiz
    stage.update(
        replace(course, units=(newer,), version="2.0.0", digest="d" * 64, text_digest="d" * 64)
    )
    sitting = stage.open()
    assert sitting.learner.words("notice.changed") in sitting.notices()
    assert sitting.learner.where == "result"
    stands(stage, sitting, DONE)
    stage.leave(sitting)
    sitting = stage.open()
    stands(stage, sitting, DONE)
    stage.leave(sitting)


def test_what_cannot_be_saved_is_told_and_made_good(stage: Stage, unit: Unit) -> None:
    sitting = stage.open(fault="fails")
    to_the_quiz(sitting)
    sitting.learner.answer_quiz(right_answers(unit))
    expect(sitting.place.locator("#saving")).to_be_visible()
    assert sitting.learner.hand_in() == 100
    assert sitting.unsaved()
    assert not stage.standing(sitting).passed
    stage.repair(sitting)
    if not stage.reports:  # on its own the device tries again with the next thing that is done
        sitting.place.locator(".toc a").first.click()
    stands(stage, sitting, DONE)
    expect(sitting.place.locator("#saving")).to_be_hidden()
    if stage.reports:
        # Once saved, nothing of it stays on the device.
        assert eventually(lambda: sitting.device_keeps() == {} or None)
    assert stage.violations(sitting) == []
    stage.leave(sitting)


@with_lms
@pytest.mark.parametrize("fault", ["fails", "lies", "cuts"])
def test_what_was_never_saved_is_there_the_next_time(stage: Stage, unit: Unit, fault: str) -> None:
    """Saving never works, and then the tab dies. Another learner on the device sees nothing of it
    and sends nothing of it; the learner who comes back finds it, and then it is gone from here."""
    sitting = stage.open(fault=fault)
    to_the_quiz(sitting)
    sitting.learner.answer_quiz({"votes": "one"})
    expect(sitting.place.locator("#saving")).to_be_visible()
    stage.passes(sitting, TYPING)
    sitting.kill()

    other = stage.open(learner="2")
    assert other.learner.where == unit.pages[0].id
    other.learner.read_on(to="quiz")
    assert other.learner.given("votes") is None
    stage.passes(other, TYPING)
    assert stage.standing(other, "2").value is None
    stage.leave(other)

    sitting = stage.open()
    assert sitting.learner.words("notice.recovered") in sitting.notices()
    assert sitting.learner.where == "quiz"
    assert sitting.learner.given("votes") == "one"
    finish(sitting, unit)
    stands(stage, sitting, DONE)
    assert eventually(lambda: sitting.device_keeps() == {} or None)
    stage.leave(sitting)


@with_lms
def test_a_slow_lms_gets_no_more_than_one_save_an_answer(stage: Stage, unit: Unit) -> None:
    sitting = stage.open(fault="slow")
    sitting.learner.read_on(to=unit.pages[1].id)
    sitting.page.wait_for_timeout(SLOW * 1000 + 1000)
    stage.repair(sitting)
    before = stage.saves(sitting)
    assert before <= 3
    sitting.learner.read_on(to="quiz")
    finish(sitting, unit)
    stands(stage, sitting, DONE)
    assert stage.violations(sitting) == []
    stage.leave(sitting)


def test_there_is_at_most_one_save_an_answer(stage: Stage, unit: Unit) -> None:
    """And none while nothing is done (LiaScript-Exporter#55)."""
    sitting = stage.open()
    stage.passes(sitting, READING)
    begun = stage.saves(sitting)
    stage.passes(sitting, 60)
    assert stage.saves(sitting) == begun
    sitting.learner.read_on(to="quiz")
    finish(sitting, unit)
    stands(stage, sitting, DONE)
    parts = sum(len(getattr(one, "items", ())) or 2 for one in unit.quiz)
    assert stage.saves(sitting) - begun <= len(unit.pages) + parts + 4
    stage.leave(sitting)


@with_network
def test_a_network_that_is_gone_and_back_costs_nothing(
    stage: Stage, unit: Unit, context: BrowserContext
) -> None:
    sitting = stage.open()
    to_the_quiz(sitting)
    stage.passes(sitting, READING)
    context.set_offline(True)
    finish(sitting, unit)
    if stage.reports:
        expect(sitting.place.locator("#saving")).to_contain_text(
            sitting.learner.words("save.offline")
        )
        assert not stage.standing(sitting).completed
    context.set_offline(False)
    stands(stage, sitting, DONE)
    expect(sitting.place.locator("#saving")).to_be_hidden()
    assert stage.violations(sitting) == []
    stage.leave(sitting)


@with_lms
@pytest.mark.parametrize("mode", ["review", "browse"])
def test_looking_back_changes_nothing(stage: Stage, unit: Unit, mode: str) -> None:
    sitting = stage.open()
    to_the_quiz(sitting)
    sitting.learner.answer_quiz(wrong_answers(unit))
    sitting.learner.hand_in()
    stage.passes(sitting, READING)
    before = stage.standing(sitting)
    stage.leave(sitting)
    sitting = stage.open(mode=mode)
    assert sitting.learner.words(f"notice.{mode}") in sitting.notices()
    saves = stage.saves(sitting)
    sitting.learner.try_again()
    finish(sitting, unit)
    sitting.hide()
    assert stage.saves(sitting) == saves
    assert stage.standing(sitting) == before
    assert sitting.device_keeps() == {}
    stage.leave(sitting)
    sitting = stage.open()
    assert sitting.learner.score() == 25
    stage.leave(sitting)
