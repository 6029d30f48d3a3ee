"""Platform notices: subscribed to once, taken once, and believed only from the platform."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest
import requests
from sqlalchemy import select

from lti_tool.db import writing
from lti_tool.models import Context, Deployment, Notice, Registration, RegistrationStatus, db
from lti_tool.worker.loop import work_off
from tests.conformance.platform import ABSENT, LTI, Answer, rsa_key
from tests.integration.lti_tool.conftest import LAUNCH_CUSTOM, Campus

CLAIM = LTI + "platformnotificationservice"
COPY = "LtiContextCopyNotice"


def offer(campus: Campus, *types: str) -> dict[str, Any]:
    return {
        CLAIM: {
            "service_versions": ["1.0"],
            "platform_notification_service_url": f"{campus.platform.url}/notice-handlers",
            "scope": ["https://purl.imsglobal.org/spec/lti/scope/noticehandlers"],
            "notice_types_supported": ["LtiHelloWorldNotice", *types],
        }
    }


def notice(campus: Campus, **changes: Any) -> dict[str, Any]:
    moment = int(time.time())
    value: dict[str, Any] = {
        "iss": campus.platform.issuer,
        "aud": campus.platform.client_id,
        "azp": campus.platform.client_id,
        "iat": moment,
        "exp": moment + 300,
        "nonce": uuid.uuid4().hex,
        LTI + "version": "1.3.0",
        LTI + "deployment_id": campus.platform.deployment_id,
        LTI + "notice": {"id": uuid.uuid4().hex, "timestamp": "2026-01-01T00:00:00Z", "type": COPY},
        LTI + "context": {"id": "copy", "title": "The copy"},
        LTI + "origin_contexts": ["course-1"],
    }
    for name, change in changes.items():
        value[LTI + name if LTI + name in value else name] = change
    return {key: item for key, item in value.items() if item is not ABSENT}


def send(campus: Campus, *tokens: Any, path: str | None = None) -> requests.Response:
    body = {"notices": [{"jwt": token} for token in tokens]}
    url = f"{campus.tool.url}/lti/{path or campus.public_id}/notices"
    return requests.post(url, json=body, timeout=30)


def sign(campus: Campus, claims: dict[str, Any], **signing: Any) -> str:
    return campus.platform.sign(claims, **signing)


def notices_of(campus: Campus) -> list[Notice]:
    with campus.tool.app.app_context():
        query = select(Notice).join(Registration, Registration.id == Notice.registration_id)
        rows = list(db.session.scalars(query.where(Registration.public_id == campus.public_id)))
        db.session.expunge_all()
        return rows


def contexts_of(campus: Campus) -> dict[str, Context]:
    with campus.tool.app.app_context():
        rows = db.session.scalars(
            select(Context)
            .join(Deployment, Deployment.id == Context.deployment_pk)
            .join(Registration, Registration.id == Deployment.registration_id)
            .where(Registration.public_id == campus.public_id)
        )
        found = {row.context_id: row for row in rows}
        db.session.expunge_all()
        return found


def work(campus: Campus) -> None:
    while work_off(campus.tool.app):
        pass


def test_subscribing_once(campus: Campus) -> None:
    path = "/notice-handlers"
    campus.platform.answers[path].append(Answer(200, {}))
    campus.learner(**offer(campus, COPY))
    work(campus)
    campus.learner(**offer(campus, COPY))
    work(campus)
    (asked,) = campus.platform.asked(path)
    assert asked.method == "PUT"
    handler = f"{campus.tool.url}/lti/{campus.public_id}/notices"
    assert asked.json == {"notice_type": COPY, "handler": handler}
    scopes = {request.form["scope"] for request in campus.platform.asked("/token")}
    assert "https://purl.imsglobal.org/spec/lti/scope/noticehandlers" in scopes


def test_a_refused_subscription_is_not_tried_at_each_launch(campus: Campus) -> None:
    campus.platform.answers["/notice-handlers"].append(Answer(403, b"no"))
    for _ in range(3):
        campus.learner(**offer(campus, COPY))
        work(campus)
    assert len(campus.platform.asked("/notice-handlers")) == 1


def test_what_is_not_offered_is_not_asked_for(campus: Campus) -> None:
    campus.learner(**offer(campus))
    campus.learner("x", **{CLAIM: {"platform_notification_service_url": 7}})
    work(campus)
    assert not campus.platform.asked("/notice-handlers")


def test_a_copy_is_known_before_its_first_launch(campus: Campus) -> None:
    campus.learner()
    claims = notice(campus)
    token = sign(campus, claims)
    assert send(campus, token).status_code == 200
    contexts = contexts_of(campus)
    assert contexts["copy"].copied_from_pk == contexts["course-1"].id
    assert contexts["copy"].title == "The copy"
    # Its first launch says nothing of a history.
    place = {
        "context": {"id": "copy"},
        "resource_link": {"id": "l2", "title": "What makes it SSE?"},
    }
    learner = campus.learner("ben", custom=LAUNCH_CUSTOM, **place)
    assert learner.page == "play"
    # The same notice again: the platform missed our answer.
    assert send(campus, token).status_code == 200
    again = {**claims, "nonce": uuid.uuid4().hex}
    assert send(campus, sign(campus, again)).status_code == 200
    (row,) = notices_of(campus)
    assert (row.type, row.context_id, row.origin_contexts) == (COPY, "copy", ["course-1"])


def test_a_unit_chosen_by_hand_is_there_at_the_first_launch(campus: Campus) -> None:
    campus.teacher(custom={})
    teacher = campus.teacher(custom={})
    token = teacher.form_token(f"/teach/{teacher.handle}")
    form = {"form_token": token, "unit": "small/first"}
    assert teacher.post(f"/teach/{teacher.handle}/unit", data=form).status_code == 303
    assert send(campus, sign(campus, notice(campus))).status_code == 200
    place = {
        "context": {"id": "copy"},
        "resource_link": {"id": "l2", "title": "What makes it SSE?"},
    }
    learner = campus.learner("ben", custom={}, **place)
    assert learner.state()["attempts"] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "https://evil.example"}, "token.issuer"),
        ({"aud": "another"}, "token.audience"),
        ({"azp": "another"}, "token.audience"),
        ({"exp": 22222, "iat": 11111}, "token.expired"),
        ({"iat": ABSENT}, "token.time-missing"),
        ({"exp": ABSENT}, "token.time-missing"),
        ({"iat": int(time.time()) + 86_400}, "token.from-the-future"),
        ({"nonce": ABSENT}, "token.nonce"),
        ({"nonce": 7}, "token.nonce"),
        ({"version": "1.1"}, "claim.version"),
        ({"deployment_id": ABSENT}, "claim.deployment"),
        ({"deployment_id": "unknown"}, "claim.deployment"),
        ({"notice": ABSENT}, "claim.notice"),
        ({"notice": []}, "claim.notice"),
        ({"notice": {"id": "1"}}, "claim.notice"),
        ({"notice": {"id": 1, "type": COPY}}, "claim.notice"),
        ({"notice": {"id": "x" * 256, "type": COPY}}, "claim.notice"),
    ],
)
def test_wrong_claims(campus: Campus, changes: dict[str, Any], code: str) -> None:
    campus.learner()
    answer = send(campus, sign(campus, notice(campus, **changes)))
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["code"] == code
    assert notices_of(campus) == []
    assert "copy" not in contexts_of(campus)


def test_wrong_signatures(campus: Campus) -> None:
    campus.learner()
    good = notice(campus)
    for token, code in (
        (sign(campus, good, key=rsa_key("forged")), "token.signature"),
        (sign(campus, good, kid="nobody"), "token.kid-unknown"),
        (sign(campus, good, kid=ABSENT), "token.kid-missing"),
        (sign(campus, good, alg="none"), "token.algorithm"),
        (sign(campus, good, alg="HS256", key=b"x" * 40), "token.algorithm"),
        ("nonsense", "token.malformed"),
        ("", "token.missing"),
        (None, "token.missing"),
        (7, "token.missing"),
        ("x" * 70_000, "token.too-long"),
    ):
        answer = send(campus, token)
        assert answer.status_code in (400, 401, 403), code
        assert answer.json()["error"]["code"] == code
    assert notices_of(campus) == []


ODD = (b"", b"{", b"[]", b"7", b'{"notices": {}}', b'{"notices": []}', b'{"notices": [7]}')
TOO_MANY = b'{"notices": [' + b"{}," * 50 + b"{}]}"


@pytest.mark.parametrize("body", [*ODD, TOO_MANY])
def test_odd_bodies(campus: Campus, body: bytes) -> None:
    url = f"{campus.tool.url}/lti/{campus.public_id}/notices"
    answer = requests.post(url, data=body, timeout=30)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["code"]


def test_a_nonce_serves_one_notice(campus: Campus) -> None:
    campus.learner()
    first = notice(campus)
    assert send(campus, sign(campus, first)).status_code == 200
    second = notice(campus, nonce=first["nonce"])
    answer = send(campus, sign(campus, second))
    assert answer.json()["error"]["code"] == "token.replayed"
    assert len(notices_of(campus)) == 1


def test_one_refused_notice_stops_no_other(campus: Campus) -> None:
    campus.learner()
    bad = sign(campus, notice(campus, aud="another"))
    answer = send(campus, bad, sign(campus, notice(campus)), "nonsense")
    assert answer.status_code in (400, 401)
    assert len(notices_of(campus)) == 1


def test_a_course_that_nobody_launched_from_is_not_entered(campus: Campus) -> None:
    campus.learner()
    assert send(campus, sign(campus, notice(campus, origin_contexts=["unused"]))).status_code == 200
    odd = notice(campus, origin_contexts=[7, None, {"id": "course-1"}, ""])
    assert send(campus, sign(campus, odd)).status_code == 200
    assert "copy" not in contexts_of(campus)


def test_other_types_are_taken_and_change_nothing(campus: Campus) -> None:
    campus.learner()
    hello = notice(campus, notice={"id": "1", "type": "LtiHelloWorldNotice"})
    assert send(campus, sign(campus, hello)).status_code == 200
    assert [row.type for row in notices_of(campus)] == ["LtiHelloWorldNotice"]
    assert "copy" not in contexts_of(campus)


def test_registrations_that_may_not(campus: Campus) -> None:
    campus.learner()
    token = sign(campus, notice(campus))
    assert send(campus, token, path="unknown").status_code == 404
    with campus.tool.app.app_context(), writing() as session:
        row = session.scalars(
            select(Registration).where(Registration.public_id == campus.public_id)
        ).one()
        row.status = RegistrationStatus.SUSPENDED
    answer = send(campus, token)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "registration.suspended"
