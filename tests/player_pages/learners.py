"""What the tests of this folder do again and again."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from content.model import Unit
from tests.chromium import PATIENCE
from tests.learner import Learner, right_answer


def words(page: Page, key: str) -> str:
    """The player's own words, as they stand in the document."""
    data = json.loads(page.locator("#course-data").text_content() or "{}")
    found = data["strings"][key]
    return str(found if isinstance(found, str) else found["other"])


def go(page: Page, view: str) -> None:
    """Show a view by its address, as a bookmark or the back button would."""
    page.evaluate("view => { location.hash = view; }", view)
    expect(page.locator(f'.view.is-current[data-view="{view}"]')).to_be_visible()


def comes(page: Page, look: Callable[[], bool]) -> None:
    """Wait until ``look`` holds; what the page asks of the test's own routes is answered."""
    until = time.monotonic() + PATIENCE / 1000
    while not look():
        assert time.monotonic() < until, "it does not come"
        page.wait_for_timeout(50)


def right_answers(unit: Unit, language: str = "en") -> dict[str, Any]:
    return {question.id: right_answer(question, language) for question in unit.quiz}


def hand_in_right(page: Page, unit: Unit, language: str = "en") -> Learner:
    """Hand in a perfect quiz; the result page is in view afterwards."""
    learner = Learner(page, unit)
    go(page, f"{unit.id}/quiz")
    learner.answer_quiz(right_answers(unit, language))
    assert learner.hand_in() == 100
    return learner
