"""lti.keysets: whose keys are believed, and how often they are asked for."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from lti_tool.errors import PlatformError
from lti_tool.lti.keysets import COOL_DOWN, STALE, Keysets
from lti_tool.outbound import Outbound
from tests.conformance.platform import Answer, Platform, jwk, rsa_key


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keysets(outbound: Outbound, clock: Clock) -> Keysets:
    return Keysets(outbound, clock=clock)


def test_a_keyset_is_read_once(keysets: Keysets, platform: Platform, clock: Clock) -> None:
    url = f"{platform.url}/jwks"
    for _ in range(5):
        assert keysets.find(url, "key-1") is not None
    clock.now += 3599
    keysets.find(url, "key-1")
    assert len(platform.asked("/jwks")) == 1
    clock.now += 2
    keysets.find(url, "key-1")
    assert len(platform.asked("/jwks")) == 2


@pytest.mark.parametrize(
    ("control", "lifetime"),
    [("max-age=600", 600), ("no-store", 60), ("max-age=0", 60), ("max-age=99999999", 86400)],
)
def test_cache_control_within_bounds(
    keysets: Keysets, platform: Platform, clock: Clock, control: str, lifetime: int
) -> None:
    platform.keyset_headers["Cache-Control"] = control
    url = f"{platform.url}/jwks"
    keysets.find(url, "key-1")
    clock.now += lifetime - 1
    keysets.find(url, "key-1")
    assert len(platform.asked("/jwks")) == 1
    clock.now += 2
    keysets.find(url, "key-1")
    assert len(platform.asked("/jwks")) == 2


def test_forged_kids_do_not_cause_a_reading_each(
    keysets: Keysets, platform: Platform, clock: Clock
) -> None:
    url = f"{platform.url}/jwks"
    keysets.find(url, "key-1")
    clock.now += COOL_DOWN
    for number in range(10):
        assert keysets.find(url, f"forged-{number}") is None
    assert len(platform.asked("/jwks")) == 2
    platform.keys["key-2"] = rsa_key("second")
    clock.now += COOL_DOWN
    assert keysets.find(url, "key-2") is not None
    assert keysets.find(url, "key-1") is not None


def test_a_withdrawn_key_is_believed_no_more(
    keysets: Keysets, platform: Platform, clock: Clock
) -> None:
    url = f"{platform.url}/jwks"
    keysets.find(url, "key-1")
    platform.keys = {"key-2": rsa_key("second")}
    clock.now += 3601
    assert keysets.find(url, "key-1") is None


def test_a_keyset_that_is_away_serves_for_a_while(
    keysets: Keysets, platform: Platform, clock: Clock
) -> None:
    url = f"{platform.url}/jwks"
    keysets.find(url, "key-1")
    platform.answers["/jwks"].extend([Answer(503, b"down")] * 3)
    clock.now += 3601
    assert keysets.find(url, "key-1") is not None
    with pytest.raises(PlatformError, match="503"):
        keysets.find(url, "key-9")
    assert len(platform.asked("/jwks")) == 2, "a failure cools down too"
    clock.now += STALE
    with pytest.raises(PlatformError):
        keysets.find(url, "key-1")
    platform.answers["/jwks"].clear()
    clock.now += COOL_DOWN
    assert keysets.find(url, "key-1") is not None


@pytest.mark.parametrize(
    "body", [b"<html>", [], {}, {"keys": "x"}, {"keys": {"kid": 1}}, None, b"[" * 100_000]
)
def test_what_is_no_keyset(keysets: Keysets, platform: Platform, body: Any) -> None:
    platform.answers["/jwks"].append(Answer(200, body))
    with pytest.raises(PlatformError):
        keysets.find(f"{platform.url}/jwks", "key-1")


@pytest.mark.parametrize(
    "key",
    [
        jwk("k", rsa_key("weak", 1024)),
        jwk("k", rsa_key("platform"), use="enc"),
        jwk("k", rsa_key("platform"), alg="RS512"),
        jwk("k", rsa_key("platform"), key_ops=["encrypt"]),
        jwk("k", rsa_key("platform"), key_ops=5),
        jwk("k", rsa_key("platform"), n=5),
        jwk("k", rsa_key("platform"), n="!"),
        jwk("k", rsa_key("platform"), n="A" * 20_000),
        jwk("k", rsa_key("platform"), e=None),
        {"kty": "oct", "k": "AAAA", "kid": "k", "alg": "HS256"},
        {"kty": "EC", "crv": "P-256", "kid": "k", "x": "AA", "y": "AA"},
        "k",
        None,
        {"kid": "k"},
    ],
)
def test_keys_that_are_not_believed(keysets: Keysets, platform: Platform, key: Any) -> None:
    platform.answers["/jwks"].append(Answer(200, {"keys": [key, jwk("good", rsa_key("second"))]}))
    assert keysets.find(f"{platform.url}/jwks", "k") is None
    assert keysets.find(f"{platform.url}/jwks", "good") is not None


def test_many_threads_cause_one_reading(keysets: Keysets, platform: Platform) -> None:
    found: list[object] = []
    url = f"{platform.url}/jwks"
    threads = [
        threading.Thread(target=lambda: found.append(keysets.find(url, "key-1"))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert None not in found
    assert len(platform.asked("/jwks")) == 1
