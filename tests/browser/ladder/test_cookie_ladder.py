"""The rungs of lti_tool.web.ladder in a real browser, cross-site and framed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.ladder.conftest import Profiles, Tool
from tests.browser.ladder.platform_pages import PagePlatform
from tests.chromium import PATIENCE

#: Three parts, as a JSON Web Token has them.
TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
STORING = ("parent", "frame", "quiet", "drafted")


def tool_frame(page: Page) -> Frame:
    frame = page.frame("tool")
    assert frame is not None
    return frame


def arrives(page: Page, kind: str) -> Frame:
    """The frame, once it shows the page of a session. Looked up anew each time: on its way between
    two sites the browser may put another in its place."""
    path = {"resource": "play", "teacher": "teach", "picker": "pick"}[kind]
    until = time.monotonic() + 3 * PATIENCE / 1000
    while f"/{path}/" not in tool_frame(page).url:
        assert time.monotonic() < until, (tool_frame(page).url, tool_frame(page).content())
        page.wait_for_timeout(100)
    frame = tool_frame(page)
    frame.wait_for_load_state()
    return frame


def load_anew(frame: Frame) -> None:
    """As by the browser's button; until the old document is gone."""
    frame.evaluate("() => { window.old = true; location.reload(); }")
    frame.wait_for_function("() => !window.old && document.body !== null")


def cookies_of(page: Page, tool: Tool) -> list[str]:
    return [str(item.get("name")) for item in page.context.cookies(tool.url)]


def answer_check(frame: Frame) -> None:
    """The player works: its document, scripts, styles and the API."""
    frame.wait_for_selector("body.is-ready")
    answered = frame.evaluate(
        """() => {
          const data = JSON.parse(document.getElementById("course-data").textContent);
          const bearer = {Authorization: "Bearer " + data.config.handle};
          return fetch("/api/state", {headers: bearer}).then((answer) => answer.status);
        }"""
    )
    assert answered == 200
    shown = frame.evaluate(
        "() => Array.from(document.images).every((image) => image.loading === 'lazy'"
        " || (image.complete && image.naturalWidth > 0))"
    )
    assert shown


@pytest.mark.parametrize("kind", ["resource", "teacher", "picker"])
def test_the_first_rung_is_a_partitioned_cookie(
    profiles: Profiles, platform: PagePlatform, tool: Tool, kind: str
) -> None:
    page = profiles.page("third-party")
    page.goto(platform.course(kind, "amina", "frame"))
    frame = arrives(page, kind)
    assert "sse_browser" in cookies_of(page, tool)
    if kind == "resource":
        answer_check(frame)


def test_a_file_comes_with_the_partitioned_cookie(
    profiles: Profiles, platform: PagePlatform, tool: Tool
) -> None:
    """The browser asks for it in the frame; for links with ``download`` it would not, and Chromium
    would leave the cookie out."""
    page = profiles.page("third-party")
    page.goto(platform.course("teacher", "ada", "frame"))
    frame = arrives(page, "teacher")
    assert "sse_browser" in cookies_of(page, tool)
    with page.expect_download() as coming:
        frame.get_by_role("link", name="Download this table").click()
    assert Path(coming.value.path()).read_text(encoding="utf-8-sig").startswith("Number,Learner")


@pytest.mark.parametrize("storage", STORING)
@pytest.mark.parametrize("kind", ["resource", "picker"])
def test_the_second_rung_is_the_platforms_storage(
    profiles: Profiles, platform: PagePlatform, tool: Tool, storage: str, kind: str
) -> None:
    page = profiles.page("framed")
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.goto(platform.course(kind, "amina", storage))
    frame = arrives(page, kind)
    assert cookies_of(page, tool) == []
    assert not [address for address in seen if TOKEN.search(address)], "no token in an address"
    if kind == "resource":
        answer_check(frame)
        return
    frame.get_by_role("checkbox").first.check()
    frame.get_by_role("button", name="Add to the course").click()
    expect(page.frame_locator("#tool").get_by_text("Added to the course")).to_be_visible()
    assert len(platform.given) == 1
    assert platform.given[0]["JWT"].startswith("eyJ")


def test_every_page_works_with_no_cookie_at_all(
    profiles: Profiles, platform: PagePlatform, tool: Tool
) -> None:
    page = profiles.page("all")
    page.goto(platform.course("teacher", "ada", "parent"))
    frame = arrives(page, "teacher")
    assert cookies_of(page, tool) == []
    address = frame.url
    load_anew(frame)
    frame.wait_for_selector("h1")
    assert frame.url == address
    page.goto(platform.course("resource", "amina", "parent"))
    frame = arrives(page, "resource")
    answer_check(frame)
    handle = frame.url.split("/")[-1]
    load_anew(frame)
    frame.wait_for_selector("body.is-ready")
    assert frame.url.endswith(handle)
    assert cookies_of(page, tool) == []


@pytest.mark.parametrize("storage", ["none", "mute", "full"])
def test_the_third_rung_is_a_window(
    profiles: Profiles, platform: PagePlatform, storage: str
) -> None:
    """And the hint, which serves once, has not been spent in the frame."""
    page = profiles.page("framed")
    page.goto(platform.course("resource", "amina", storage))
    offered = page.frame_locator("#tool").get_by_role("link", name="Open in a new window")
    expect(offered).to_be_visible()
    assert platform.used == set()
    with page.context.expect_page() as opened:
        offered.click()
    window = opened.value
    window.wait_for_url(re.compile("/play/"))
    answer_check(window.main_frame)


def test_a_picker_is_not_moved_to_a_window(
    profiles: Profiles, platform: PagePlatform, tool: Tool
) -> None:
    """The window that was offered before anybody knew what would be launched says so."""
    page = profiles.page("framed")
    page.goto(platform.course("picker", "ada"))
    offered = page.frame_locator("#tool").get_by_role("link", name="Open in a new window")
    with page.context.expect_page() as opened:
        offered.click()
    expect(opened.value.get_by_text("launch.picker-needs-cookie")).to_be_visible()
    expect(opened.value.get_by_text("Allow cookies for this page")).to_be_visible()


def test_where_nothing_holds_a_page_says_why(profiles: Profiles, platform: PagePlatform) -> None:
    """All cookies refused and no storage: not even a window helps, and that is told."""
    page = profiles.page("all")
    page.goto(platform.course("resource", "amina"))
    offered = page.frame_locator("#tool").get_by_role("link", name="Open in a new window")
    with page.context.expect_page() as opened:
        offered.click()
    window = opened.value
    expect(window.get_by_text("launch.cookie-missing")).to_be_visible()
    expect(window.get_by_text("Allow cookies for this page")).to_be_visible()
    assert window.get_by_role("link", name="Open in a new window").count() == 0


def test_tabs_people_and_platforms_do_not_mix(
    profiles: Profiles, new_platform: Callable[[], PagePlatform]
) -> None:
    """One browser: two people of one platform, and one of another, each in a tab."""
    for refuses in ("third-party", "framed"):
        first, second = new_platform(), new_platform()
        context = profiles.page(refuses).context
        tabs = []
        for place, user in ((first, "amina"), (first, "bilal"), (second, "chloe")):
            tab = context.new_page()
            tab.goto(place.course("resource", user, "parent"))
            tabs.append((tab, user))
        for tab, user in tabs:
            frame = arrives(tab, "resource")
            frame.wait_for_selector("body.is-ready")
            name = frame.evaluate(
                """() => {
                  const data = JSON.parse(document.getElementById("course-data").textContent);
                  const bearer = {Authorization: "Bearer " + data.config.handle};
                  return fetch("/api/state", {headers: bearer})
                    .then((answer) => answer.json()).then((state) => state.learner.name);
                }"""
            )
            assert name == user.title()


@pytest.mark.parametrize("refuses", ["third-party", "framed"])
def test_reload_back_and_an_old_page(
    profiles: Profiles, platform: PagePlatform, refuses: str
) -> None:
    page = profiles.page(refuses)
    page.goto(platform.course("resource", "amina", "parent"))
    frame = arrives(page, "resource")
    frame.wait_for_selector("body.is-ready")
    address = frame.url
    load_anew(frame)
    frame.wait_for_selector("body.is-ready")
    assert frame.url == address
    page.goto(f"{platform.url}/return")
    page.go_back()
    frame = arrives(page, "resource")
    frame.wait_for_selector("body.is-ready")
    # A page of a session that has ended.
    page.goto(address.rsplit("/", 1)[0] + "/" + "A" * 22)
    expect(page.get_by_text("session.expired")).to_be_visible()
    expect(page.get_by_text("open the activity once more")).to_be_visible()
