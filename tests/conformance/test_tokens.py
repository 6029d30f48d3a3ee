"""Beyond the certification: what a token must be signed with and say."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from tests.conformance.beyond import Seconds, dated, row
from tests.conformance.browsing import Browser, arrives, refusal
from tests.conformance.platform import ABSENT, INSTRUCTOR, Answer, rsa_key


class TestSignatures:
    @row("beyond", "Algorithm none")
    def test_alg_none(self, browser: Browser) -> None:
        assert refusal(browser.launch(alg="none")) == "token.algorithm"

    @row("beyond", "HS256, signed with the public key")
    def test_hs256_with_the_public_key(self, browser: Browser) -> None:
        login = browser.login()
        pem = (
            rsa_key("platform")
            .public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )
        claims = browser.platform.claims(nonce=login["nonce"], target_link_uri=browser.launch_url)
        parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": "key-1"}, claims)]
        signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
        hmac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
        signature = base64.urlsafe_b64encode(hmac.sign(signed, pem)).rstrip(b"=")
        token = (signed + b"." + signature).decode()
        answer = browser.post(state=login["state"], id_token=token)
        assert refusal(answer) == "token.algorithm"

    @row("beyond", "A bad signature")
    def test_a_bad_signature(self, browser: Browser) -> None:
        assert refusal(browser.launch(key=rsa_key("forged"))) == "token.signature"

    @row("beyond", "A key from where the header points")
    def test_another_platforms_key(self, new_browser: Callable[..., Browser]) -> None:
        """The key comes from the registration's own keyset, wherever ``jku`` points."""
        browser = new_browser()
        header = {"jku": "https://evil.example/jwks", "x5u": "https://evil.example/x"}
        answer = browser.launch(key=rsa_key("forged"), headers=header)
        assert refusal(answer) == "token.signature"


@row("beyond", "Times, parties, nonce, target and types of claims")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"iat": Seconds(-400), "exp": Seconds(-300)}, "token.expired", id="expired"),
        pytest.param({"iat": Seconds(900)}, "token.from-the-future", id="iat-in-the-future"),
        pytest.param({"nbf": Seconds(900)}, "token.from-the-future", id="nbf-in-the-future"),
        pytest.param(
            {"iat": Seconds(-86400), "exp": Seconds(86400)}, "token.too-old", id="too-old"
        ),
        pytest.param({"exp": ABSENT}, "token.time-missing", id="no-exp"),
        pytest.param({"iat": ABSENT}, "token.time-missing", id="no-iat"),
        pytest.param({"iss": "https://evil.example"}, "token.issuer", id="wrong-iss"),
        pytest.param({"aud": "tool-2"}, "token.audience", id="wrong-aud"),
        pytest.param({"aud": ["tool-1", "tool-2"]}, "token.audience", id="azp-absent"),
        pytest.param(
            {"aud": ["tool-1", "tool-2"], "azp": "tool-2"}, "token.audience", id="azp-foreign"
        ),
        pytest.param({"nonce": None}, "token.nonce", id="no-nonce"),
        pytest.param({"nonce": "other"}, "token.nonce", id="wrong-nonce"),
        pytest.param(
            {"target_link_uri": "https://evil.example/"}, "claim.target", id="foreign-target"
        ),
        pytest.param({"roles": INSTRUCTOR}, "claim.roles", id="roles-a-string"),
        pytest.param({"resource_link": None}, "claim.resource-link", id="resource-link-null"),
        pytest.param({"sub": {"id": 1}}, "claim.sub", id="sub-an-object"),
        pytest.param({"context": [1]}, "claim.context", id="context-a-list"),
        pytest.param({"message_type": {}}, "claim.message-type", id="message-type-an-object"),
    ],
)
def test_tokens(browser: Browser, changes: dict[str, Any], code: str) -> None:
    assert refusal(browser.launch(browser.platform.claims(**dated(changes)))) == code


@row("beyond", "No nonce at all")
def test_a_token_without_nonce(browser: Browser) -> None:
    claims = browser.platform.claims()
    del claims["nonce"]
    assert refusal(browser.launch(claims)) == "token.nonce"


@row("beyond", "What is let in: clocks a little off, odd optional claims")
@pytest.mark.parametrize(
    ("changes", "page"),
    [
        pytest.param({"aud": ["tool-1", "x"], "azp": "tool-1"}, "play", id="azp-ours"),
        pytest.param({"iat": Seconds(30), "exp": Seconds(90)}, "play", id="clock-ahead"),
        pytest.param({"iat": Seconds(-90), "exp": Seconds(-20)}, "play", id="clock-behind"),
        pytest.param({"custom": 7, "name": [], "tool_platform": "x"}, "play", id="odd-optionals"),
        pytest.param({"name": "A\x00\ud800", "email": "\x00"}, "play", id="unstorable-name"),
        pytest.param({"name": "x" * 5000}, "play", id="long-name"),
    ],
)
def test_tokens_that_are_let_in(browser: Browser, changes: dict[str, Any], page: str) -> None:
    location = arrives(browser.launch(browser.platform.claims(**dated(changes))), page)
    assert browser.request("GET", location).status_code == 200


@row("beyond", "Keysets: forged key ids, rotation, a keyset that is away")
class TestKeysets:
    def test_forged_kids_do_not_cause_a_fetch_each(
        self, browser: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # By seconds a slow machine would let some pass.
        monkeypatch.setattr("lti_tool.lti.keysets.COOL_DOWN", 3600.0)
        platform = browser.platform
        arrives(browser.launch(), "play")
        for number in range(10):
            answer = browser.launch(kid=f"forged-{number}", key=rsa_key("forged"))
            assert refusal(answer) == "token.kid-unknown"
        assert len(platform.asked("/jwks")) < 5
        platform.keys["key-2"] = rsa_key("second")
        monkeypatch.setattr("lti_tool.lti.keysets.COOL_DOWN", 0.0)  # when that time is over
        arrives(browser.launch(kid="key-2"), "play")

    def test_a_rotated_key_works_at_once(
        self, browser: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("lti_tool.lti.keysets.COOL_DOWN", 0.0)
        arrives(browser.launch(), "play")
        browser.platform.keys = {"key-2": rsa_key("second")}
        arrives(browser.launch(kid="key-2"), "play")
        assert refusal(browser.launch(kid="key-1", key=rsa_key("platform"))) == "token.kid-unknown"

    def test_a_keyset_that_is_away(self, browser: Browser) -> None:
        browser.platform.answers["/jwks"].extend([Answer(503, b"x")] * 2)
        assert refusal(browser.launch()) == "token.keyset-unreadable"


def test_the_keyset_is_public(browser: Browser) -> None:
    answer = browser.request("GET", "/lti/jwks")
    for key in answer.json()["keys"]:
        assert set(key) == {"kty", "use", "alg", "kid", "e", "n"}
