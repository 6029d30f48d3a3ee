"""The tool's pages in an LMS's frame of 600 px: one thing scrolls, whether the LMS follows
``lti.frameResize`` or not; what opens is in sight; reload and back work."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import ceil
from typing import Any

import pytest
from playwright.sync_api import Frame, Locator, Page, expect

from tests.browser.tool.conftest import Show, enter
from tests.conformance.platform import INSTRUCTOR
from tests.integration.lti_tool.conftest import LAUNCH_CUSTOM, Campus, Tool
from tests.player_pages.learners import comes

pytestmark = pytest.mark.browser

#: What scrolls up and down by itself: the page in the frame, and boxes in it.
SCROLLERS = """() => [...document.querySelectorAll("*")].filter((element) => {
  const style = getComputedStyle(element);
  const own = element === document.documentElement
    ? innerHeight < element.scrollHeight - 1
    : /auto|scroll/.test(style.overflowY) && element.scrollHeight > element.clientHeight + 1;
  return own && style.display !== "none" && style.visibility !== "hidden";
}).map((element) => element.tagName + "." + element.className)"""


Launch = Callable[..., str]


@pytest.fixture
def launch(campus: Campus, lms: str) -> Launch:
    """A launch from the LMS; the path that it leads to."""
    return partial(_launch, campus, lms)


def _launch(campus: Campus, lms: str, **changes: Any) -> str:
    presentation = {"locale": "en", "return_url": f"{lms}/back"}
    fixed = {"sub": "framed", "custom": LAUNCH_CUSTOM, "launch_presentation": presentation}
    return enter(campus, campus.platform.claims(**{**fixed, **changes}))


def settle(page: Page) -> None:
    """Until nothing has been told for half a second."""
    page.evaluate(
        """() => new Promise((done) => {
          let last = -1;
          const timer = setInterval(() => {
            if (told.length === last) { clearInterval(timer); done(); }
            last = told.length;
          }, 500);
        })"""
    )


def top_of(box: Locator) -> float:
    """How far below the LMS's window's upper edge it begins."""
    found = box.bounding_box()
    assert found is not None
    return found["y"]


def frame_height(page: Page) -> float:
    return float(page.evaluate("document.querySelector('iframe').getBoundingClientRect().height"))


def content_height(frame: Frame) -> float:
    return float(frame.evaluate("document.documentElement.getBoundingClientRect().height"))


@pytest.mark.parametrize("width", [390, 1280])
def test_the_lms_alone_scrolls_where_it_follows(
    launch: Launch, show: Show, tool: Tool, width: int
) -> None:
    page, frame = show(launch(), width=width)
    frame.locator("body.is-ready").wait_for()
    comes(page, lambda: frame_height(page) == max(ceil(content_height(frame)), 480))
    settle(page)
    comes(page, lambda: frame.evaluate(SCROLLERS) == [])
    assert {origin for origin, _ in page.evaluate("told")} == {tool.url}
    # A shorter page, a shorter frame; and its beginning is in sight.
    before = frame_height(page)
    page.mouse.wheel(0, 3000)
    frame.locator(".view.is-current .pager-next").click()
    expect(frame.locator(".view.is-current h1")).to_have_text("Page two")
    comes(page, lambda: frame_height(page) == max(ceil(content_height(frame)), 480))
    assert frame_height(page) <= before
    comes(page, lambda: frame.evaluate(SCROLLERS) == [])
    expect(frame.locator(".view.is-current h1")).to_be_in_viewport()
    comes(page, lambda: top_of(frame.locator(".view.is-current h1")) >= 0)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_frame_alone_scrolls_where_the_lms_does_not(
    launch: Launch, show: Show, width: int
) -> None:
    page, frame = show(launch(), honours=False, width=width)
    frame.locator("body.is-ready").wait_for()
    frame.evaluate("location.hash = 'first/quiz'")
    frame.locator("[data-quiz] [data-question]").first.wait_for()
    settle(page)
    assert frame_height(page) == 600
    assert frame.evaluate(SCROLLERS) == ["HTML.js is-framed"] or frame.evaluate(SCROLLERS) == [
        "HTML.is-framed js"
    ]
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    frame.evaluate("scrollTo(0, 400)")
    bar = frame.locator("header.bar").bounding_box()
    assert bar is not None
    assert bar["y"] == 60  # the bar stays, right under the LMS's own


@pytest.mark.parametrize("family", ["me", "teach", "pick", "refused"])
def test_every_page_tells_its_height(
    campus: Campus, lms: str, launch: Launch, show: Show, family: str
) -> None:
    if family == "pick":
        path = enter(
            campus,
            campus.platform.deep_linking(
                launch_presentation={"locale": "en", "return_url": f"{lms}/back"},
                roles=[INSTRUCTOR],
            ),
        )
    elif family == "teach":
        path = launch(roles=[INSTRUCTOR])
    elif family == "me":
        path = launch().replace("/play/", "/me/")
    else:
        path = "/play/AAAAAAAAAAAAAAAAAAAAAA"
    page, frame = show(path, width=390)
    page.wait_for_function("told.length > 0")
    settle(page)
    subjects = {message["subject"] for _, message in page.evaluate("told")}
    assert subjects == {"lti.frameResize"}
    comes(page, lambda: frame.evaluate(SCROLLERS) == [])


def test_nothing_is_said_to_an_lms_that_the_launch_did_not_name(launch: Launch, show: Show) -> None:
    path = launch(launch_presentation={"locale": "en"})
    page, _ = show(path)
    settle(page)
    assert page.evaluate("told") == []


def test_a_page_of_its_own_says_nothing(launch: Launch, show: Show, tool: Tool) -> None:
    path = launch()
    page, _ = show(path)
    page.goto(tool.url + path)
    page.locator("body.is-ready").wait_for()
    assert not page.evaluate("document.documentElement.classList.contains('is-framed')")


def test_what_opens_is_in_sight(launch: Launch, show: Show) -> None:
    """In a frame taller than the window: the question whether to hand in."""
    page, frame = show(launch(), width=390, height=500)
    frame.locator("body.is-ready").wait_for()
    frame.evaluate("location.hash = 'first/quiz'")
    questions = frame.locator("[data-quiz] [data-question]")
    questions.first.wait_for()
    for question in questions.all():
        question.locator("input").first.check()
    settle(page)
    button = frame.locator("[data-quiz] button[type=submit]")
    button.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    button.click()
    dialog = frame.locator("dialog[open]")
    dialog.wait_for()

    def in_sight() -> bool:
        box = dialog.bounding_box()
        return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= 500 + 1

    comes(page, in_sight)
    assert before > 0


def test_reload_and_back(launch: Launch, show: Show) -> None:
    _, frame = show(launch())
    frame.locator("body.is-ready").wait_for()
    frame.locator(".view.is-current .pager-next").click()
    expect(frame.locator(".view.is-current h1")).to_have_text("Page two")
    frame.evaluate("() => { window.old = true; location.reload(); }")
    frame.wait_for_function("() => !window.old && document.body !== null")
    expect(frame.locator(".view.is-current h1")).to_have_text("Page two")
    frame.locator(".toc-more a", has_text="My progress").click()
    frame.locator("h1", has_text="My progress").wait_for()
    frame.evaluate("history.back()")
    frame.locator("body.is-ready").wait_for()
    expect(frame.locator(".view.is-current h1")).to_have_text("Page two")


def test_another_language_keeps_the_place(launch: Launch, show: Show) -> None:
    _, frame = show(launch())
    frame.locator("body.is-ready").wait_for()
    frame.locator(".view.is-current .pager-next").click()
    expect(frame.locator(".view.is-current h1")).to_have_text("Page two")
    frame.locator(".toc-languages a", has_text="Français").click()
    expect(frame.locator(".view.is-current h1")).to_have_text("La page two")
    assert frame.evaluate("document.documentElement.lang") == "fr"
