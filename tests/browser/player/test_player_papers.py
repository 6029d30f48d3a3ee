"""A learner meets a quiz that draws from a pool: other questions at the next attempt, and
explanations at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from content.model import Choice, Course, Pool, QuizRules, SingleChoice
from tests.learner import Learner
from tests.player_pages.learners import go, words

pytestmark = pytest.mark.browser


def drawing(course: Course) -> Course:
    """The course's first unit with a pool of eight questions, of which three are drawn."""
    unit = course.units[0]
    quiz = tuple(
        SingleChoice(
            id=f"drawn-{number}",
            prompt=dict.fromkeys(course.languages, f"Drawn question {number}"),
            outcome=unit.outcomes[0].id,
            pool="bank",
            choices=tuple(
                Choice(
                    id=name,
                    text=dict.fromkeys(course.languages, f"Choice {name}"),
                    feedback=dict.fromkeys(course.languages, f"told-{name}"),
                    correct=name == "a",
                )
                for name in "abcd"
            ),
        )
        for number in range(8)
    )
    rules = QuizRules(
        shuffle_questions=True,
        shuffle_choices=True,
        feedback="last-attempt",
        pools=(Pool("bank", 3),),
    )
    drawn = replace(unit, quiz=quiz, rules=rules, attempts=2)
    return replace(course, units=(drawn,), digest="d" * 64, text_digest="d" * 64)


def asked(page: Page) -> list[str]:
    shown = page.locator(".view.is-current .questions [data-question]")
    return [one.get_attribute("data-question") or "" for one in shown.all()]


def test_attempts_draw_and_explain_as_the_unit_says(
    browse: Callable[..., Page], site: Callable[..., str], course: Course
) -> None:
    drawn = drawing(course)
    unit = drawn.units[0]
    page = browse(site(drawn, "en"))
    learner = Learner(page, unit)
    go(page, f"{unit.id}/quiz")
    first = asked(page)
    assert len(first) == 3
    expect(page.locator(".view.is-current .facts")).to_contain_text("3 questions")
    learner.answer(first[0], "a")
    learner.answer(first[1], "b")
    page.reload()
    page.locator("body.is-ready .view.is-current").wait_for()
    go(page, f"{unit.id}/quiz")
    assert asked(page) == first
    assert learner.given(first[0]) == "a"
    learner.answer(first[2], "b")
    assert learner.hand_in() == Decimal("33.33")
    assert "told-" not in page.locator(".view.is-current").inner_text()
    expect(page.locator(".given .note")).to_contain_text(
        words(page, "result.unexplained.last-attempt")
    )
    learner.try_again()
    second = asked(page)
    assert len(second) == 3
    learner.answer_quiz(dict.fromkeys(second, "b"))
    assert learner.hand_in() == 0
    expect(page.locator(".view.is-current")).to_contain_text("told-b")
    expect(page.locator(".view.is-current .questions > li")).to_have_count(3)
