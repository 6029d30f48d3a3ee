"""An LMS registers the tool by one URL."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import requests

from lti_tool.db import writing
from lti_tool.models import Registration, RegistrationStatus, db, now
from lti_tool.services import invites, registrations
from tests.conformance.emulators import Blackboard, Brightspace, Canvas, Moodle, OpenEdx, Sakai
from tests.conformance.platform import Platform, running_platform
from tests.integration.lti_tool.conftest import Tool

TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"


class Admin:
    """An LMS's administrator with a registration URL."""

    def __init__(
        self,
        tool: Tool,
        platform: Platform,
        *,
        hold: bool = False,
        auto: bool = False,
        hours: float = 1,
    ) -> None:
        self.tool, self.platform = tool, platform
        with tool.app.app_context(), writing() as session:
            made = invites.invite(
                session, lifetime=timedelta(hours=hours), hold=hold, auto=auto, now=now()
            )
        self.url = f"{tool.url}/register/{made.token}"

    def open(self, **changes: str) -> requests.Response:
        query = {
            "openid_configuration": f"{self.platform.url}/.well-known/openid-configuration",
            "registration_token": "reg-token",
            **changes,
        }
        return requests.get(self.url, params=query, timeout=30)

    def confirm(self, page: requests.Response) -> requests.Response:
        found = re.search(r'name="form_token" value="(\w+)"', page.text)
        assert found, page.text
        return requests.post(self.url, data={"form_token": found[1]}, timeout=30)

    def registration(self) -> Registration | None:
        with self.tool.app.app_context():
            return (
                db.session.query(Registration)
                .filter_by(issuer=self.platform.issuer, client_id=self.platform.client_id)
                .one_or_none()
            )


@pytest.fixture
def admin(tool: Tool, platform: Platform) -> Admin:
    return Admin(tool, platform)


def test_who_asks_for_what_then_one_confirmation(admin: Admin) -> None:
    page = admin.open()
    assert page.status_code == 200
    assert admin.platform.issuer in page.text
    assert "moodle 4.5" in page.text
    assert admin.platform.url in page.headers["Content-Security-Policy"]
    assert admin.platform.registered is None
    done = admin.confirm(page)
    assert done.status_code == 200, done.text
    assert "org.imsglobal.lti.close" in done.text
    assert "Moodle keeps it pending" in done.text
    row = admin.registration()
    assert row is not None
    assert row.status == RegistrationStatus.ACTIVE
    document = admin.platform.registered
    assert document is not None
    assert document["initiate_login_uri"] == f"{admin.tool.url}/lti/{row.public_id}/login"
    assert document["redirect_uris"] == [f"{admin.tool.url}/lti/launch"]
    assert document["jwks_uri"] == f"{admin.tool.url}/lti/jwks"
    assert document[TOOL_CONFIGURATION]["domain"] == admin.tool.url.removeprefix("http://")
    again = admin.open()
    assert again.status_code == 410
    assert "invite.used" in again.text


def test_without_our_page_nothing_is_confirmed(admin: Admin) -> None:
    assert requests.post(admin.url, timeout=30).status_code == 403
    admin.open()
    assert requests.post(admin.url, data={"form_token": "0" * 64}, timeout=30).status_code == 403
    assert admin.platform.registered is None


def test_opened_in_a_browser_it_says_what_it_is_for(admin: Admin) -> None:
    page = requests.get(admin.url, timeout=30)
    assert page.status_code == 200
    assert admin.url in page.text
    assert page.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")


def test_automatic_invitations_register_on_the_first_get(tool: Tool, platform: Platform) -> None:
    admin = Admin(tool, platform, auto=True)
    assert admin.open().status_code == 200
    row = admin.registration()
    assert row is not None
    assert row.status == RegistrationStatus.ACTIVE


def test_held_invitations_wait_for_approval(tool: Tool, platform: Platform) -> None:
    admin = Admin(tool, platform, hold=True)
    done = admin.confirm(admin.open())
    row = admin.registration()
    assert row is not None
    assert row.status == RegistrationStatus.PENDING
    assert f"Give them this number: {row.id}" in done.text
    login = {"iss": platform.issuer, "login_hint": "1", "target_link_uri": f"{tool.url}/"}
    refused = requests.get(f"{tool.url}/lti/{row.public_id}/login", params=login, timeout=30)
    assert "registration.pending" in refused.text
    assert f"lti-tool registrations approve {row.id}<" in refused.text
    assert "after the people who run this tool have approved it" in refused.text
    assert "open the activity once more" not in refused.text


def test_a_registration_brought_up_to_date_says_what_is_left(
    tool: Tool, platform: Platform
) -> None:
    made = Admin(tool, platform, auto=True).open()
    assert "Moodle keeps it pending" in made.text
    again = Admin(tool, platform, auto=True).open()
    assert again.text.count("The registration is up to date") == 2, "title and heading"
    assert "Nothing is left to do there." in again.text
    assert "Moodle keeps it pending" not in again.text
    before = Admin(tool, platform).registration()
    assert before is not None
    with tool.app.app_context(), writing() as session:
        row = session.get_one(Registration, before.id)
        registrations.suspend(session, row)
        made_again = invites.invite(
            session, lifetime=timedelta(hours=1), hold=False, auto=True, now=now(), replaces=row
        )
    platform.client_id = f"{platform.client_id}-new"
    admin = Admin(tool, platform)
    admin.url = f"{tool.url}/register/{made_again.token}"
    new_entry = admin.open()
    assert "The registration is up to date" in new_entry.text
    assert "Moodle keeps it pending" in new_entry.text
    assert "The registration stays suspended" in new_entry.text
    after = admin.registration()
    assert after is not None
    assert (after.id, after.status) == (before.id, RegistrationStatus.SUSPENDED)


def test_expired_invitations(tool: Tool, platform: Platform) -> None:
    page = Admin(tool, platform, hours=-1).open()
    assert page.status_code == 410
    assert "invite.expired" in page.text


def test_a_platform_that_refuses_gives_a_page_and_another_try(admin: Admin) -> None:
    admin.platform.registration_token = "another"
    failed = admin.confirm(admin.open())
    assert failed.status_code == 424
    assert "The tool was not registered" in failed.text
    assert admin.registration() is None
    admin.platform.registration_token = "reg-token"
    assert admin.confirm(admin.open()).status_code == 200
    assert admin.registration() is not None


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "https://localhost.example.invalid/x",
        "nonsense",
    ],
)
def test_hostile_configuration_addresses(admin: Admin, url: str) -> None:
    page = admin.open(openid_configuration=url)
    assert page.status_code == 424
    assert "The tool was not registered" in page.text


STEPS = {
    Moodle: "Moodle keeps it pending until you do",
    Canvas: "By Client ID",
    Blackboard: "Register LTI 1.3/Advantage Tool",
    Brightspace: "New Deployment",
    Sakai: "Installed Tools",
    OpenEdx: "publish the unit",
}


@pytest.mark.parametrize("kind", STEPS, ids=lambda kind: kind.__name__)
def test_each_platform_registers_and_is_told_what_is_left_to_do(
    tool: Tool, kind: type[Platform]
) -> None:
    with running_platform(kind) as platform:
        platform.client_id = f"tool-{uuid4().hex[:8]}"
        admin = Admin(tool, platform)
        sent = {} if platform.registration_token is None else {"registration_token": "reg-token"}
        url = f"{platform.url}/.well-known/openid-configuration"
        page = requests.get(admin.url, params={"openid_configuration": url, **sent}, timeout=30)
        assert platform.issuer in page.text
        done = admin.confirm(page)
        assert done.status_code == 200, done.text
        assert STEPS[kind] in done.text
        assert platform.client_id in done.text
        row = admin.registration()
        assert row is not None
        assert row.status == RegistrationStatus.ACTIVE
        with tool.app.app_context(), writing() as session:
            registrations.delete_registration(session, session.merge(row))


def test_what_canvas_refuses_is_shown_in_its_own_words(tool: Tool) -> None:
    with running_platform(Canvas) as canvas:
        canvas.refuses_registration = True
        admin = Admin(tool, canvas)
        failed = admin.confirm(admin.open())
        assert failed.status_code == 424
        assert "status 422" in failed.text
        assert "is not included" in failed.text
        canvas.refuses_registration = False
        assert admin.confirm(admin.open()).status_code == 200
