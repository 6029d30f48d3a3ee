"""Beyond the certification: state, requests, and who may launch."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from lti_tool.db import writing
from lti_tool.models import Registration, RegistrationStatus, User, db
from lti_tool.services import registrations
from tests.conformance.beyond import Seconds, dated, row
from tests.conformance.browsing import Browser, arrives, refusal
from tests.conformance.conftest import Tool
from tests.conformance.platform import ABSENT, LTI, rsa_key


@row("beyond", "State: missing, mismatched, used before, from another browser")
class TestState:
    def test_missing(self, browser: Browser) -> None:
        token = browser.sign(browser.login(), browser.platform.claims())
        assert refusal(browser.post(id_token=token)) == "launch.state-missing"

    def test_made_up(self, browser: Browser) -> None:
        token = browser.sign(browser.login(), browser.platform.claims())
        code = refusal(browser.post(id_token=token, state="made-up"))
        assert code == "launch.state-unknown"

    def test_of_another_login(self, browser: Browser) -> None:
        first, second = browser.login(), browser.login()
        token = browser.sign(first, browser.platform.claims())
        assert refusal(browser.post(state=second["state"], id_token=token)) == "token.nonce"

    def test_used_before(self, browser: Browser) -> None:
        """The same token and state twice: the second is refused, with a way back."""
        login = browser.login()
        fields = {
            "state": login["state"],
            "id_token": browser.sign(login, browser.platform.claims()),
        }
        cookies = dict(browser.cookies)
        arrives(browser.post(**fields), "play")
        browser.cookies = cookies
        assert refusal(browser.post(**fields)) == "launch.state-unknown"

    def test_of_another_browser(self, browser: Browser, tool: Tool) -> None:
        """Login CSRF: an attacker's own state and token in a victim's browser."""
        login = browser.login()
        token = browser.sign(login, browser.platform.claims())
        victim = Browser(tool.url, browser.public_id, browser.platform)
        answer = victim.post(state=login["state"], id_token=token)
        assert refusal(answer) == "launch.cookie-missing"
        (name,) = [name for name in browser.cookies if "login" in name]
        victim.cookies[name] = "another"
        answer = victim.post(state=login["state"], id_token=token)
        assert refusal(answer) == "launch.other-browser"

    def test_the_cookie_is_partitioned(self, browser: Browser) -> None:
        answer = browser.ask_login()
        lines = answer.raw.headers.getlist("Set-Cookie")
        assert lines
        for line in lines:
            for attribute in ("Secure", "HttpOnly", "SameSite=None", "Partitioned"):
                assert attribute in line


class TestRequests:
    @row("beyond", "Logins: unknown issuer, no hint, repeated fields, foreign target")
    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"iss": "https://evil.example"}, "login.issuer-unknown"),
            ({"iss": ABSENT}, "login.issuer-missing"),
            ({"login_hint": ABSENT}, "login.hint-missing"),
            ({"client_id": "tool-2"}, "login.client-unknown"),
            ({"target_link_uri": "https://evil.example/"}, "login.target-foreign"),
            ({"login_hint": ["1", "2"]}, "request.repeated-field"),
        ],
    )
    def test_logins(
        self, browser: Browser, method: str, changes: dict[str, Any], code: str
    ) -> None:
        assert refusal(browser.ask_login(method, **changes)) == code

    @row("beyond", "An unknown registration")
    def test_an_unknown_registration(self, browser: Browser) -> None:
        browser.public_id = "nobody"
        assert refusal(browser.ask_login()) == "registration.unknown"

    @row("beyond", "Repeated form fields")
    def test_repeated_fields(self, browser: Browser) -> None:
        login = browser.login()
        token = browser.sign(login, browser.platform.claims())
        answer = browser.post(state=[login["state"], login["state"]], id_token=token)
        assert refusal(answer) == "request.repeated-field"
        answer = browser.post(state=login["state"], id_token=[token, token])
        assert refusal(answer) == "request.repeated-field"
        arrives(browser.post(state=login["state"], id_token=token), "play")

    @row("beyond", "A token of a megabyte")
    def test_a_token_of_a_megabyte(self, browser: Browser) -> None:
        login = browser.login()
        answer = browser.post(state=login["state"], id_token="x" * 1_000_000)
        assert 400 <= answer.status_code < 500
        assert "Location" not in answer.headers

    def test_a_body_of_many_megabytes(self, browser: Browser) -> None:
        try:
            answer = browser.post(state="x", id_token="x" * 8_000_000)
        except requests.ConnectionError:
            return  # cut off while sending
        assert answer.status_code == 413

    @pytest.mark.parametrize("body", [b"", b"\xff\xfe=%ff", b"id_token", b"a=b&" * 2000])
    def test_odd_bodies(self, browser: Browser, body: bytes) -> None:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = browser.request("POST", "/lti/launch", data=body, headers=headers)
        assert 400 <= answer.status_code < 500

    @row("beyond", "The platform refuses the login")
    def test_the_platforms_own_error(self, browser: Browser) -> None:
        login = browser.login()
        answer = browser.post(state=login["state"], error="login_required")
        assert refusal(answer) == "launch.platform-refused"

    @row("beyond", "The launch address loaded again")
    def test_a_reload_of_the_launch(self, browser: Browser) -> None:
        assert refusal(browser.request("GET", "/lti/launch")) == "launch.state-missing"

    def test_the_page_after_the_launch_can_be_reloaded(self, browser: Browser) -> None:
        location = arrives(browser.launch(), "play")
        for _ in range(2):
            assert browser.request("GET", location).status_code == 200


@row("beyond", "Registrations and deployments: suspended, pending, held, several on one issuer")
class TestRegistrationsAndDeployments:
    def change(self, tool: Tool, browser: Browser, **values: Any) -> None:
        with tool.app.app_context(), writing() as session:
            row = registrations.by_public_id(session, browser.public_id)
            assert row is not None
            for name, value in values.items():
                setattr(row, name, value)

    @pytest.mark.parametrize("status", [RegistrationStatus.SUSPENDED, RegistrationStatus.PENDING])
    def test_suspended_and_pending(
        self, tool: Tool, browser: Browser, status: RegistrationStatus
    ) -> None:
        login = browser.login()
        token = browser.sign(login, browser.platform.claims())
        self.change(tool, browser, status=status)
        answer = browser.post(state=login["state"], id_token=token)
        assert refusal(answer) == f"registration.{status}"
        assert refusal(browser.ask_login()) == f"registration.{status}"

    def test_an_unknown_deployment_where_they_are_held(self, tool: Tool, browser: Browser) -> None:
        arrives(browser.launch(), "play")
        self.change(tool, browser, hold_deployments=True)
        arrives(browser.launch(), "play")
        claims = browser.platform.claims(deployment_id="unknown")
        assert refusal(browser.launch(claims)) == "deployment.pending"

    def test_several_registrations_on_one_issuer(
        self, tool: Tool, new_browser: Callable[..., Browser]
    ) -> None:
        first = new_browser()
        first.platform.client_id = "tool-2"
        second = Browser(tool.url, tool.register(first.platform), first.platform)
        arrives(second.launch(), "play")
        first.platform.client_id = "tool-1"
        arrives(first.launch(), "play")
        login = second.login(client_id="tool-2")
        token = second.sign(login, first.platform.claims())
        answer = second.post(state=login["state"], id_token=token)
        assert refusal(answer) == "token.audience"


@row("beyond", "Eight first launches of a new user at the same moment")
def test_first_launches_of_one_user_at_the_same_moment(browser: Browser, tool: Tool) -> None:
    """Eight tabs of a new user: every one succeeds, and there is one user, context and link."""
    platform = browser.platform
    windows = [Browser(tool.url, browser.public_id, platform) for _ in range(8)]
    logins = [window.login() for window in windows]
    tokens = [
        window.sign(login, platform.claims(sub="new", deployment_id="new"))
        for window, login in zip(windows, logins, strict=True)
    ]
    start = threading.Barrier(len(windows))

    def launch(number: int) -> requests.Response:
        start.wait()
        return windows[number].post(state=logins[number]["state"], id_token=tokens[number])

    with ThreadPoolExecutor(len(windows)) as pool:
        handles = {arrives(answer, "play") for answer in pool.map(launch, range(len(windows)))}
    assert len(handles) == len(windows), "a handle for each launch"
    with tool.app.app_context():
        row = db.session.query(Registration).filter_by(public_id=browser.public_id).one()
        assert db.session.query(User).filter_by(registration_id=row.id, sub="new").count() == 1


@row("beyond", "The way back from a refusal")
class TestTheWayBack:
    """A refusal leads back to the course once the token that names it is verified, never before."""

    BACK = "https://lms.example/course/7"

    def launched(self, browser: Browser, back: str = BACK, **changes: Any) -> requests.Response:
        signing = {name: changes.pop(name) for name in ("key", "alg") if name in changes}
        presentation = {"launch_presentation": {"return_url": back}}
        return browser.launch(browser.platform.claims(**presentation, **dated(changes)), **signing)

    @pytest.mark.parametrize(
        "changes", [{"version": "1.1"}, {"roles": "Learner"}, {"context": {"id": 7}}]
    )
    def test_from_a_verified_token(self, browser: Browser, changes: dict[str, Any]) -> None:
        answer = self.launched(browser, **changes)
        assert refusal(answer).startswith("claim.")
        assert f'href="{self.BACK}"' in answer.text

    @pytest.mark.parametrize(
        "changes",
        [
            {"alg": "none"},
            {"key": rsa_key("somebody else")},
            {"exp": Seconds(-3600)},
            {"iss": "https://other.example"},
            {"aud": "other-client"},
            {"nonce": "another"},
        ],
    )
    def test_from_no_other(self, browser: Browser, changes: dict[str, Any]) -> None:
        answer = self.launched(browser, **changes)
        assert refusal(answer).startswith("token.")
        assert self.BACK not in answer.text

    def test_where_the_deployment_waits_and_where_it_was_used(
        self, tool: Tool, browser: Browser
    ) -> None:
        TestRegistrationsAndDeployments().change(tool, browser, hold_deployments=True)
        answer = self.launched(browser, deployment_id="another")
        assert refusal(answer) == "deployment.pending"
        assert f'href="{self.BACK}"' in answer.text
        TestRegistrationsAndDeployments().change(tool, browser, hold_deployments=False)
        login = browser.login()
        presentation = {"launch_presentation": {"return_url": self.BACK}}
        sent = {
            "state": login["state"],
            "id_token": browser.sign(login, browser.platform.claims(**presentation)),
        }
        cookies = dict(browser.cookies)
        arrives(browser.post(**sent), "play")
        browser.cookies.update(cookies)
        again = browser.post(**sent)
        assert refusal(again) == "launch.state-unknown"
        assert f'href="{self.BACK}"' in again.text

    @pytest.mark.parametrize("back", ["javascript:alert(1)", "//lms.example/", "", 7, {}])
    def test_only_to_an_address(self, browser: Browser, back: Any) -> None:
        answer = self.launched(browser, back, version="1.1")
        assert refusal(answer) == "claim.version"
        assert "Back to the course" not in answer.text


def test_no_secret_in_redirects_beyond_the_handle(browser: Browser) -> None:
    answer = browser.launch()
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "eyJ" not in answer.headers["Location"]
    assert LTI not in answer.text
