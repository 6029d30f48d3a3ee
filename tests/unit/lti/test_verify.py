"""lti.verify: what a launch must be."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from sqlalchemy import select

from lti_tool.errors import LaunchRejected
from lti_tool.models import (
    Deployment,
    RegistrationStatus,
)
from tests.conformance.platform import (
    ABSENT,
    INSTRUCTOR,
    LEARNER,
    LTI,
    MEMBERSHIP,
    rsa_key,
)
from tests.unit.lti.launching import Launcher, fill


def test_a_launch_becomes_values(launcher: Launcher) -> None:
    launch = launcher.launch()
    assert launch.sub == "user-1"
    assert launch.name == "Amina Diallo"
    assert launch.context is not None
    assert launch.context.id == "course-1"
    assert launch.resource_link is not None
    assert launch.resource_link.id == "link-1"
    assert launch.ags is not None
    assert launch.ags.line_item is not None
    assert launch.ags.line_item.endswith("/lineitem?type_id=1")
    assert not launch.is_instructor
    assert launch.platform.product == "moodle"
    assert launch.return_url == f"{launcher.platform.url}/return"
    assert launch.deployment.deployment_id == "deployment-1"
    for private in ("Amina", "campus.example", "/return"):
        assert private not in repr(launch)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": "11.3"}, "claim.version"),
        ({"version": ABSENT}, "claim.version"),
        ({"version": 1.3}, "claim.version"),
        ({"message_type": ABSENT}, "claim.message-type"),
        ({"message_type": "LtiStartProctoring"}, "claim.message-type"),
        ({"message_type": ["LtiResourceLinkRequest"]}, "claim.message-type"),
        ({"roles": ABSENT}, "claim.roles"),
        ({"roles": INSTRUCTOR}, "claim.roles"),
        ({"roles": {"0": INSTRUCTOR}}, "claim.roles"),
        ({"roles": [INSTRUCTOR, 1]}, "claim.roles"),
        ({"deployment_id": ABSENT}, "claim.deployment"),
        ({"deployment_id": 1}, "claim.deployment"),
        ({"deployment_id": ""}, "claim.deployment"),
        ({"deployment_id": "a\x00b"}, "claim.deployment"),
        ({"deployment_id": "x" * 256}, "claim.deployment"),
        ({"resource_link": ABSENT}, "claim.resource-link"),
        ({"resource_link": None}, "claim.resource-link"),
        ({"resource_link": "link"}, "claim.resource-link"),
        ({"resource_link": {"id": 3}}, "claim.resource-link"),
        ({"sub": ABSENT}, "claim.sub"),
        ({"sub": ""}, "claim.sub"),
        ({"sub": 7}, "claim.sub"),
        ({"sub": ["user-1"]}, "claim.sub"),
        ({"sub": "\ud800"}, "claim.sub"),
        ({"context": "course-1"}, "claim.context"),
        ({"context": {"title": "no id"}}, "claim.context"),
        ({"target_link_uri": "https://evil.example/lti/launch"}, "claim.target"),
        ({"target_link_uri": "https://tool.example.evil.example/"}, "claim.target"),
        ({"target_link_uri": "https://tool.example@evil.example/"}, "claim.target"),
        ({"target_link_uri": "http://tool.example/lti/launch"}, "claim.target"),
        ({"target_link_uri": "https://tool.example:444/lti/launch"}, "claim.target"),
        ({"target_link_uri": "javascript:alert(1)"}, "claim.target"),
        ({"target_link_uri": None}, "claim.target"),
        ({"iat": 11111, "exp": 22222}, "token.expired"),
        ({"exp": ABSENT}, "token.time-missing"),
        ({"iat": ABSENT}, "token.time-missing"),
        ({"exp": "tomorrow"}, "token.time-missing"),
        ({"exp": True}, "token.time-missing"),
        ({"exp": float("inf")}, "token.time-missing"),
        ({"exp": float("nan")}, "token.time-missing"),
        ({"exp": 10**400}, "token.time-missing"),
        ({"iat": -1}, "token.time-missing"),
        ({"nbf": "soon"}, "token.time-missing"),
        ({"nonce": None}, "token.nonce"),
        ({"nonce": "another"}, "token.nonce"),
        ({"nonce": "é"}, "token.nonce"),
        ({"nonce": 5}, "token.nonce"),
        ({"iss": "https://evil.example"}, "token.issuer"),
        ({"iss": ["x"]}, "token.issuer"),
        ({"aud": "tool-2"}, "token.audience"),
        ({"aud": ["tool-2"]}, "token.audience"),
        ({"aud": []}, "token.audience"),
        ({"aud": {"tool-1": 1}}, "token.audience"),
        ({"aud": ["tool-1", 2]}, "token.audience"),
        ({"aud": ["tool-1", "tool-2"]}, "token.audience"),
        ({"aud": ["tool-1", "tool-2"], "azp": "tool-2"}, "token.audience"),
        ({"aud": "tool-1", "azp": "tool-2"}, "token.audience"),
        ({"azp": ["tool-1"]}, "token.audience"),
    ],
)
def test_claims_that_are_refused(launcher: Launcher, changes: dict[str, Any], code: str) -> None:
    assert launcher.refused(launcher.platform.claims(**changes)).code == code


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["tool-1"]},
        {"aud": ["tool-1", "tool-2"], "azp": "tool-1"},
        {"azp": "tool-1"},
        {"name": ABSENT, "email": ABSENT},
        {"name": 7, "email": ["x"], "custom": "x", "launch_presentation": 3},
        {"context": ABSENT},
        {"context": {}},
        {"tool_platform": None},
        {"nbf": 0},
        {"exp": 2000000000.5},
        {"target_link_uri": "https://TOOL.example:443/anywhere?x=1"},
    ],
)
def test_claims_that_are_let_in(launcher: Launcher, changes: dict[str, Any]) -> None:
    assert launcher.launch(launcher.platform.claims(**changes)).sub == "user-1"


@pytest.mark.parametrize(
    ("shift", "code"),
    [
        ({"iat": 120, "exp": 300}, "token.from-the-future"),
        ({"iat": 0, "exp": 300, "nbf": 120}, "token.from-the-future"),
        ({"iat": -300, "exp": -61}, "token.expired"),
        ({"iat": -700, "exp": 3600}, "token.too-old"),
    ],
)
def test_times_beyond_the_leeway(launcher: Launcher, shift: dict[str, int], code: str) -> None:
    moment = int(datetime.now(UTC).timestamp())
    changes = {name: moment + seconds for name, seconds in shift.items()}
    assert launcher.refused(launcher.platform.claims(**changes)).code == code


@pytest.mark.parametrize("shift", [{"iat": 50, "exp": 300}, {"iat": -300, "exp": -50}])
def test_times_within_the_leeway(launcher: Launcher, shift: dict[str, int]) -> None:
    moment = int(datetime.now(UTC).timestamp())
    changes = {name: moment + seconds for name, seconds in shift.items()}
    launcher.launch(launcher.platform.claims(**changes))


def test_signatures(launcher: Launcher) -> None:
    """Only RS256, with a key that the platform publishes, named in the header."""
    assert launcher.refused(kid=ABSENT).code == "token.kid-missing"
    assert launcher.refused(kid="").code == "token.kid-missing"
    assert launcher.refused(key=rsa_key("forged")).code == "token.signature"
    assert launcher.refused(alg="none", key=None).code == "token.algorithm"
    assert launcher.refused(alg="RS512").code == "token.algorithm"
    assert launcher.refused(kid="wrong").code == "token.kid-unknown"


def _forge(header: object, claims: object, signature: bytes = b"x") -> str:
    parts = (json.dumps(header).encode(), json.dumps(claims).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in parts)


def test_hs256_with_the_public_key(launcher: Launcher) -> None:
    login = launcher.login()
    pem = (
        rsa_key("platform")
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    head, body, _ = _forge({"alg": "HS256", "kid": "key-1"}, {}).split(".")
    signed = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signature = base64.urlsafe_b64encode(signed.sign(f"{head}.{body}".encode(), pem)).decode()
    with pytest.raises(LaunchRejected) as caught:
        launcher.verify(login, f"{head}.{body}.{signature.rstrip('=')}")
    assert caught.value.code == "token.algorithm"


@pytest.mark.parametrize(
    ("id_token", "code"),
    [
        (None, "token.missing"),
        ("", "token.missing"),
        ("no token", "token.malformed"),
        ("a.b.c", "token.malformed"),
        ("é.é.é", "token.malformed"),
        ("x" * 1_000_000, "token.too-long"),
        (_forge([], {}), "token.malformed"),
        (_forge({"alg": "RS256", "kid": ["key-1"]}, {}), "token.malformed"),
        (_forge({"alg": ["RS256"], "kid": "key-1"}, {}), "token.algorithm"),
        (_forge({"alg": "RS256", "kid": "key-1"}, {}), "token.signature"),
        (_forge({"alg": "RS256", "kid": "key-1", "crit": ["x"]}, {}), "token.malformed"),
        ("W" * 40_000 + ".e30.eA", "token.malformed"),
    ],
)
def test_tokens_that_are_none(launcher: Launcher, id_token: str | None, code: str) -> None:
    with pytest.raises(LaunchRejected) as caught:
        launcher.verify(launcher.login(), id_token)
    assert caught.value.code == code


def test_deeply_nested_json_is_refused(launcher: Launcher) -> None:
    """Signed by the platform itself, so that the payload is parsed."""
    header = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"key-1"}').rstrip(b"=")
    body = base64.urlsafe_b64encode(b"[" * 30_000).rstrip(b"=")
    algorithm = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)
    signature = algorithm.sign(header + b"." + body, rsa_key("platform"))
    token = b".".join((header, body, base64.urlsafe_b64encode(signature).rstrip(b"="))).decode()
    with pytest.raises(LaunchRejected) as caught:
        launcher.verify(launcher.login(), token)
    assert caught.value.code == "token.malformed"


def test_suspended_and_pending_registrations(launcher: Launcher) -> None:
    for status in (RegistrationStatus.SUSPENDED, RegistrationStatus.PENDING):
        launcher.registration.status = RegistrationStatus.ACTIVE
        launcher.session.commit()
        login = launcher.login()
        launcher.registration.status = status
        launcher.session.commit()
        token = launcher.platform.sign(fill(launcher.platform.claims(), login))
        with pytest.raises(LaunchRejected) as caught:
            launcher.verify(login, token)
        assert caught.value.code == f"registration.{status}"
        with pytest.raises(LaunchRejected, match=f"registration.{status}"):
            launcher.login()


def test_new_deployments_are_let_in_or_held(launcher: Launcher) -> None:
    launcher.launch(launcher.platform.claims(deployment_id="new"))
    launcher.registration.hold_deployments = True
    launcher.session.commit()
    held = launcher.platform.claims(deployment_id="newer")
    assert launcher.refused(held).code == "deployment.pending"
    row = launcher.session.scalars(
        select(Deployment).where(Deployment.deployment_id == "newer")
    ).one()
    assert row.status == RegistrationStatus.PENDING
    row.status = RegistrationStatus.ACTIVE
    launcher.session.commit()
    launcher.launch(held)
    row.status = RegistrationStatus.SUSPENDED
    launcher.session.commit()
    assert launcher.refused(held).code == "deployment.suspended"


def test_anonymous_launches_by_registration(launcher: Launcher) -> None:
    launcher.registration.allow_anonymous = True
    launcher.session.commit()
    for absent in (ABSENT, "", None):
        assert launcher.launch(launcher.platform.claims(sub=absent)).sub is None
    assert launcher.refused(launcher.platform.claims(sub=7)).code == "claim.sub"


@pytest.mark.parametrize(
    ("roles", "is_instructor"),
    [
        ([INSTRUCTOR], True),
        ([LEARNER], False),
        ([LEARNER, INSTRUCTOR], True),
        (["Instructor"], True),
        (["Learner"], False),
        ([f"{MEMBERSHIP}/Instructor#TeachingAssistant"], True),
        ([f"{MEMBERSHIP}#Administrator"], True),
        (["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"], False),
        (["http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"], False),
        ([f"{MEMBERSHIP}#Instructors"], False),
        (["http://evil.example/membership#Instructor"], False),
        (["https://x.example/unknown"], False),
        ([""], False),
        ([], False),
    ],
)
def test_roles(launcher: Launcher, roles: list[str], is_instructor: bool) -> None:
    launch = launcher.launch(launcher.platform.claims(roles=roles))
    assert launch.is_instructor is is_instructor


def test_content_developers_may_place_and_not_teach(launcher: Launcher) -> None:
    roles = [f"{MEMBERSHIP}#ContentDeveloper"]
    launch = launcher.launch(launcher.platform.claims(roles=roles))
    assert launch.may_place
    assert not launch.is_instructor


def test_deep_linking(launcher: Launcher) -> None:
    launch = launcher.launch(launcher.platform.deep_linking())
    assert launch.resource_link is None
    assert launch.deep_linking is not None
    assert launch.deep_linking.data == "opaque <&> data"
    assert launch.deep_linking.accept_multiple
    rebuilt = type(launch.deep_linking).from_json(
        json.loads(json.dumps(launch.deep_linking.to_json()))
    )
    assert rebuilt == launch.deep_linking
    # The certification suite names no target.
    claims = launcher.platform.deep_linking()
    del claims[LTI + "target_link_uri"]
    launcher.launch(claims)


@pytest.mark.parametrize(
    "settings",
    [
        ABSENT,
        None,
        "x",
        {},
        {"deep_link_return_url": "javascript:alert(1)", "accept_types": ["ltiResourceLink"]},
        {"deep_link_return_url": "https://lms.example/", "accept_types": []},
        {"deep_link_return_url": "https://lms.example/", "accept_types": "ltiResourceLink"},
        {"deep_link_return_url": 5, "accept_types": ["ltiResourceLink"]},
    ],
)
def test_deep_linking_settings_that_are_refused(launcher: Launcher, settings: Any) -> None:
    name = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
    claims = {**launcher.platform.deep_linking(), name: settings}
    assert launcher.refused(claims).code == "claim.deep-linking"


def test_a_target_is_needed_for_a_resource_link(launcher: Launcher) -> None:
    claims = launcher.platform.claims()
    del claims[LTI + "target_link_uri"]
    assert launcher.refused(claims).code == "claim.target"


def test_the_keyset_being_away_is_no_crash(launcher: Launcher) -> None:
    launcher.registration.jwks_url = f"{launcher.platform.url}/nothing"
    launcher.session.commit()
    assert launcher.refused().code == "token.keyset-unreadable"
