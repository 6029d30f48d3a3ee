"""The pages before and between the others, for everybody: the front page, registering, a link
without a unit, the way back from the picker, a refusal. Axe, narrow and wide, both directions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Frame, Page

from lti_tool.db import writing
from lti_tool.models import now
from lti_tool.services import invites
from tests.browser.tool.conftest import Show, enter
from tests.browser.tool.test_picker_pages import picker
from tests.browser.tool.test_teaching_pages import assert_fits
from tests.conformance.platform import INSTRUCTOR
from tests.integration.lti_tool.conftest import Campus

pytestmark = pytest.mark.browser

LOOKS = [("en", 390), ("ar", 390), ("en", 1280), ("ar", 1280)]


def check(page: Page | Frame, language: str, where: str) -> None:
    frame = page.main_frame if isinstance(page, Page) else page
    assert frame.locator("html").get_attribute("lang") == language, where
    assert frame.locator("h1").count() == 1, where
    assert_fits(frame, where)


def invitation(campus: Campus) -> str:
    with campus.tool.app.app_context(), writing() as session:
        made = invites.invite(
            session, lifetime=timedelta(hours=1), hold=False, auto=False, now=now()
        )
    return f"{campus.tool.url}/register/{made.token}"


@pytest.mark.parametrize(("language", "width"), LOOKS)
def test_before_any_launch(campus: Campus, chromium: Browser, language: str, width: int) -> None:
    context = chromium.new_context(
        locale=language, viewport={"width": width, "height": 800}, bypass_csp=True
    )
    page = context.new_page()
    page.goto(campus.tool.url)
    check(page, language, "front page")
    url = invitation(campus)
    page.goto(url)
    check(page, language, "how to register")
    asked = f"openid_configuration={campus.platform.url}/.well-known/openid-configuration"
    page.goto(f"{url}?{asked}&registration_token=wrong")
    check(page, language, "confirm")
    page.locator("main form button").click()
    page.wait_for_load_state()
    assert page.locator("main code").inner_text().startswith(("registration.", "service."))
    check(page, language, "failed")
    page.goto(f"{url}?{asked}&registration_token=reg-token")
    page.locator("main form button").click()
    page.locator("#client-id").wait_for()
    check(page, language, "done")
    page.goto(url)
    assert "invite.used" in page.content()
    check(page, language, "refused")
    context.close()


@pytest.mark.parametrize(("language", "width"), LOOKS)
def test_after_a_launch(campus: Campus, lms: str, show: Show, language: str, width: int) -> None:
    shown = {"locale": language, "return_url": f"{lms}/back"}
    link = {"resource_link": {"id": f"empty-{language}-{width}"}, "custom": {}}
    for roles in ([], [INSTRUCTOR]):
        claims = campus.platform.claims(launch_presentation=shown, roles=roles, **link)
        _, frame = show(enter(campus, claims), width=width, bypass_csp=True)
        check(frame, language, f"no unit, {roles}")
    # Without scripts the answer stands until its button is pressed.
    page, frame = show(picker(campus, lms, language), width=width, java_script_enabled=False)
    frame.locator("input[name=unit]").first.check()
    frame.locator("button[formmethod=post]").first.click()
    frame.locator("#answer").wait_for()
    alone = page.context.browser
    assert alone is not None
    fresh = alone.new_context(viewport={"width": width, "height": 800}).new_page()
    html = frame.content().replace("<head>", f'<head><base href="{campus.tool.url}/">')
    fresh.set_content(html.replace(".submit();", ";"))
    check(fresh, language, "way back from the picker")
    fresh.context.close()
