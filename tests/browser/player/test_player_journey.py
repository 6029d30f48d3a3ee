"""A learner takes the shipped unit from the first page to the result, in each language."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from content.model import Course
from tests.learner import Learner, right_answer, script
from tests.player_pages.learners import go, hand_in_right, words

pytestmark = pytest.mark.browser

Browse = Callable[..., Page]
Site = Callable[..., str]


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", 1280, "light"), ("fr", 390, "dark"), ("ar", 390, "light")],
)
def test_whole_unit(
    browse: Browse, site: Site, course: Course, language: str, width: int, scheme: str
) -> None:
    page = browse(site(course, language), width=width, scheme=scheme)
    unit = course.units[0]
    learner = Learner(page, unit)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    for shown in unit.pages:
        expect(page).to_have_title(re.compile(re.escape(shown.title[language])))
        for question_id in learner.checks_here():
            question = unit.question(question_id)
            assert question
            learner.answer(question_id, right_answer(question, language))
            box = page.locator(f'.is-current [data-check="{question_id}"]')
            box.get_by_role("button").click()
            expect(box.locator(".verdict")).to_have_text(words(page, "verdict.right"))
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{shown.id} is wider than the window"
        page.locator(".is-current a[rel=next]").click()
    expect(page.locator(".is-current [data-quiz]")).to_be_visible()
    learner.answer_quiz(script(unit, language))
    score = learner.hand_in()
    assert 70 < score < 100
    expect(page.locator(".verdict-words")).to_contain_text(words(page, "result.passed"))
    expect(page.locator(".view.is-current .questions > li")).to_have_count(len(unit.quiz))
    expect(page.locator("#progress-bar")).to_have_attribute("value", "100")
    # Arabic text, the digits 0–9.
    assert not re.search("[٠-٩]", page.locator("main").inner_text())


def test_every_type_of_question_is_graded_and_explained(
    browse: Browse, site: Site, kitchen: Course
) -> None:
    page = browse(site(kitchen))
    unit = kitchen.units[0]
    hand_in_right(page, unit)
    verdicts = page.locator(".view.is-current .verdict")
    expect(verdicts).to_have_count(len(unit.quiz))
    expect(page.locator(".is-current .model-answer em")).to_have_text("model")

    page.get_by_role("link", name=words(page, "result.next")).click()
    expect(page.get_by_role("heading", name="Page three of second")).to_be_focused()


def test_wrong_answers_tell_what_to_look_at_again(
    browse: Browse, site: Site, kitchen: Course
) -> None:
    page = browse(site(kitchen))
    learner = Learner(page, kitchen.units[0])
    go(page, "first/quiz")
    learner.answer_quiz(
        {
            "single": "a",
            "multiple": ["a", "b"],
            "truth": {"value": False, "reason": "x"},
            "matching": {"fr": "paris", "tn": "rome"},
            "ordering": ["second", "first", "third"],
            "numeric": {"value": "0,125", "unit": "eur"},
            "cloze": {"votes": "one", "seats": "few"},
            "word": "greed",
            "essay": "<b>mine</b>",
            "scenario": {"start": "go", "then": "right"},
        }
    )
    # matching ½, ordering ⅓, cloze ½, scenario ½ of nine points
    assert f"{learner.hand_in():.2f}" == "20.37"
    result = page.locator(".view.is-current")
    expect(result).to_contain_text("You forgot the hundred")
    expect(result).to_contain_text("About a")
    expect(result).to_contain_text(words(page, "result.not-yet"))
    expect(result.locator("textarea")).to_have_value("<b>mine</b>")
    # The page whose check asks for the same outcome is proposed for another look.
    expect(result.locator(".outcome-pages a").first).to_have_text("Page one of first")
    assert not page.locator(".view.is-current b").count(), "a learner's text became HTML"

    again = result.get_by_role("link", name=words(page, "quiz.again"))
    again.click()
    expect(page.locator(".view.is-current .facts")).to_contain_text("2")
    assert learner.given("single") is None
    learner.answer("single", "b")
    page.get_by_role("button", name=words(page, "quiz.hand-in")).click()
    page.get_by_role("button", name=words(page, "quiz.missing.anyway")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("last attempt")
    dialog.get_by_role("button", name=words(page, "quiz.confirm.yes"), exact=True).click()
    expect(page.locator(".verdict-words")).to_contain_text(words(page, "result.failed"))
    expect(page.locator(".verdict-panel")).to_contain_text("20.37")
    go(page, "first/quiz")
    expect(page.locator(".view.is-current")).to_contain_text(words(page, "quiz.none"))


def test_links_to_pages_units_and_terms(browse: Browse, site: Site, kitchen: Course) -> None:
    page = browse(site(kitchen))
    # A unit that this document does not have is named, not linked to.
    expect(page.locator(".is-current").get_by_text("nowhere")).to_be_visible()
    assert not page.locator(".is-current").get_by_role("link", name="nowhere").count()
    page.locator(".is-current").get_by_role("link", name="another unit").click()
    expect(page.locator('.is-current[data-view="second/three"]')).to_be_visible()
    page.go_back()
    expect(page.locator('.is-current[data-view="first/one"]')).to_be_visible()
    term = page.locator(".is-current .term")
    term.click()
    dialog = page.get_by_role("dialog", name="member")
    expect(dialog).to_contain_text("Somebody who belongs")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(term).to_be_focused()
