"""Certification §6.2–6.4: deep linking, names and roles, grades; through the tool's own pages."""

from __future__ import annotations

import html
import re
import time
from typing import Any

import jwt
import pytest
import requests

from lti_tool.lti import nrps
from lti_tool.lti.ags import get_results
from lti_tool.lti.platform import Platform as Values
from lti_tool.models import Registration, db
from lti_tool.tool import tool_of
from lti_tool.worker.loop import deliver
from tests.conformance.browsing import Browser, arrives, refusal
from tests.conformance.conftest import Tool
from tests.conformance.platform import (
    ABSENT,
    AGS,
    AGS_SCOPES,
    DL,
    INSTRUCTOR,
    LEARNER,
    LTI,
    NRPS,
    Answer,
)

row = pytest.mark.row


def field(page: requests.Response, name: str) -> str:
    """The first value of a form's field."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


def pick(browser: Browser, **settings: Any) -> tuple[str, dict[str, Any]]:
    """Choose the first unit; where the answer goes, and its claims (signature checked)."""
    claims = browser.platform.deep_linking()
    claims[DL + "deep_linking_settings"] |= settings
    location = arrives(browser.launch(claims), "pick")
    page = browser.request("GET", location)
    assert page.status_code == 200
    form = {"form_token": field(page, "form_token"), "unit": field(page, "unit"), "graded": "on"}
    answer = browser.request("POST", location, data=form)
    assert answer.status_code == 200
    action = re.search(r'action="([^"]+)"', answer.text)
    assert action
    token = field(answer, "JWT")
    return html.unescape(action[1]), verified(browser, token)


def verified(browser: Browser, token: str) -> dict[str, Any]:
    keys = requests.get(f"{browser.base}/lti/jwks", timeout=60).json()["keys"]
    kid = jwt.get_unverified_header(token)["kid"]
    (key,) = [key for key in keys if key["kid"] == kid]
    claims: dict[str, Any] = jwt.decode(
        token,
        jwt.PyJWK(key),
        ["RS256"],
        audience=browser.platform.issuer,
        options={"require": ["exp", "iat", "iss", "nonce"]},
    )
    return claims


def student(browser: Browser, custom: dict[str, str], **changes: Any) -> str:
    """A student opens the unit; the launch handle."""
    fixed: dict[str, Any] = {"custom": custom, "roles": [LEARNER]}
    location = arrives(browser.launch(browser.platform.claims(**{**fixed, **changes})), "play")
    return location.rpartition("/")[2]


def hand_in(browser: Browser, handle: str, unit: str) -> dict[str, Any]:
    answer = browser.request(
        "POST",
        f"/api/units/{unit}/hand-in",
        json={"number": 1, "answers": {}},
        headers={"Authorization": f"Bearer {handle}"},
    )
    assert answer.status_code == 200, answer.text
    value: dict[str, Any] = answer.json()
    return value


@row("6.2", "Deep linking")
class TestDeepLinking:
    def test_the_answer(self, browser: Browser) -> None:
        before = int(time.time())
        action, claims = pick(browser)
        assert action == f"{browser.platform.url}/deep-linking?sesskey=abc"
        assert claims["iss"] == browser.platform.client_id
        assert before - 2 <= claims["iat"] <= time.time()
        assert claims["exp"] > time.time()
        assert claims[LTI + "message_type"] == "LtiDeepLinkingResponse"
        assert claims[LTI + "version"] == "1.3.0"
        assert claims[LTI + "deployment_id"] == "deployment-1"
        assert claims[DL + "data"] == "opaque <&> data"
        (item,) = claims[DL + "content_items"]
        assert item["type"] == "ltiResourceLink"
        assert item["url"] == browser.launch_url
        assert item["lineItem"]["scoreMaximum"] == 100
        assert set(item["custom"]) >= {"course", "unit"}

    def test_without_data_and_line_items(self, browser: Browser) -> None:
        _, claims = pick(browser, data=None, accept_lineitem=False, accept_multiple=False)
        assert DL + "data" not in claims
        assert "lineItem" not in claims[DL + "content_items"][0]

    def test_without_target_link_uri(self, browser: Browser) -> None:
        login = browser.login(target_link_uri=ABSENT)
        claims = browser.platform.deep_linking(nonce=login["nonce"])
        del claims[LTI + "target_link_uri"]
        token = browser.platform.sign(claims)
        arrives(browser.post(state=login["state"], id_token=token), "pick")

    def test_a_student_picks_nothing(self, browser: Browser) -> None:
        answer = browser.launch(browser.platform.deep_linking(roles=[LEARNER]))
        assert refusal(answer) == "launch.role-may-not-pick"

    @pytest.mark.parametrize("settings", [ABSENT, None, {"accept_types": ["ltiResourceLink"]}])
    def test_settings_absent(self, browser: Browser, settings: Any) -> None:
        claims = browser.platform.deep_linking()
        claims[DL + "deep_linking_settings"] = settings
        assert refusal(browser.launch(claims)) == "claim.deep-linking"


@row("6.3", "Names and roles")
class TestNamesAndRoles:
    def test_launch_and_get(self, tool: Tool, browser: Browser) -> None:
        platform = browser.platform
        arrives(browser.launch(platform.claims(roles=[INSTRUCTOR])), "teach")
        platform.members = [{"user_id": "user-1", "roles": ["Learner"], "name": "Amina Diallo"}]
        with tool.app.app_context():
            values = values_of(browser)
            url = platform.claims()[NRPS]["context_memberships_url"]
            ((member,),) = nrps.member_pages(tool_of(tool.app).tokens, values, url)
        assert member.sub == "user-1"
        (asked,) = platform.asked("/members")
        accept = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
        assert asked.headers["Accept"] == accept
        assert asked.headers["Authorization"][7:] in platform.tokens
        (token,) = platform.asked("/token")
        assert token.form["scope"] == nrps.SCOPE
        assertion = verified_assertion(browser, token.form["client_assertion"])
        assert assertion["iss"] == assertion["sub"] == platform.client_id


def values_of(browser: Browser) -> Values:
    row = db.session.query(Registration).filter_by(public_id=browser.public_id).one()
    return Values.of(row)


def verified_assertion(browser: Browser, token: str) -> dict[str, Any]:
    keys = requests.get(f"{browser.base}/lti/jwks", timeout=60).json()["keys"]
    audience = f"{browser.platform.url}/token"
    claims: dict[str, Any] = jwt.decode(token, jwt.PyJWK(keys[0]), ["RS256"], audience=audience)
    return claims


@row("6.4", "Assignments and grades")
class TestGrades:
    def test_a_score_is_shown_in_results(self, tool: Tool, browser: Browser) -> None:
        platform = browser.platform
        platform.line_items["1"] = {
            "id": f"{platform.url}/lineitems/1/lineitem?type_id=1",
            "resourceLinkId": "link-1",
        }
        _, claims = pick(browser)
        (item,) = claims[DL + "content_items"]
        unit = item["custom"]["unit"]
        handle = student(browser, item["custom"])
        state = hand_in(browser, handle, unit)["state"]
        assert deliver(tool.app).delivered == 1
        (sent,) = platform.asked("/lineitems/1/lineitem/scores")
        assert sent.json["userId"] == "user-1"
        assert sent.json["scoreGiven"] == float(state["value"])
        assert sent.json["gradingProgress"] == "FullyGraded"
        assert sent.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
        with tool.app.app_context():
            url = platform.line_items["1"]["id"]
            (result,) = get_results(tool_of(tool.app).tokens, values_of(browser), url)
        assert result.user_sub == "user-1"
        assert float(result.score or 0) == float(state["value"])

    def test_a_line_item_is_made_and_kept(self, tool: Tool, browser: Browser) -> None:
        platform = browser.platform
        _, claims = pick(browser)
        custom = claims[DL + "content_items"][0]["custom"]
        endpoint = {"scope": AGS_SCOPES, "lineitems": f"{platform.url}/lineitems"}
        for user in ("user-1", "user-2"):
            handle = student(browser, custom, sub=user, **{AGS: endpoint})
            hand_in(browser, handle, custom["unit"])
            assert deliver(tool.app).delivered == 1
        made = [r for r in platform.asked("/lineitems") if r.method == "POST"]
        assert len(made) == 1
        assert {user for _, user in platform.scores} == {"user-1", "user-2"}

    def test_a_platform_that_is_down_gets_the_score_later(
        self, tool: Tool, browser: Browser
    ) -> None:
        platform = browser.platform
        _, claims = pick(browser)
        custom = claims[DL + "content_items"][0]["custom"]
        platform.line_items["1"] = {
            "id": f"{platform.url}/lineitems/1/lineitem?type_id=1",
            "resourceLinkId": "link-1",
        }
        platform.answers["/lineitems/1/lineitem/scores"].append(Answer(503, b"down"))
        hand_in(browser, student(browser, custom), custom["unit"])
        assert deliver(tool.app).postponed == 1
        assert deliver(tool.app).total == 0, "not at once"


def test_an_instructor_without_context_gets_no_roster_of_others(browser: Browser) -> None:
    claims = browser.platform.claims(roles=[INSTRUCTOR], context=ABSENT)
    location = arrives(browser.launch(claims), "teach")
    assert browser.request("GET", location).status_code == 200
