"""What the player remembers without an LMS: the place, drafts, and a course that has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from content.model import Course, SingleChoice
from tests.browser.player.conftest import write_site
from tests.learner import Learner
from tests.player_pages.courses import choices
from tests.player_pages.learners import go, hand_in_right, words

pytestmark = pytest.mark.browser

Browse = Callable[..., Page]
Site = Callable[..., str]


def again(page: Page) -> None:
    """Leave, and come back to the course by its address without a place in it."""
    page.goto("about:blank")
    page.goto(page_address(page))
    page.locator("body.is-ready .view.is-current").wait_for()


def page_address(page: Page) -> str:
    return str(getattr(page, "course_address"))  # noqa: B009


def opened(browse: Browse, address: str, **how: object) -> Page:
    page = browse(address, **how)
    page.course_address = address  # type: ignore[attr-defined]
    return page


def test_resumes_where_one_left(browse: Browse, site: Site, kitchen: Course) -> None:
    page = opened(browse, site(kitchen))
    expect(page.locator(".notice")).to_have_count(0)
    page.locator(".is-current a[rel=next]").click()
    expect(page.get_by_role("heading", name="Page two of first")).to_be_focused()
    again(page)
    expect(page.locator('.is-current[data-view="first/two"]')).to_be_visible()
    expect(page.locator(".notice")).to_contain_text(words(page, "notice.resume"))
    page.get_by_role("button", name=words(page, "dismiss")).click()
    expect(page.locator(".notice")).to_have_count(0)
    learner = Learner(page, kitchen.units[0])
    go(page, "first/quiz")
    answers = {
        "multiple": ["a"],
        "truth": {"value": False, "reason": "x"},
        "numeric": {"value": "12,5", "unit": "eur"},
        "essay": "Not finished",
        "scenario": {"start": "go"},
    }
    learner.answer_quiz(answers)
    again(page)
    assert learner.where == "quiz"
    assert {name: learner.given(name) for name in answers} == answers


def test_resumes_in_the_unit_that_was_open(browse: Browse, site: Site, kitchen: Course) -> None:
    page = opened(browse, site(kitchen))
    go(page, "second/three")
    again(page)
    expect(page.locator('.is-current[data-view="second/three"]')).to_be_visible()


def test_blocked_storage_is_said_and_nothing_breaks(
    browse: Browse, site: Site, kitchen: Course
) -> None:
    block = """Object.defineProperty(window, 'localStorage', {
      get() { throw new DOMException('blocked', 'SecurityError'); } });"""
    page = browse(site(kitchen), script=block)
    expect(page.locator(".notice")).to_contain_text(words(page, "notice.memory"))
    hand_in_right(page, kitchen.units[0])


def test_full_storage_is_said(browse: Browse, site: Site, kitchen: Course) -> None:
    full = """const set = Storage.prototype.setItem;
      Storage.prototype.setItem = function (key, value) {
        if (key !== 'sse:probe') throw new DOMException('full', 'QuotaExceededError');
        return set.call(this, key, value);
      };"""
    page = browse(site(kitchen), script=full)
    expect(page.locator("#saving")).to_contain_text(words(page, "save.full"))


def test_garbage_in_storage_is_a_fresh_start(browse: Browse, site: Site, kitchen: Course) -> None:
    for garbage in ("}{", '{"units": {"first": 7}}', "null", '{"units": {"first": {"seen": 3}}}'):
        page = browse(
            site(kitchen),
            script=f"try {{ localStorage.setItem('sse:kitchen:', {garbage!r}) }} catch (e) {{}}",
        )
        expect(page.locator('.is-current[data-view="first/one"]')).to_be_visible()


def test_a_changed_course_keeps_place_and_scores(
    browse: Browse, kitchen: Course, served: tuple[Path, str]
) -> None:
    folder, address = served
    write_site(folder, kitchen, "en")
    page = opened(browse, address + "/index.html")
    page.locator(".is-current a[rel=next]").click()
    learner = hand_in_right(page, kitchen.units[0])
    page.get_by_role("link", name=words(page, "quiz.go")).or_(
        page.locator('.toc a[data-view="first/quiz"]')
    ).first.click()
    page.get_by_role("link", name=words(page, "quiz.again")).click()
    learner.answer("single", "b")
    learner.answer("word", "kept")

    first = kitchen.units[0]
    single = first.quiz[0]
    assert isinstance(single, SingleChoice)
    changed = replace(single, choices=(*single.choices, *choices("d")))
    later = replace(
        kitchen,
        digest="1" * 64,
        text_digest="1" * 64,
        units=(replace(first, quiz=(changed, *first.quiz[1:])), *kitchen.units[1:]),
    )
    page.goto("about:blank")
    write_site(folder, later, "en")
    again(page)
    expect(page.locator(".notices")).to_contain_text(words(page, "notice.changed"))
    assert learner.where == "quiz"
    assert learner.given("word") == "kept"
    assert learner.given("single") is None
    go(page, "first/result")
    assert learner.score() == 100
    expect(page.locator(".is-current")).to_contain_text(words(page, "result.changed"))
