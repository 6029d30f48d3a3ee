"""Whatever a platform signs: a launch, or a refusal in plain words, and never anything else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.errors import LaunchRejected
from lti_tool.lti.keysets import Keysets, _usable
from lti_tool.lti.message import launch_of
from lti_tool.lti.platform import KnownDeployment
from lti_tool.lti.platform import Platform as Values
from lti_tool.lti.quirks import DEFAULT
from lti_tool.lti.registration import _deployments
from lti_tool.lti.roles import context_role
from lti_tool.lti.text import identifier, origin_of, text, web_url
from lti_tool.lti.token import SignedClaims, check_token, read_token
from tests.conformance.platform import ABSENT, AGS, DL, LTI, NRPS, Platform, rsa_key

ORIGIN = "https://tool.example"
LMS = Platform("https://lms.example")
VALUES = Values(
    id=1,
    issuer=LMS.issuer,
    client_id=LMS.client_id,
    auth_url=LMS.url,
    token_url=LMS.url,
    jwks_url=LMS.url,
    token_audience=None,
    quirks=DEFAULT,
    status="active",
    hold_deployments=False,
    allow_anonymous=False,
)
DEPLOYMENT = KnownDeployment(1, "deployment-1", "active")

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=40)
    | st.sampled_from(["1.3.0", "tool-1", LMS.issuer, ORIGIN, "\ud800", "\x00", "x" * 3000])
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=8,
)
# fmt: off
INNER = [
    "id", "title", "label", "type", "scope", "lineitem", "lineitems", "return_url", "locale",
    "context_memberships_url", "accept_types", "deep_link_return_url", "data", "guid",
]
# fmt: on
members = st.dictionaries(st.sampled_from(INNER), anything, max_size=4)
names = st.sampled_from(
    sorted({**LMS.claims(), **LMS.deep_linking(), "nbf": 0, "azp": "", "locale": ""})
)
changes = st.dictionaries(names, anything | members | st.just(ABSENT), min_size=1, max_size=4)


class OneKey(Keysets):
    def __init__(self) -> None:
        pass

    def find(self, jwks_url: str, kid: str) -> RSAPublicKey | None:
        return rsa_key("platform").public_key()


def deployment_of(deployment_id: str) -> KnownDeployment:
    assert deployment_id.isprintable()
    return DEPLOYMENT


def launch(claims: dict[str, Any], token: str | None = None) -> None:
    """All that a launch goes through but the database."""
    signed = LMS.sign(claims) if token is None else token
    try:
        checked = check_token(OneKey(), VALUES, read_token(signed), "nonce", datetime.now(UTC))
        found = launch_of(checked, VALUES, ORIGIN, deployment_of)
    except LaunchRejected:
        return
    json.dumps([found.sub, found.name, found.roles]).encode()
    for kept in (found.name, found.locale, found.return_url, *found.custom.values()):
        assert kept is None or ("\x00" not in kept and kept.encode("utf-8") is not None)
    assert found.sub is not None
    assert len(found.sub) <= 255


def base(deep: bool) -> dict[str, Any]:
    claims = LMS.deep_linking() if deep else LMS.claims()
    return {**claims, "nonce": "nonce", LTI + "target_link_uri": f"{ORIGIN}/lti/launch"}


def test_the_base_is_let_in() -> None:
    for deep in (False, True):
        signed = check_token(
            OneKey(), VALUES, read_token(LMS.sign(base(deep))), "nonce", datetime.now(UTC)
        )
        launch_of(signed, VALUES, ORIGIN, deployment_of)


@given(changes=changes, deep=st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_json_in_any_claim(changes: dict[str, Any], deep: bool) -> None:
    launch({**base(deep), **changes})


@given(payload=anything)
@settings(max_examples=60, deadline=None)
def test_any_json_as_the_payload(payload: Any) -> None:
    if isinstance(payload, dict):
        launch(payload)


@given(
    token=st.text(max_size=80) | st.from_regex(r"[A-Za-z0-9_-]{0,30}(\.[A-Za-z0-9_=-]{0,30}){0,4}")
)
@settings(max_examples=80, deadline=None)
def test_any_text_as_the_token(token: str) -> None:
    with pytest.raises(LaunchRejected):
        check_token(OneKey(), VALUES, read_token(token), "nonce", datetime.now(UTC))


@given(value=anything)
@settings(max_examples=100, deadline=None)
def test_readers_take_anything(value: Any) -> None:
    for found in (text(value, 10), identifier(value), web_url(value)):
        assert found is None or isinstance(found, str)
    if isinstance(value, str):
        origin_of(value)
        context_role(value)
    _deployments({"https://purl.imsglobal.org/spec/lti-tool-configuration": value})


@given(
    value=st.dictionaries(
        st.sampled_from(["kty", "n", "e", "use", "alg", "key_ops", "kid"]),
        anything | st.sampled_from(["RSA", "RS256", "sig", "AQAB", "AAAA", ["verify"]]),
    )
)
@settings(max_examples=100, deadline=None)
def test_any_json_as_a_key(value: dict[str, Any]) -> None:
    _usable(value)


@pytest.mark.parametrize("name", [AGS, NRPS, DL + "deep_linking_settings", LTI + "custom"])
@given(value=anything | members)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_json_in_what_is_optional(name: str, value: Any) -> None:
    claims = {**base(False), name: value}
    clean = cast(SignedClaims, json.loads(json.dumps(claims)))
    assert launch_of(clean, VALUES, ORIGIN, deployment_of).sub == "user-1"
