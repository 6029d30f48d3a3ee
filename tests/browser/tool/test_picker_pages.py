"""The picker, the figures of questions and the download page for everybody: axe, narrow and wide,
light and dark, both directions of writing; by keyboard; in the frame of another site."""

from __future__ import annotations

import pytest
from playwright.sync_api import Frame, expect

from lti_tool.db import writing
from lti_tool.models import Job, PackageBuild
from tests.browser.tool.conftest import Show, enter
from tests.browser.tool.test_teaching_pages import assert_fits, teacher
from tests.integration.lti_tool.conftest import Campus
from tests.integration.lti_tool.test_packages import build

pytestmark = pytest.mark.browser

LOOKS = [("en", 390, "light"), ("fr", 1280, "dark"), ("ar", 390, "dark"), ("ar", 1280, "light")]


def picker(campus: Campus, lms: str, locale: str = "en") -> str:
    """The path of a deep linking launch."""
    shown = {"locale": locale, "return_url": f"{lms}/back"}
    return enter(campus, campus.platform.deep_linking(launch_presentation=shown))


def tick(frame: Frame) -> None:
    """The first unit, and its quiz beside it."""
    frame.locator("input[name=unit]").nth(0).check()
    frame.locator("input[name=unit]").nth(1).check()


@pytest.mark.parametrize(("locale", "width", "scheme"), LOOKS)
def test_axe_finds_nothing(
    campus: Campus, lms: str, show: Show, locale: str, width: int, scheme: str
) -> None:
    look = {"width": width, "color_scheme": scheme, "bypass_csp": True}
    path = picker(campus, lms, locale)
    _, frame = show(path, **look)
    tick(frame)
    assert_fits(frame, "picker")
    frame.locator("button[formaction$='/options']").click()
    frame.wait_for_url("**/options")
    assert_fits(frame, "options")
    _, frame = show(f"{path}?q=zebra&unit=small/first&sent=1", **look)
    assert_fits(frame, "nothing found")
    _, frame = show(f"{path}/unit/small/first", **look)
    assert_fits(frame, "preview")
    edges = [frame.locator(one).bounding_box() for one in ("h1", ".lead")]
    assert edges[0]
    assert edges[1]
    assert edges[0]["x"] == edges[1]["x"], "a text from left to right begins at the left"
    name = f"reports-{locale}-{width}"
    for number in range(11):
        learner = campus.learner(f"{name}-{number}", context={"id": name})
        answers = {"q1": "ab"[number % 2], "q2": "a"}
        learner.api("POST", "/units/first/hand-in", {"number": 1, "answers": answers})
    path = teacher(campus, lms, name, locale)
    for page in ("/questions", "/questions?attempts=all", "/download?format=scorm12&language=en"):
        _, frame = show(path + page, **look)
        assert_fits(frame, page)


def test_by_keyboard_what_is_ticked_outlives_a_search(campus: Campus, lms: str, show: Show) -> None:
    page, frame = show(picker(campus, lms))
    expect(frame.locator("#count")).to_have_text("Nothing chosen yet")
    frame.locator("#first-unit").focus()
    page.keyboard.press("Space")
    expect(frame.locator("#count")).to_have_text("1 link chosen")
    frame.locator("#q").focus()
    page.keyboard.type("zebra")
    expect(frame.locator(".offer")).to_be_visible()  # it is ticked
    frame.get_by_role("button", name="Français").focus()
    page.keyboard.press("Enter")
    expect(frame.locator("html")).to_have_attribute("lang", "fr")
    expect(frame.locator("#q")).to_have_value("zebra")
    frame.get_by_role("button", name="English").focus()
    page.keyboard.press("Enter")
    expect(frame.locator("html")).to_have_attribute("lang", "en")
    frame.locator("#q").focus()
    page.keyboard.press("Enter")
    expect(frame.get_by_text("No unit fits what you look for.")).to_be_visible()
    expect(frame.locator("#count")).to_have_text("1 link chosen")
    frame.get_by_role("button", name="Show all units").focus()
    page.keyboard.press("Enter")
    expect(frame.locator("#first-unit")).to_be_checked()


def test_the_preview_answers_and_keeps_nothing(campus: Campus, lms: str, show: Show) -> None:
    path = picker(campus, lms)
    page, frame = show(path)
    frame.get_by_role("button", name="Preview: First").click()
    frame.wait_for_url("**/unit/small/first*")
    inner = frame.frame_locator("iframe.preview")
    expect(inner.get_by_text("This is a preview")).to_be_visible()
    expect(inner.get_by_text("Text of page one.")).to_be_visible()
    # By itself, where it may reach the browser's storage.
    alone = page.context.new_page()
    alone.goto(f"{campus.tool.url}{path}/pages/small/first")
    expect(alone.get_by_text("Text of page one.")).to_be_visible()
    alone.get_by_role("link", name="Page two").first.click()
    expect(alone.get_by_text("Text of page two.")).to_be_visible()
    assert alone.evaluate("() => Object.keys(localStorage)") == []
    # The LMS's page is the only one that scrolls.
    page.wait_for_function("() => document.querySelector('iframe').clientHeight > 600")
    frame.wait_for_function("() => document.documentElement.scrollHeight - innerHeight <= 1")
    frame.get_by_role("button", name="Take this unit").click()
    expect(frame.locator("#first-unit")).to_be_checked()


def test_the_download_page_waits_by_itself(campus: Campus, lms: str, show: Show) -> None:
    with campus.tool.app.app_context(), writing() as session:
        session.query(PackageBuild).delete()
        session.query(Job).delete()
    _, frame = show(f"{teacher(campus, lms, 'waiting')}/download")
    frame.get_by_role("button", name="Build the package").click()
    expect(frame.get_by_text("The package is being built.")).to_be_visible()
    assert build(campus) == 1
    link = frame.get_by_role("link", name="Download the package")
    expect(link).to_be_visible()
    with frame.page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "small-first-en-scorm12.zip"
