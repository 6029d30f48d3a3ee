"""The LTI 1.1 migration claim: proven, it keeps everybody's work; unproven, it changes nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from lti_tool.db import writing
from lti_tool.lti.legacy import is_signed, legacy_claim
from lti_tool.models import LaunchRefusal, LegacyConsumer, Registration, db, now
from lti_tool.services.legacy import keep_consumer
from tests.conformance.platform import LTI
from tests.integration.lti_tool.conftest import LAUNCH_CUSTOM, SECRET, Campus, Person

KEY, OLD_SECRET = "old-key", "an old secret"
PLACE = {"context": {"id": "new-course"}, "resource_link": {"id": "new-link"}}
IDS = {"user_id": "old-ann", "context_id": "old-course", "resource_link_id": "old-link"}


def test_the_example_of_the_migration_guide() -> None:
    """LTI 1.3 Migration Guide, §6.2.2."""
    claims = {
        "nonce": "172we8671fd8z",
        "iat": 1551290796,
        "exp": 1551290856,
        "iss": "https://lmsvendor.com",
        "aud": "PM48OJSfGDTAzAo",
        LTI + "deployment_id": "689302",
        LTI + "lti1p1": {
            "user_id": "34212",
            "oauth_consumer_key": "179248902",
            "oauth_consumer_key_sign": "lWd54kFo5qU7xshAna6v8BwoBm6tmUjc6GTax6+12ps=",
        },
    }
    claim = legacy_claim(claims, "PM48OJSfGDTAzAo")
    assert claim is not None
    assert is_signed(claim, "my-lti11-secret")
    assert not is_signed(claim, "another secret")
    for changed in ({**claims, "exp": 1551290857}, {**claims, "nonce": "x"}):
        other = legacy_claim(changed, "PM48OJSfGDTAzAo")
        assert other is not None
        assert not is_signed(other, "my-lti11-secret")


@pytest.fixture
def known(campus: Campus) -> Campus:
    """A learner who has worked under the ids of LTI 1.1, and the consumer's secret."""
    place = {"context": {"id": "old-course"}, "resource_link": {"id": "old-link"}}
    learner = campus.learner("old-ann", **place)
    body = {"number": 1, "answers": {}}
    assert learner.api("POST", "/units/first/hand-in", body).status_code == 200
    with campus.tool.app.app_context(), writing() as session:
        number = session.scalar(
            select(Registration.id).where(Registration.public_id == campus.public_id)
        )
        assert number is not None
        keep_consumer(session, number, KEY, OLD_SECRET, SECRET, now())
    return campus


def launch(
    campus: Campus,
    claim: dict[str, Any],
    secret: str = OLD_SECRET,
    sub: str = "new-ann",
    **changes: Any,
) -> Person:
    """A launch under the new ids whose migration claim is signed with ``secret``."""
    browser = campus.browser()
    login = browser.login()
    fixed = {"sub": sub, "custom": LAUNCH_CUSTOM, **PLACE, **changes}
    claims = campus.platform.claims(**fixed)
    claims["nonce"] = login["nonce"]
    base = "&".join(
        (
            str(claim.get("oauth_consumer_key", KEY)),
            campus.platform.deployment_id,
            campus.platform.issuer,
            campus.platform.client_id,
            str(claims["exp"]),
            claims["nonce"],
        )
    )
    made = hmac.new(secret.encode(), base.encode(), hashlib.sha256).digest()
    signed = {
        "oauth_consumer_key": KEY,
        "oauth_consumer_key_sign": base64.b64encode(made).decode(),
        **claim,
    }
    claims[LTI + "lti1p1"] = signed
    answer = browser.post(state=login["state"], id_token=browser.sign(login, claims))
    assert answer.status_code == 303, answer.text[:2000]
    _, page, handle = answer.headers["Location"].split("/")
    return Person(browser, handle, page)


def test_the_command_reads_the_secret_from_standard_input(
    known: Campus, tmp_path: Path, database_url: str
) -> None:
    with known.tool.app.app_context(), writing() as session:
        session.execute(delete(LegacyConsumer))
    command = [Path(sys.executable).parent / "lti-tool", "registrations", "legacy-key"]
    environment = {
        **os.environ,
        "LTI_TOOL_DATABASE_URL": database_url,
        "LTI_TOOL_DATA_DIR": str(tmp_path),
        "LTI_TOOL_SECRET_KEY": SECRET,
    }
    for given, status in (("", 2), ("\n", 2), (f"{OLD_SECRET}\n", 0)):
        done = subprocess.run(
            [*command, known.public_id, "--key", KEY],
            env=environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert OLD_SECRET not in done.stdout + done.stderr
    assert attempts(launch(known, IDS)) == 1


def attempts(person: Person) -> int:
    return len(person.state()["attempts"])


def warnings(campus: Campus) -> list[str]:
    with campus.tool.app.app_context():
        query = select(LaunchRefusal.code).join(
            Registration, Registration.id == LaunchRefusal.registration_id
        )
        return list(db.session.scalars(query.where(Registration.public_id == campus.public_id)))


def test_a_proven_claim_keeps_the_work(known: Campus) -> None:
    assert attempts(launch(known, IDS)) == 1
    assert attempts(known.learner("new-ann", **PLACE)) == 1, "without the claim too, from now on"
    assert attempts(launch(known, IDS)) == 1, "again is once"
    assert warnings(known) == []


def test_ids_that_have_not_changed_are_left_out(known: Campus) -> None:
    old = {"context": {"id": "old-course"}, "resource_link": {"id": "old-link"}}
    assert attempts(launch(known, {"user_id": "old-ann"}, **old)) == 1


def test_somebody_known_under_both_ids_stays_two(known: Campus) -> None:
    known.learner("new-ann", **PLACE)
    assert attempts(launch(known, IDS)) == 0
    old = {"context": {"id": "old-course"}, "resource_link": {"id": "old-link"}}
    assert attempts(known.learner("old-ann", **old)) == 1


@pytest.mark.parametrize(
    ("claim", "secret", "warned"),
    [
        (IDS, "wrong secret", ["legacy.signature-wrong"]),
        (IDS, "", ["legacy.signature-wrong"]),
        ({**IDS, "oauth_consumer_key": "another"}, OLD_SECRET, ["legacy.key-unknown"]),
        ({**IDS, "oauth_consumer_key_sign": ""}, OLD_SECRET, []),
        ({**IDS, "oauth_consumer_key_sign": None}, OLD_SECRET, []),
        ({**IDS, "oauth_consumer_key_sign": "é=="}, OLD_SECRET, ["legacy.signature-wrong"]),
        ({**IDS, "oauth_consumer_key": ["x"]}, OLD_SECRET, []),
    ],
)
def test_an_unproven_claim_changes_nothing(
    known: Campus, claim: dict[str, Any], secret: str, warned: list[str]
) -> None:
    for _ in range(2):
        assert attempts(launch(known, claim, secret)) == 0, "the launch goes on"
    old = {"context": {"id": "old-course"}, "resource_link": {"id": "old-link"}}
    assert attempts(known.learner("old-ann", **old)) == 1
    assert warnings(known) == warned, "noted once an hour"


def test_a_secret_that_cannot_be_read_any_more_stops_no_launch(known: Campus) -> None:
    with known.tool.app.app_context(), writing() as session:
        for row in session.scalars(select(LegacyConsumer)):
            row.secret_encrypted = b"of another time"
    assert attempts(launch(known, IDS)) == 0
    assert warnings(known) == ["legacy.secret-unreadable"]


def test_a_signature_serves_its_own_launch_alone(known: Campus) -> None:
    """The claim of one launch, in another: nonce and exp differ."""
    claim = dict(IDS)
    browser = known.browser()
    login = browser.login()
    stolen = hmac.new(OLD_SECRET.encode(), b"of another launch", hashlib.sha256).digest()
    claims = known.platform.claims(sub="mallory", custom=LAUNCH_CUSTOM, **PLACE)
    claims["exp"] = int(time.time()) + 30
    claims[LTI + "lti1p1"] = {
        "oauth_consumer_key": KEY,
        "oauth_consumer_key_sign": base64.b64encode(stolen).decode(),
        **claim,
    }
    answer = browser.post(state=login["state"], id_token=browser.sign(login, claims))
    assert answer.status_code == 303
    assert attempts(known.learner("mallory", **PLACE)) == 0
