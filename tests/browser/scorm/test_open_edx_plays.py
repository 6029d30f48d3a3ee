"""Packages in a SCORM runtime that we did not write: Open edX's openedx-scorm-xblock.

It tells a package nothing of its own status, score or mode, and takes values one by one, so
learners come back only if the package itself remembers them. ``make test`` installs it in
``.venv-xblock``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from content.model import Course, Unit
from tests.learner import Learner, right_answer, script, take
from tests.scorm_packages.open_edx import Block, open_edx

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("open-edx")]


class OpenEdx(Block):
    """A SCORM block, and one learner in front of it."""

    def __init__(self, host: str, page: Page) -> None:
        super().__init__(host, "unit")
        self.page = page

    def take(self, package: Path) -> dict[str, Any]:
        """Import the package with what only this block asks."""
        return self.upload(
            package,
            popup_on_launch="0",
            enable_navigation_menu="1",
            enable_fullscreen_button="0",
            navigation_menu_width="",
        )

    def open(self) -> FrameLocator:
        self.page.goto(f"{self.url}/")
        return self.page.frame_locator("iframe.scorm-embedded")

    def leave(self) -> None:
        """Look at another tab first, as Open edX drops what is under way when its page goes."""
        frame = next(one for one in self.page.frames if one.parent_frame)
        frame.evaluate(
            "Object.defineProperty(document, 'visibilityState', {value: 'hidden'});"
            " document.dispatchEvent(new Event('visibilitychange'));"
        )
        self.page.wait_for_function("jQuery.active === 0")
        self.page.goto("about:blank")


@pytest.fixture
def edx(tmp_path: Path, context: BrowserContext) -> Iterator[OpenEdx]:
    with open_edx("scorm", tmp_path) as host:
        yield OpenEdx(host, context.new_page())


def test_a_learner_leaves_returns_and_is_graded(
    edx: OpenEdx, packaged: Callable[[Course], Path], course: Course, unit: Unit, version: str
) -> None:
    assert edx.take(packaged(course)) == {"result": "success", "errors": []}
    assert edx.state()["package_warnings"] == []
    assert edx.state()["scorm_version"] == {"scorm12": "SCORM_12"}.get(version, "SCORM_2004")

    told = take(edx.open, edx.leave, unit, "en", script(unit, "en"))
    edx.leave()

    assert edx.state()["success_status"] == "passed"
    assert edx.state()["lesson_status"] == "completed"
    assert edx.grades()[-1] == pytest.approx(float(told) / 10, abs=1e-3)


def test_a_learner_who_comes_back_after_passing_loses_nothing(
    edx: OpenEdx, packaged: Callable[[Course], Path], course: Course, unit: Unit
) -> None:
    edx.take(packaged(course))
    right = {question.id: right_answer(question, "en") for question in unit.quiz}
    learner = Learner(edx.open(), unit)
    learner.arrive()
    learner.read_on(to="quiz")
    learner.answer_quiz(right)
    assert learner.hand_in() == Decimal(100)
    edx.leave()

    learner = Learner(edx.open(), unit)
    learner.arrive()
    assert learner.where == "result"
    assert learner.score() == Decimal(100)
    edx.leave()
    kept = edx.state()
    assert (kept["lesson_status"], kept["success_status"]) == ("completed", "passed")
    assert edx.grades()[-1] == pytest.approx(10)
    edx.open()
    expect(edx.page.locator(".completion-status")).to_have_text("completed")


def test_an_update_keeps_a_learners_place(
    edx: OpenEdx, packaged: Callable[[Course], Path], course: Course, unit: Unit
) -> None:
    edx.take(packaged(course))
    learner = Learner(edx.open(), unit)
    learner.arrive()
    last = unit.pages[-1].id
    learner.read_on(to=last)
    edx.leave()

    titled = replace(unit, title={**unit.title, "en": "The second version"})
    newer = replace(course, units=(titled, *course.units[1:]), version="2.0.0")
    assert edx.take(packaged(newer))["errors"] == []

    learner = Learner(edx.open(), unit)
    learner.arrive()
    assert learner.where == last
    expect(learner.place.locator("body")).to_contain_text("The second version")
