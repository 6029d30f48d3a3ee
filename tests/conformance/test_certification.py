"""1EdTech's tool certification (LTI Advantage Conformance Certification Guide 1.3, §6.1–6.4), row
by row, each launch after its own OIDC login."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.browsing import Browser, arrives, refusal
from tests.conformance.platform import ABSENT, INSTRUCTOR, LEARNER, LTI, MEMBERSHIP, rsa_key

row = pytest.mark.row
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"


class TestBadPayloads:
    """§6.1.1: known "bad" payloads must be refused."""

    @row("6.1.1", "No KID sent in header")
    def test_no_kid(self, browser: Browser) -> None:
        assert refusal(browser.launch(kid=ABSENT)) == "token.kid-missing"

    @row("6.1.1", "Incorrect KID in header")
    def test_wrong_kid(self, browser: Browser) -> None:
        answer = browser.launch(kid="wrong", key=rsa_key("platform"))
        assert refusal(answer) == "token.kid-unknown"

    @row("6.1.1", "Wrong LTI version")
    def test_wrong_version(self, browser: Browser) -> None:
        answer = browser.launch(browser.platform.claims(version="11.3"))
        assert refusal(answer) == "claim.version"

    @row("6.1.1", "No LTI version")
    def test_no_version(self, browser: Browser) -> None:
        answer = browser.launch(browser.platform.claims(version=ABSENT))
        assert refusal(answer) == "claim.version"

    @row("6.1.1", "Invalid LTI message")
    def test_a_message_that_is_no_lti_message(self, browser: Browser) -> None:
        assert refusal(browser.launch({"name": "badltilaunch"})) == "token.time-missing"

    @row("6.1.1", "Missing LTI claims")
    def test_required_claims_absent(self, browser: Browser) -> None:
        gone = dict.fromkeys(
            ("message_type", "roles", "deployment_id", "resource_link", "sub"), ABSENT
        )
        assert refusal(browser.launch(browser.platform.claims(**gone))).startswith("claim.")

    @row("6.1.1", "Timestamps incorrect")
    def test_timestamps_incorrect(self, browser: Browser) -> None:
        answer = browser.launch(browser.platform.claims(iat=11111, exp=22222))
        assert refusal(answer) == "token.expired"

    @row("6.1.1", "One required claim missing")
    @pytest.mark.parametrize(
        ("claim", "code"),
        [
            ("message_type", "claim.message-type"),
            ("roles", "claim.roles"),
            ("deployment_id", "claim.deployment"),
            ("resource_link", "claim.resource-link"),
            ("sub", "claim.sub"),
        ],
    )
    def test_one_claim_absent(self, browser: Browser, claim: str, code: str) -> None:
        assert refusal(browser.launch(browser.platform.claims(**{claim: ABSENT}))) == code


class TestValidLaunches:
    """§6.1.2, §6.1.3: instructors and students are let in with their own rights."""

    @row("6.1.2", "Valid launches by role")
    @pytest.mark.parametrize(
        ("roles", "page"),
        [
            pytest.param([INSTRUCTOR], "teach", id="instructor"),
            pytest.param(
                [f"{INSTITUTION}#Faculty", INSTRUCTOR, f"{MEMBERSHIP}#Mentor"],
                "teach",
                id="instructor-several-roles",
            ),
            pytest.param(["Instructor"], "teach", id="instructor-short-role"),
            pytest.param(["https://unknown.example/role"], "play", id="unknown-role"),
            pytest.param([""], "play", id="no-role"),
            pytest.param([LEARNER], "play", id="student"),
            pytest.param([f"{INSTITUTION}#Student", LEARNER], "play", id="student-several-roles"),
            pytest.param(["Learner"], "play", id="student-short-role"),
            pytest.param([f"{INSTITUTION}#Instructor"], "play", id="institution-role-only"),
        ],
    )
    def test_roles(self, browser: Browser, roles: list[str], page: str) -> None:
        arrives(browser.launch(browser.platform.claims(roles=roles)), page)

    @row("6.1.3", "Valid launches with less personal data")
    @pytest.mark.parametrize("role", [INSTRUCTOR, LEARNER])
    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"name": ABSENT}, id="email-only"),
            pytest.param({"email": ABSENT}, id="names-only"),
            pytest.param({"name": ABSENT, "email": ABSENT}, id="no-personal-data"),
            pytest.param({"name": ABSENT, "context": ABSENT}, id="email-without-context"),
        ],
    )
    def test_personal_data(self, browser: Browser, role: str, changes: dict[str, Any]) -> None:
        page = "teach" if role == INSTRUCTOR else "play"
        location = arrives(browser.launch(browser.platform.claims(roles=[role], **changes)), page)
        assert browser.request("GET", location).status_code == 200

    @row("6.1.2", "Login by GET and by POST")
    def test_login_by_get_and_by_post(self, browser: Browser) -> None:
        for method in ("GET", "POST"):
            login = browser.login(method)
            token = browser.sign(login, browser.platform.claims())
            arrives(browser.post(state=login["state"], id_token=token), "play")

    def test_login_without_client_id(self, browser: Browser) -> None:
        login = browser.login(client_id=ABSENT)
        token = browser.sign(login, browser.platform.claims())
        arrives(browser.post(state=login["state"], id_token=token), "play")


def test_the_platforms_extra_claims_are_no_trouble(browser: Browser) -> None:
    claims = {**browser.platform.claims(), "https://x.example/claim": {"a": [1]}, "azp": "tool-1"}
    claims[LTI + "lis"] = {"person_sourcedid": "x"}
    arrives(browser.launch(claims), "play")


def test_anonymous_launches_where_allowed(new_browser: Any) -> None:
    browser = new_browser(allow_anonymous=True)
    location = arrives(browser.launch(browser.platform.claims(sub=ABSENT)), "play")
    assert browser.request("GET", location).status_code == 200
