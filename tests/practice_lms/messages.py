"""LTI messages and OpenID Connect, the platform's side (LTI Security Framework 1.0 §5, LTI Core
1.3)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.practice_lms.campus import PEOPLE, Person
from tests.practice_lms.claims import CLAIM, DEEP_LINKING, DEPLOYMENT_ID, SCOPES, claims_of
from tests.practice_lms.store import Record, Store


class RequestRefused(Exception):
    """A request that breaks a rule of the specifications; the text says which."""


class Messages:
    """Signs messages to the tool and checks those that come from it."""

    def __init__(self, store: Store, base_url: str) -> None:
        self.store = store
        self.base_url = base_url
        kept = store.get("keys", "platform")
        if kept is None:
            kept = {"kid": secrets.token_hex(8), "pem": _new_key()}
            store.put("keys", "platform", kept)
        self._kid: str = kept["kid"]
        key = serialization.load_pem_private_key(kept["pem"].encode(), password=None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self._key = key

    def keyset(self) -> dict[str, Any]:
        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**jwk, "kid": self._kid, "use": "sig", "alg": "RS256"}]}

    def login_url(self, tool: Record, person: Person, message: Record) -> str:
        """The third-party login initiation (§5.1.1.1): a hint that can be used once names the
        message."""
        hint = secrets.token_urlsafe(16)
        self.store.put("hints", hint, {**message, "client_id": tool["client_id"]})
        query = {
            "iss": self.base_url,
            "login_hint": person.id,
            "target_link_uri": message["target_link_uri"],
            "lti_message_hint": hint,
            "client_id": tool["client_id"],
            "lti_deployment_id": DEPLOYMENT_ID,
            "lti_storage_target": "_parent",
        }
        separator = "&" if "?" in tool["initiate_login_uri"] else "?"
        return f"{tool['initiate_login_uri']}{separator}{urlencode(query)}"

    def authenticate(self, query: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """Answers the authentication request (§5.1.1.2): where to post, and the fields of the form.

        Raises RequestRefused where a parameter is missing or not what the specification says.
        """
        fixed = {"scope": "openid", "response_type": "id_token", "response_mode": "form_post"}
        for name, value in {**fixed, "prompt": "none"}.items():
            if query.get(name) != value:
                raise RequestRefused(f"{name} must be {value!r}, got {query.get(name)!r}")
        for name in ("client_id", "redirect_uri", "login_hint", "state", "nonce"):
            if not query.get(name):
                raise RequestRefused(f"{name} is missing")
        tool = self.store.get("tools", query["client_id"])
        person = PEOPLE.get(query["login_hint"])
        if tool is None or person is None:
            raise RequestRefused("unknown client_id or login_hint")
        if query["redirect_uri"] not in tool["redirect_uris"]:
            raise RequestRefused("redirect_uri is not one of those registered")
        message = self.store.take("hints", query.get("lti_message_hint", ""))
        if message is None or message["client_id"] != query["client_id"]:
            raise RequestRefused("lti_message_hint is unknown or was used before")
        claims = claims_of(self.store, self.base_url, tool, person, message)
        token = self.sign({**claims, "nonce": query["nonce"]})
        return query["redirect_uri"], {"state": query["state"], "id_token": token}

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._kid})

    def read_from_tool(self, token: str, audience: str) -> dict[str, Any]:
        """The claims of a JWT signed by a registered tool. Raises RequestRefused."""
        try:
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss", "")
            tool = self.store.get("tools", issuer)
            if tool is None:
                raise RequestRefused(f"no tool is registered as {issuer!r}")
            key = jwt.PyJWKClient(tool["jwks_uri"], timeout=5).get_signing_key_from_jwt(token)
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                audience=audience,
                options={"require": ["exp", "iat"]},
            )
        except jwt.PyJWTError as error:
            raise RequestRefused(f"the tool's token does not verify: {error}") from error
        return claims

    def content_items(self, token: str, request_id: str) -> list[Record]:
        """The links in a response (LTI Deep Linking 2.0 §3.2). Raises RequestRefused."""
        claims = self.read_from_tool(token, self.base_url)
        if claims.get(CLAIM + "message_type") != "LtiDeepLinkingResponse":
            raise RequestRefused("message_type must be LtiDeepLinkingResponse")
        if claims.get(DEEP_LINKING + "data") != request_id:
            raise RequestRefused("the data of the request did not come back")
        if claims.get(CLAIM + "deployment_id") != DEPLOYMENT_ID:
            raise RequestRefused("deployment_id is another")
        if not claims.get("nonce") or not self.store.add_once("nonces", claims["nonce"]):
            raise RequestRefused("the nonce is missing or was used before")
        items = claims.get(DEEP_LINKING + "content_items", [])
        if not isinstance(items, list):
            raise RequestRefused("content_items must be a list")
        return [item for item in items if item.get("type") == "ltiResourceLink"]

    def grant(self, form: Mapping[str, str]) -> dict[str, Any]:
        """An access token for a client assertion (LTI Security Framework 1.0 §4.1). Raises
        RequestRefused."""
        if form.get("grant_type") != "client_credentials":
            raise RequestRefused("grant_type must be client_credentials")
        assertion = form.get("client_assertion", "")
        claims = self.read_from_tool(assertion, f"{self.base_url}/token")
        if claims.get("sub") != claims.get("iss"):
            raise RequestRefused("sub and iss of the assertion must both be the client id")
        if not claims.get("jti") or not self.store.add_once("nonces", claims["jti"]):
            raise RequestRefused("the assertion's jti is missing or was used before")
        asked = form.get("scope", "").split()
        granted = [scope for scope in asked if scope in SCOPES.values()]
        if not granted:
            raise RequestRefused(f"no such scope: {asked}")
        token = secrets.token_urlsafe(24)
        expires = time.time() + 3600
        grant = {"scopes": granted, "expires": expires, "client_id": claims["iss"]}
        self.store.put("tokens", token, grant)
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": " ".join(granted),
        }

    def is_granted(self, authorization: str, scope: str) -> bool:
        """Whether a request's Authorization header carries a live token for ``scope``."""
        grant = self._grant_of(authorization)
        return grant is not None and scope in grant["scopes"]

    def holder_of(self, authorization: str) -> str:
        """The client id of the tool that the header's token was given to. Raises
        RequestRefused."""
        grant = self._grant_of(authorization)
        if grant is None:
            raise RequestRefused("the token is not one of ours")
        return str(grant["client_id"])

    def _grant_of(self, authorization: str) -> Record | None:
        kind, _, token = authorization.partition(" ")
        grant = self.store.get("tokens", token) if kind.lower() == "bearer" else None
        return grant if grant is not None and grant["expires"] > time.time() else None


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
