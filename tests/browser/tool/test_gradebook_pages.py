"""Where submission reviews and data-privacy launches arrive, in Chromium: WCAG 2.2 AA by axe, a
phone, both directions of writing, the keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.tool.conftest import Show, enter
from tests.browser.tool.test_my_pages import LOOKS, check
from tests.conformance.platform import ABSENT, INSTRUCTOR, LTI
from tests.integration.lti_tool.conftest import Campus

pytestmark = pytest.mark.browser

ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"


def privacy(campus: Campus, lms: str, sub: str, language: str = "en") -> str:
    """The page of a data-privacy launch about ``sub``."""
    claims = campus.platform.claims(
        message_type="DataPrivacyLaunchRequest",
        sub="admin-1",
        roles=[ADMINISTRATOR],
        context=ABSENT,
        resource_link=ABSENT,
        launch_presentation={"locale": language, "return_url": f"{lms}/back"},
        **{LTI + "for_user": {"user_id": sub}},
    )
    return enter(campus, claims)


@pytest.mark.parametrize(("language", "look"), LOOKS)
def test_the_pages_can_be_used_by_everybody(
    campus: Campus, lms: str, show: Show, language: str, look: dict[str, Any]
) -> None:
    campus.learner("ann", name="A name that is rather long, without any end in sight anywhere")
    for sub in ("ann", "nobody"):
        page, frame = show(privacy(campus, lms, sub, language), bypass_csp=True, **look)
        assert frame.evaluate("document.documentElement.lang") == language
        check(frame)
        page.close()
    claims = campus.platform.claims(
        message_type="LtiSubmissionReviewRequest",
        roles=[INSTRUCTOR],
        launch_presentation={"locale": language, "return_url": f"{lms}/back"},
        **{LTI + "for_user": {"user_id": "nobody"}},
    )
    _, frame = show(enter(campus, claims), bypass_csp=True, **look)
    check(frame)


def test_erasing_by_keyboard_alone(campus: Campus, lms: str, show: Show) -> None:
    campus.learner("ann", name="Ann")
    page, frame = show(privacy(campus, lms, "ann"))
    expect(frame.locator("bdi").first).to_have_text("Ann")
    erase = frame.get_by_role("button", name="Erase the data")
    erase.press("Enter")
    expect(frame.get_by_role("alert")).to_be_visible()
    frame.locator("#sure").focus()
    page.keyboard.press("Space")
    frame.get_by_role("button", name="Erase the data").press("Enter")
    expect(frame.locator("h1")).to_have_text("The data are erased")
