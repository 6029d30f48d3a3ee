"""Several languages in one document: switching ends nothing, loses nothing, moves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from playwright.sync_api import Page, expect

from content.model import Course, ShortText
from tests.browser.player.conftest import AXE, write_site
from tests.learner import Learner, right_answer
from tests.player_pages.learners import go

pytestmark = pytest.mark.browser

Browse = Callable[..., Page]
TONGUES = ("en", "fr", "ar")


@pytest.fixture(scope="module")
def polyglot(course: Course, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the shipped course's first unit in three languages, from the disk."""
    one = replace(course, units=course.units[:1])
    folder = tmp_path_factory.mktemp("polyglot")
    return write_site(folder, one, "en", languages=TONGUES).as_uri()


def choose(page: Page, name: str, tag: str | None = None) -> None:
    """Pick a language by its own name, as somebody who reads no other would; with its ``tag``, wait
    until it has come."""
    page.locator("#language-button").click()
    page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()
    if tag:
        expect(page.locator("html")).to_have_attribute("lang", tag)


def test_a_switch_says_everything_in_the_other_language(
    browse: Browse, polyglot: str, course: Course
) -> None:
    unit = course.units[0]
    page = browse(polyglot)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    loads = page.evaluate("performance.timeOrigin")
    assert page.locator("html").get_attribute("lang") == "en"
    for tag, name, way in (
        ("ar", "العربية", "rtl"),
        ("fr", "Français", "ltr"),
        ("en", "English", "ltr"),
    ):
        choose(page, name)
        expect(page.locator("html")).to_have_attribute("lang", tag)
        expect(page.locator("html")).to_have_attribute("dir", way)
        title = unit.pages[0].title[tag]
        expect(page.locator(".is-current h1")).to_have_text(title)
        expect(page.locator(".toc a[aria-current] .toc-text")).to_have_text(title)
        expect(page.locator(".bar-title")).to_have_text(unit.title[tag])
        assert page.title().startswith(title)
        expect(page.locator("#language-button")).to_be_focused()
        expect(page.locator("#language-name")).to_have_text(name)
        expect(page.locator("#announcer")).to_contain_text(name)
        words = page.evaluate("document.body.innerText")
        other = {"en": "Contents", "fr": "Sommaire", "ar": "المحتويات"}
        assert [t for t, word in other.items() if word in words] == [tag]
    assert [name for name in asked if name.endswith(".js")] == ["ar.js", "fr.js"], "each once"
    assert page.evaluate("performance.timeOrigin") == loads


def test_drafts_checks_place_and_result_outlive_a_switch(
    browse: Browse, polyglot: str, course: Course
) -> None:
    unit = course.units[0]
    page = browse(polyglot)
    learner = Learner(page, unit)
    while not learner.checks_here():
        page.locator(".is-current a[rel=next]").click()
    check = learner.checks_here()[0]
    question = unit.question(check)
    assert question is not None
    learner.check(check, right_answer(question, "en"))
    choose(page, "Français", "fr")
    assert learner.given(check) == right_answer(question, "en")
    verdict = page.locator(f'.is-current [data-question="{check}"] .verdict')
    expect(verdict).to_contain_text("Juste")

    go(page, f"{unit.id}/quiz")
    answers = {q.id: right_answer(q, "fr") for q in unit.quiz}
    learner.answer_quiz(answers)
    last = page.locator(".is-current [data-question]").last
    last.scroll_into_view_if_needed()
    name = last.get_attribute("data-question")
    choose(page, "العربية", "ar")
    assert {q: learner.given(q) for q in answers} == answers
    expect(page.locator(f'.is-current [data-question="{name}"]')).to_be_in_viewport()

    page.locator(".is-current button[type=submit]").click()
    page.get_by_role("dialog").get_by_role("button").first.click()
    page.locator('.is-current[data-view$="/result"]').wait_for()
    assert learner.score() == 100
    told = page.locator(".is-current .given").inner_text()
    choose(page, "Français", "fr")
    assert learner.score() == 100
    french = page.locator(".is-current .given").inner_text()
    assert french != told
    assert not any("\u0600" <= char <= "\u06ff" for char in french), "no feedback stays behind"

    page.reload()
    page.locator("body.is-ready html, body.is-ready .view.is-current").first.wait_for()
    assert page.locator("html").get_attribute("lang") == "fr", "remembered"
    assert learner.where == "result"
    assert learner.score() == 100


def test_a_short_answer_keeps_its_worth_in_another_language(
    browse: Browse, course: Course, tmp_path: Path
) -> None:
    """Given in French, handed in in English: what is right in one language is right in all."""
    plain = MappingProxyType({"en": "Say it.", "fr": "Dites-le."})
    question = ShortText(
        id="word",
        prompt=plain,
        accepted={"en": ("solidarity",), "fr": ("solidarité",)},
        if_right=plain,
        if_wrong=plain,
        model_answer={},
    )
    unit = replace(course.units[0], quiz=(question,))
    site = write_site(tmp_path, replace(course, units=(unit,)), "en", languages=("fr",))
    page = browse(site.as_uri())
    learner = Learner(page, unit)
    choose(page, "Français", "fr")
    go(page, f"{unit.id}/quiz")
    learner.answer("word", "solidarité")
    choose(page, "English", "en")
    assert learner.hand_in() == 100


def test_the_first_language_is_the_one_that_the_browser_asks_for(
    browse: Browse, polyglot: str
) -> None:
    page = browse(
        polyglot, script="Object.defineProperty(navigator, 'languages', {value: ['it', 'fr-CA']})"
    )
    assert page.locator("html").get_attribute("lang") == "fr"
    expect(page.locator(".opening")).to_be_hidden()


def test_a_language_that_does_not_arrive_changes_nothing(
    browse: Browse, polyglot: str, course: Course
) -> None:
    page = browse(polyglot, script="addEventListener('error', (e) => e.preventDefault(), true)")
    page.evaluate("SSE.data.course.switch[2].src = 'data:text/javascript,'")
    choose(page, "العربية")
    expect(page.locator(".notice-warning")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"
    page.evaluate("SSE.data.course.switch[2].src = 'lang/ar.js'")
    choose(page, "العربية")
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    page.locator(".notice-warning").get_by_role("button").click()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_choice_of_language_is_open_to_all(browse: Browse, polyglot: str, width: int) -> None:
    page = browse(polyglot, width=width)
    page.locator("#language-button").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="English")).to_be_focused()
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21aa','wcag22aa'], preload: false})"
    )
    assert [one["id"] for one in found["violations"]] == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21aa','wcag22aa'], preload: false})"
    )
    assert [one["id"] for one in found["violations"]] == []
