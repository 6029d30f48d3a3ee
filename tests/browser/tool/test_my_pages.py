"""The learner's own pages and the refusals in Chromium: WCAG 2.2 AA by axe, the keyboard, a phone,
both directions of writing; the copy buttons, with a clipboard and without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Frame, expect

from tests.browser.tool.conftest import Show, enter
from tests.integration.lti_tool.conftest import LAUNCH_CUSTOM, Campus, Tool

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def check(frame: Frame) -> None:
    """No fault that axe sees, nothing wider than the frame."""
    frame.add_script_tag(path=AXE)
    found = frame.evaluate(
        """rules => axe.run(document, {runOnly: rules})
          .then(done => done.violations.map(one => [one.id, one.nodes.map(node => node.html)]))""",
        RULES,
    )
    assert found == []
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")


def worked(campus: Campus, lms: str, tool: Tool, language: str) -> str:
    """The handle of a learner who has used both attempts."""
    path = enter(
        campus,
        campus.platform.claims(
            sub=f"pages-{language}",
            custom=LAUNCH_CUSTOM,
            launch_presentation={"locale": language, "return_url": f"{lms}/back"},
        ),
    )
    handle = path.split("/")[2]
    for number, answers in ((1, {"q1": "a", "q2": "b"}), (2, {"q1": "b"})):
        answer = requests.post(
            f"{tool.url}/api/units/first/hand-in",
            json={"number": number, "answers": answers},
            headers={"Authorization": f"Bearer {handle}"},
            timeout=60,
        )
        assert answer.ok, answer.text
    return handle


LOOKS = [
    ("en", {"width": 1280, "color_scheme": "light"}),
    ("fr", {"width": 390, "color_scheme": "light"}),
    ("ar", {"width": 390, "color_scheme": "dark"}),
    ("ar", {"width": 1280, "color_scheme": "light"}),
]


@pytest.mark.parametrize(("language", "look"), LOOKS)
def test_the_pages_can_be_used_by_everybody(
    campus: Campus, lms: str, show: Show, tool: Tool, language: str, look: dict[str, Any]
) -> None:
    handle = worked(campus, lms, tool, language)
    page, frame = show(f"/me/{handle}", bypass_csp=True, **look)
    assert frame.evaluate("document.documentElement.lang") == language
    check(frame)
    frame.locator(".mine .button").click()
    frame.locator(".attempt").first.wait_for()
    frame.locator(".attempt > summary").last.press("Enter")
    expect(frame.locator(".attempt").last).to_have_attribute("open", "")
    check(frame)
    frame.goto(f"{tool.url}/me/{handle}/erasure")
    check(frame)
    frame.goto(f"{tool.url}/play/AAAAAAAAAAAAAAAAAAAAAA")
    check(frame)
    page.close()


def test_deleting_by_keyboard_alone(campus: Campus, lms: str, show: Show, tool: Tool) -> None:
    handle = worked(campus, lms, tool, "en")
    page, frame = show(f"/me/{handle}")
    frame.locator("a", has_text="Have my data deleted").press("Enter")
    frame.locator("#sure").wait_for()
    frame.get_by_role("button", name="Delete my data").press("Enter")
    # The browser asks for the tick first.
    expect(frame.locator("#sure")).to_be_focused()
    page.keyboard.press("Space")
    frame.get_by_role("button", name="Delete my data").press("Enter")
    expect(frame.locator("h1")).to_have_text("Your data have been deleted")


def test_my_data_as_a_file(campus: Campus, lms: str, show: Show, tool: Tool) -> None:
    handle = worked(campus, lms, tool, "en")
    page, frame = show(f"/me/{handle}")
    with page.expect_download() as found:
        frame.get_by_role("button", name="Download my data").click()
    assert found.value.suggested_filename == "my-data.json"
    assert '"pages-en"' in Path(found.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize("clipboard", [True, False])
def test_a_value_is_copied(chromium: Browser, tool: Tool, clipboard: bool) -> None:
    permissions = ["clipboard-read", "clipboard-write"] if clipboard else []
    context = chromium.new_context(permissions=permissions)
    page = context.new_page()
    if not clipboard:
        page.add_init_script(
            "delete Navigator.prototype.clipboard; document.execCommand = () => false"
        )
    page.goto(tool.url)
    value = page.locator("#launch-url").text_content()
    button = page.locator("dd", has=page.locator("#launch-url")).get_by_role("button", name="Copy")
    button.press("Enter")
    status = page.locator("dd [role=status]").first
    if clipboard:
        expect(status).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == value
    else:
        expect(status).to_contain_text("Selected")
        assert page.evaluate("getSelection().toString()") == value
    context.close()


def test_without_scripts_there_is_no_button(chromium: Browser, tool: Tool) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(tool.url)
    expect(page.locator("#launch-url")).to_be_visible()
    expect(page.locator("[data-copy]").first).to_be_hidden()
    context.close()
