"""What operators do in the console: platforms, invitations, values by hand, scores, keys."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import requests
from sqlalchemy import select

from lti_tool.db import writing
from lti_tool.lti.sealing import unseal
from lti_tool.models import (
    AuditEntry,
    Context,
    DataRequest,
    DeliveryState,
    Deployment,
    Job,
    JobState,
    LaunchRefusal,
    LegacyConsumer,
    Registration,
    RegistrationStatus,
    ResourceLink,
    ScoreDelivery,
    User,
    db,
    now,
)
from lti_tool.services import jobs, legacy
from lti_tool.web.admin import console_of
from tests.conformance.platform import Answer, Platform, running_platform
from tests.console import Operator
from tests.integration.lti_tool.conftest import SECRET, Campus, Tool


@pytest.fixture(scope="module")
def signed_in(tool: Tool) -> Iterator[Operator]:
    yield Operator(tool.app, tool.url).signed_in()
    with console_of(tool.app).app_context():
        db.engine.dispose()


@pytest.fixture
def operator(signed_in: Operator) -> Operator:
    signed_in.get("/account")
    return signed_in


#: Registers one more platform; its registration's number.
CampusOf = Callable[..., int]


@pytest.fixture
def campus_of(tool: Tool) -> Iterator[CampusOf]:
    with ExitStack() as stack:

        def register(**values: Any) -> int:
            platform = stack.enter_context(running_platform())
            platform.client_id = f"tool-{uuid4().hex[:8]}"
            tool.register(platform, **values)
            return find(tool, platform).id

        yield register


@pytest.fixture
def known(tool: Tool, platform: Platform) -> Registration:
    tool.register(platform, product="moodle")
    return find(tool, platform)


def find(tool: Tool, platform: Platform) -> Registration:
    with tool.app.app_context():
        row = db.session.scalars(
            select(Registration).where(
                Registration.issuer == platform.issuer,
                Registration.client_id == platform.client_id,
            )
        ).one()
        _ = list(row.deployments)
        return row


def audited(tool: Tool, operator: Operator, action: str) -> list[AuditEntry]:
    with tool.app.app_context():
        return list(
            db.session.scalars(
                select(AuditEntry)
                .where(AuditEntry.actor == operator.email, AuditEntry.action == action)
                .order_by(AuditEntry.id)
            )
        )


def login(tool: Tool, row: Registration, platform: Platform) -> requests.Response:
    query = {"iss": platform.issuer, "login_hint": "1", "target_link_uri": f"{tool.url}/"}
    url = f"{tool.url}/lti/{row.public_id}/login"
    return requests.get(url, params=query, allow_redirects=False, timeout=30)


def test_a_platform_is_suspended_at_once_and_resumed(
    operator: Operator, tool: Tool, platform: Platform, known: Registration
) -> None:
    assert login(tool, known, platform).status_code in (200, 302)
    page = operator.follow(operator.post(f"/registrations/{known.id}/suspend"))
    assert "The platform is suspended" in page.text
    assert "registration.suspended" in login(tool, known, platform).text
    operator.post(f"/registrations/{known.id}/resume")
    assert login(tool, known, platform).status_code in (200, 302)
    (entry,) = audited(tool, operator, "registration.suspended")[-1:]
    assert entry.subject == f"registration {known.id} (Campus)"


def test_names_and_options(
    operator: Operator, tool: Tool, platform: Platform, known: Registration
) -> None:
    path = f"/registrations/{known.id}"
    name = 'Université "du Lac" <b>&'
    page = operator.follow(operator.post(f"{path}/rename", name=name))
    assert "Université &#34;du Lac&#34; &lt;b&gt;&amp;" in page.text
    assert operator.post(f"{path}/rename", name="  ").status_code == 400
    operator.post(f"{path}/options", allow_anonymous="1")
    row = find(tool, platform)
    assert (row.name, row.allow_anonymous, row.hold_deployments) == (name, True, False)
    operator.post(f"{path}/options", hold_deployments="1")
    row = find(tool, platform)
    assert (row.allow_anonymous, row.hold_deployments) == (False, True)
    assert operator.get(f"/registrations/?q={platform.client_id}").text.count("<tbody>") == 1


def test_deployments_one_by_one(operator: Operator, tool: Tool, platform: Platform) -> None:
    campus = Campus(tool, platform, hold_deployments=True)
    refused = campus.browser().launch(platform.claims())
    assert "deployment.pending" in refused.text
    row = find(tool, platform)
    (held,) = row.deployments
    path = f"/registrations/{row.id}/deployments/{held.id}"
    operator.post(path, status="active")
    campus.learner()
    operator.post(path, status="suspended")
    assert "deployment.suspended" in campus.browser().launch(platform.claims()).text
    assert operator.post(path, status="nonsense").status_code == 400
    other = tool.register(Platform("https://other.example", client_id=platform.client_id))
    with tool.app.app_context():
        foreign = db.session.scalars(
            select(Registration.id).where(Registration.public_id == other)
        ).one()
    crossed = operator.post(f"/registrations/{foreign}/deployments/{held.id}", status="active")
    assert crossed.status_code == 404
    assert find(tool, platform).deployments[0].status == RegistrationStatus.SUSPENDED


def test_deleting_says_what_goes_and_wants_the_name(
    operator: Operator, tool: Tool, platform: Platform
) -> None:
    campus = Campus(tool, platform)
    campus.learner("one")
    campus.learner("two")
    row = find(tool, platform)
    path = f"/registrations/{row.id}/delete"
    page = operator.get(path)
    assert "2 people" in page.text
    assert "1 course<" in page.text
    wrong = operator.post(path, name="campus")
    assert wrong.status_code == 422
    assert 'href="#name"' in wrong.text
    assert operator.follow(operator.post(path, name="Campus")).status_code == 200
    with tool.app.app_context():
        assert db.session.get(Registration, row.id) is None
        people = select(User.id).where(User.registration_id == row.id)
        assert db.session.scalars(people).all() == []
    entry = audited(tool, operator, "registration.deleted")[-1]
    assert entry.detail["people"] == 2
    assert "one" not in json.dumps(entry.detail)


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


def register(url: str, platform: Platform) -> requests.Response:
    query = {
        "openid_configuration": f"{platform.url}/.well-known/openid-configuration",
        "registration_token": "reg-token",
    }
    page = requests.get(url, params=query, timeout=30)
    token = re.search(r'name="form_token" value="(\w+)"', page.text)
    assert token, page.text
    return requests.post(url, data={"form_token": token[1]}, timeout=30)


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


def test_scores_are_sent_again_one_or_all(
    operator: Operator, tool: Tool, platform: Platform
) -> None:
    campus = Campus(tool, platform)
    campus.learner()
    row = find(tool, platform)
    with tool.app.app_context(), writing() as session:
        user = session.scalars(select(User).where(User.registration_id == row.id)).one()
        link = session.scalars(
            select(ResourceLink)
            .join(ResourceLink.context)
            .join(Context.deployment)
            .where(Deployment.registration_id == row.id)
        ).one()
        for second in range(3):
            session.add(
                ScoreDelivery(
                    registration_id=row.id,
                    user_id=user.id,
                    link_pk=link.id,
                    value="50.00",
                    timestamp=now().replace(microsecond=0) + timedelta(seconds=second),
                    submitted_at=now(),
                    state=DeliveryState.FAILED,
                    tries=30,
                    last_error="token.refused-400: the platform answered: invalid_client",
                )
            )
        session.flush()
        first = session.scalars(
            select(ScoreDelivery.id).where(ScoreDelivery.registration_id == row.id)
        ).first()
    listed = operator.get(f"/scores/?registration={row.id}&state=failed").text
    assert "3 entries" in listed
    assert "does not know the client id" in listed
    assert "user-1" not in listed
    operator.post(f"/scores/{first}/resend")
    assert "2 entries" in operator.get(f"/scores/?registration={row.id}&state=failed").text
    page = operator.follow(operator.post("/scores/resend", registration=str(row.id)))
    assert "sent again at once: 3" in page.text
    with tool.app.app_context():
        rows = db.session.scalars(
            select(ScoreDelivery).where(ScoreDelivery.registration_id == row.id)
        ).all()
        assert {(one.state, one.tries) for one in rows} == {(DeliveryState.DUE, 0)}
    assert operator.post("/scores/999999999/resend").status_code == 404
    assert audited(tool, operator, "scores.resent")[-1].detail == {"count": 3}


def test_work_that_failed_is_tried_again(operator: Operator, tool: Tool) -> None:
    with tool.app.app_context(), writing() as session:
        jobs.ask_for(session, "console-test", "1", now=now(), payload={"a": 1})
        session.flush()
        job = jobs.find(session, "console-test", "1")
        assert job is not None
        job.state, job.tries, job.last_error = JobState.FAILED, 12, "service.refused-403: no"
        number = job.id
    assert "lets the tool in, but not to this service" in operator.get("/jobs/?state=failed").text
    operator.post(f"/jobs/{number}/retry")
    with tool.app.app_context(), writing() as session:
        again = session.get(Job, number)
        assert again is not None
        assert (again.state, again.tries, again.payload) == (JobState.DUE, 0, {"a": 1})
        session.delete(again)


def test_refusals_by_reason_with_the_next_step(
    operator: Operator, tool: Tool, known: Registration
) -> None:
    with tool.app.app_context(), writing() as session:
        for _ in range(3):
            session.add(LaunchRefusal(registration_id=known.id, code="registration.pending"))
        old = now() - timedelta(days=30)
        session.add(LaunchRefusal(registration_id=known.id, code="token.issuer", at=old))
    page = operator.get(f"/refusals/?registration={known.id}").text
    assert f"lti-tool registrations approve {known.id}" in page
    assert re.search(r'class="figure">\s*3\s*<', page)
    assert "token.issuer" not in page


def test_a_new_key_signs_and_five_stay(operator: Operator, tool: Tool) -> None:
    for _ in range(6):
        assert operator.post("/keys/rotate").status_code == 303
    keys = requests.get(f"{tool.url}/lti/jwks", timeout=30).json()["keys"]
    assert len(keys) == 5
    page = operator.get("/keys/").text
    assert page.count("In the keyset until") == 4
    assert keys[0]["kid"] in page


def test_a_person_is_exported_and_erased(
    operator: Operator, tool: Tool, platform: Platform
) -> None:
    campus = Campus(tool, platform)
    campus.learner("somebody-else-7")
    row = find(tool, platform)
    asked: dict[str, Any] = {"registration": str(row.id), "sub": "somebody-else-7"}
    unknown = operator.post("/people/", **{**asked, "sub": "nobody"}, what="export")
    assert unknown.status_code == 404
    given = operator.post("/people/", **asked, what="export")
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert given.json()["person"]["sub"] == "somebody-else-7"
    operator.get("/people/")
    assert operator.post("/people/", **asked, what="erase", again="x").status_code == 422
    assert operator.post("/people/", **asked, what="erase", again=asked["sub"]).status_code == 303
    with tool.app.app_context():
        people = select(User.id).where(User.registration_id == row.id)
        assert db.session.scalars(people).all() == []
        requests_made = select(DataRequest.kind).where(DataRequest.registration_id == row.id)
        assert set(db.session.scalars(requests_made)) == {"export", "erasure"}
        entries = db.session.scalars(select(AuditEntry)).all()
        assert not [entry for entry in entries if "somebody" in f"{entry.subject}{entry.detail}"]


def test_tables_bear_any_question(operator: Operator) -> None:
    for query in (
        "?sort=nonsense&page=-4",
        "?sort=-name&page=999999",
        "?q=%25_%27%22%3Cscript%3E%00&state=x&registration=9999999999999",
        "?registration=x&actor=%F0%9F%98%80",
    ):
        for path in ("/registrations/", "/scores/", "/jobs/", "/refusals/", "/audit/", "/people/"):
            page = operator.get(path + query)
            assert page.status_code == 200, path + query
            assert "<script>" not in page.text.replace("<script nonce", "")


def test_keys_of_lti_1_1(
    operator: Operator, tool: Tool, platform: Platform, known: Registration, campus_of: CampusOf
) -> None:
    """Entered and removed; the secret is kept sealed, and neither shown nor written down."""
    path = f"/registrations/{known.id}"
    assert 'name="legacy_secret" type="password"' in operator.get(path).text
    secret = "old secret of the campus"
    for form, said in (
        ({"legacy_key": "", "legacy_secret": secret}, "as the platform shows it"),
        ({"legacy_key": "a\nb", "legacy_secret": secret}, "as the platform shows it"),
        ({"legacy_key": "k" * 256, "legacy_secret": secret}, "as the platform shows it"),
        ({"legacy_key": "old-key", "legacy_secret": " "}, "the secret that belongs to the key"),
    ):
        answer = operator.post(f"{path}/legacy", **form)
        assert answer.status_code == 422
        assert said in answer.text
        assert secret not in answer.text
    assert consumers(tool, known) == []
    for given in ("wrong at first", secret):
        page = operator.follow(
            operator.post(f"{path}/legacy", legacy_key=" old-key ", legacy_secret=given)
        )
        assert "The LTI 1.1 key is kept." in page.text
        assert ">old-key</code>" in page.text
        assert given not in page.text
    (row,) = consumers(tool, known)
    assert unseal(row.secret_encrypted, SECRET, legacy.PURPOSE) == secret.encode()
    entry = audited(tool, operator, "registration.legacy-key")[-1]
    assert entry.detail == {"key": "old-key"}
    # Another platform's page removes nothing of this one.
    other = campus_of(product="canvas")
    assert operator.post(f"/registrations/{other}/legacy/{row.id}/remove").status_code == 404
    assert len(consumers(tool, known)) == 1
    token, operator.token = operator.token, "forged"
    assert operator.post(f"{path}/legacy/{row.id}/remove").status_code in (400, 403)
    operator.token = token
    page = operator.follow(operator.post(f"{path}/legacy/{row.id}/remove"))
    assert "The LTI 1.1 key is removed." in page.text
    assert consumers(tool, known) == []
    assert audited(tool, operator, "registration.legacy-key-removed")[-1].detail == entry.detail
    assert operator.post(f"{path}/legacy/{row.id}/remove").status_code == 404


def consumers(tool: Tool, row: Registration) -> list[LegacyConsumer]:
    with tool.app.app_context():
        wanted = select(LegacyConsumer).where(LegacyConsumer.registration_id == row.id)
        return list(db.session.scalars(wanted))


def test_storage_counts_by_platform(
    operator: Operator, tool: Tool, campus: Campus, campus_of: CampusOf
) -> None:
    """Each platform's own, and nobody else's."""
    other = campus_of()
    for number, hands_in in (("stored-1", True), ("stored-2", True), ("stored-3", False)):
        learner = campus.learner(number)
        if hands_in:
            body = {"number": 1, "answers": {"q1": "a"}}
            assert learner.api("POST", "/units/first/hand-in", body).status_code == 200
    campus.learner("stored-3")
    with tool.app.app_context():
        number = db.session.scalar(
            select(Registration.id).where(Registration.public_id == campus.public_id)
        )
    page = operator.get("/storage/").text
    assert "score_deliveries" in page
    assert (number, "3", "2", "2", "4") in shares(page)
    assert (other, "0", "0", "0", "0") in shares(page)


def shares(page: str) -> list[tuple[int | str, ...]]:
    """Number of the platform, people, attempts, scores, sessions."""
    rows = re.findall(r'<a href="/admin/registrations/(\d+)">(.*?)</tr>', page)
    return [(int(row), *re.findall(r'class="figure">([\d,]+)<', rest)) for row, rest in rows]
