"""How operators connect platforms: invitations, values by hand, the check."""

from __future__ import annotations

import re

import pytest
import requests
from sqlalchemy import select

from lti_tool.db import writing
from lti_tool.models import (
    AuditEntry,
    Registration,
    RegistrationStatus,
    User,
    db,
)
from tests.conformance.platform import Answer, Platform
from tests.console import Operator
from tests.integration.lti_tool.conftest import Campus, Tool
from tests.integration.lti_tool.console.rows import find, register


def test_an_invitation_made_here_registers_and_is_gone(
    operator: Operator, tool: Tool, platform: Platform
) -> None:
    operator.get("/registrations/invite")
    page = operator.post("/registrations/invite", hold="1")
    found = re.search(r"(http\S+/register/[\w-]{22})<", page.text)
    assert found
    assert found[1] not in operator.get("/registrations/invite").text
    register(found[1], platform)
    assert find(tool, platform).status == RegistrationStatus.PENDING
    operator.post(f"/registrations/{find(tool, platform).id}/approve")
    assert find(tool, platform).status == RegistrationStatus.ACTIVE


def test_an_invitation_is_revoked(operator: Operator, tool: Tool) -> None:
    page = operator.post("/registrations/invite")
    found = re.search(r"(http\S+/register/[\w-]{22})<", page.text)
    assert found
    listed = operator.get("/registrations/invite").text
    number = re.findall(r"/registrations/invites/(\d+)/revoke", listed)[0]
    operator.post(f"/registrations/invites/{number}/revoke")
    refused = requests.get(found[1], timeout=30)
    assert (refused.status_code, "invite.unknown" in refused.text) == (404, True)
    assert operator.post(f"/registrations/invites/{number}/revoke").status_code == 404


def test_registering_again_loses_nothing(
    operator: Operator, tool: Tool, platform: Platform
) -> None:
    campus = Campus(tool, platform)
    person = campus.learner("stays")
    before = find(tool, platform)
    page = operator.post("/registrations/invite", update=str(before.id))
    found = re.search(r"(http\S+/register/[\w-]{22})<", page.text)
    assert found
    platform.client_id, platform.deployment_id = f"{platform.client_id}-new", "deployment-2"
    done = register(found[1], platform)
    assert "The registration is up to date" in done.text
    after = find(tool, platform)
    assert (after.id, after.public_id, after.name) == (before.id, before.public_id, before.name)
    assert {one.deployment_id for one in after.deployments} == {"deployment-1", "deployment-2"}
    platform.deployment_id = "deployment-1"
    again = campus.learner("stays")
    assert again.handle != person.handle
    with tool.app.app_context():
        people = select(User.sub).where(User.registration_id == before.id)
        assert db.session.scalars(people).all() == ["stays"]


def test_the_same_client_registering_anew_is_brought_up_to_date(
    operator: Operator, tool: Tool, platform: Platform, known: Registration
) -> None:
    page = operator.post("/registrations/invite")
    found = re.search(r"(http\S+/register/[\w-]{22})<", page.text)
    assert found
    register(found[1], platform)
    after = find(tool, platform)
    assert after.id == known.id
    assert platform.registered is not None
    assert platform.registered["initiate_login_uri"].split("/")[-2] == after.public_id


def by_hand(operator: Operator, platform: Platform, **changes: str) -> dict[str, str]:
    start = operator.get("/registrations/new?lms=moodle&base=https://lms.example")
    assert start.status_code == 302
    page = operator.follow(start)
    assert 'value="https://lms.example/mod/lti/token.php"' in page.text
    login_id = re.search(r'name="login" value="([0-9a-f]{16})"', page.text)
    assert login_id
    assert f"{operator.url}/lti/{login_id[1]}/login" in page.text
    return {
        "login": login_id[1],
        "lms": "moodle",
        "name": "By hand",
        "issuer": platform.issuer,
        "client_id": platform.client_id,
        "auth_url": f"{platform.url}/auth",
        "token_url": f"{platform.url}/token",
        "jwks_url": f"{platform.url}/jwks",
        **changes,
    }


def test_values_by_hand_are_equal_in_function(
    operator: Operator, tool: Tool, platform: Platform
) -> None:
    values = by_hand(operator, platform)
    page = operator.follow(operator.post("/registrations/new", **values))
    assert "Try its addresses next" in page.text
    row = find(tool, platform)
    assert (row.public_id, row.product, row.name) == (values["login"], "moodle", "By hand")
    checked = operator.post(f"/registrations/{row.id}/check")
    assert "keyset can be read" in checked.text.replace("’", "'")
    assert "gives the tool an access token" in checked.text
    twice = operator.post("/registrations/new", **by_hand(operator, platform))
    assert twice.status_code == 409
    assert "registered already: By hand" in twice.text


def test_wrong_values_are_linked_to_their_fields(operator: Operator, platform: Platform) -> None:
    wrong = by_hand(operator, platform, issuer="banana", client_id="", jwks_url="javascript:x")
    page = operator.post("/registrations/new", **wrong)
    assert page.status_code == 422
    for name in ("issuer", "client_id", "jwks_url"):
        assert f'href="#{name}"' in page.text
        assert f'id="{name}-error"' in page.text
    assert 'href="#token_url"' not in page.text
    assert 'value="banana"' in page.text
    assert operator.post("/registrations/new", **{**wrong, "login": "x"}).status_code == 400


def test_values_are_changed_by_hand(
    operator: Operator, tool: Tool, platform: Platform, known: Registration
) -> None:
    path = f"/registrations/{known.id}/edit"
    assert f'value="{platform.url}/token"' in operator.get(path).text
    moved = {
        "name": "Moved",
        "issuer": "https://moved.example",
        "client_id": "moved",
        "auth_url": "https://moved.example/auth",
        "token_url": "https://moved.example/token",
        "jwks_url": "https://moved.example/jwks",
    }
    assert operator.post(path, **moved).status_code == 303
    with tool.app.app_context(), writing() as session:
        row = session.get(Registration, known.id)
        assert row is not None
        assert (row.name, row.issuer, row.product) == ("Moved", "https://moved.example", "moodle")
        entry = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.action == "registration.updated")
            .order_by(AuditEntry.id.desc())
        ).first()
        assert entry is not None
        assert entry.detail["before"]["client_id"] == platform.client_id
        session.delete(row)


def test_canvas_reads_its_json(tool: Tool) -> None:
    url = f"{tool.url}/register/canvas.json"
    document = requests.get(url, params={"registration": "0" * 16}, timeout=30).json()
    assert document["oidc_initiation_url"] == f"{tool.url}/lti/{'0' * 16}/login"
    assert document["public_jwk_url"] == f"{tool.url}/lti/jwks"
    settings = document["extensions"][0]["settings"]
    kinds = {item["placement"]: item["message_type"] for item in settings["placements"]}
    assert kinds["assignment_selection"] == "LtiDeepLinkingRequest"
    assert requests.get(url, timeout=30).status_code == 404
    assert requests.get(url, params={"registration": "../x"}, timeout=30).status_code == 404


CASES: dict[str, tuple[str, Answer, str, str]] = {
    "not JSON": ("/jwks", Answer(200, b"<html>"), "keyset.malformed", "does not answer with a key"),
    "no RSA key": ("/jwks", Answer(200, {"keys": []}), "keyset.no-key", "holds no RSA key"),
    "redirect": (
        "/jwks",
        Answer(302, b"", {"Location": "https://x.example"}),
        "outbound.redirected",
        "Enter the address that the redirect leads to",
    ),
    "unknown client": (
        "/token",
        Answer(400, {"error": "invalid_client"}),
        "token.refused-400",
        "does not know the client id",
    ),
    "scope": (
        "/token",
        Answer(400, {"error": "invalid_scope"}),
        "token.refused-400",
        "allow the tool to use grade",
    ),
    "nothing there": ("/token", Answer(404, b""), "token.refused-404", "Nothing answers at this"),
    "no token": ("/token", Answer(200, {"x": 1}), "token.malformed", "not as a token URL does"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_check_says_what_is_wrong_and_what_to_do(
    operator: Operator, platform: Platform, known: Registration, case: str
) -> None:
    path, answer, code, words = CASES[case]
    platform.answers[path].append(answer)
    page = operator.post(f"/registrations/{known.id}/check").text
    assert code in page
    assert words in page


@pytest.mark.parametrize(
    ("jwks_url", "code", "words"),
    [
        ("https://10.9.8.7/jwks", "outbound.address-refused", "trusted_networks"),
        ("https://nowhere.invalid/jwks", "outbound.name-unknown", "spelt right"),
        ("http://127.0.0.1:9/jwks", "outbound.unreachable", "firewall"),
    ],
)
def test_addresses_that_cannot_be_called(
    operator: Operator,
    tool: Tool,
    platform: Platform,
    known: Registration,
    jwks_url: str,
    code: str,
    words: str,
) -> None:
    with tool.app.app_context(), writing() as session:
        row = session.get(Registration, known.id)
        assert row is not None
        row.jwks_url = jwks_url
    page = operator.post(f"/registrations/{known.id}/check").text
    assert code in page
    assert words in page


def test_services_are_tried_where_launches_have_told_them(
    operator: Operator, tool: Tool, platform: Platform
) -> None:
    campus = Campus(tool, platform)
    row = find(tool, platform)
    assert (
        "No launch has told this address yet"
        in operator.post(f"/registrations/{row.id}/check").text
    )
    campus.learner()
    page = operator.post(f"/registrations/{row.id}/check").text
    assert "The grade columns of a course can be read" in page
    assert [one.query.get("limit") for one in platform.asked("/lineitems")][-1:] == ["1"]
