"""LTI messages and OpenID Connect, the platform's side (LTI Security Framework 1.0 §5, LTI Core
1.3)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.practice_lms.campus import COPY_ID, COURSE_ID, COURSES, PEOPLE, Person
from tests.practice_lms.store import Record, Store

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
SCOPES = {
    "lineitem": "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
    "score": "https://purl.imsglobal.org/spec/lti-ags/scope/score",
    "result": "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
    "members": "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
}
DEPLOYMENT_ID = "practice-1"


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
        claims = self._claims(tool, person, message) | {"nonce": query["nonce"]}
        return query["redirect_uri"], {"state": query["state"], "id_token": self.sign(claims)}

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._kid})

    def _claims(self, tool: Record, person: Person, message: Record) -> dict[str, Any]:
        now = int(time.time())
        course = message["course"]
        claims: dict[str, Any] = {
            "iss": self.base_url,
            "aud": tool["client_id"],
            "sub": person.id,
            "iat": now,
            "exp": now + 60,
            "name": person.name,
            "given_name": person.given_name,
            "family_name": person.family_name,
            CLAIM + "version": "1.3.0",
            CLAIM + "deployment_id": DEPLOYMENT_ID,
            CLAIM + "target_link_uri": message["target_link_uri"],
            CLAIM + "roles": person.roles,
            CLAIM + "context": {"id": course, "label": "SSE", "title": COURSES[course]},
            CLAIM + "tool_platform": {
                "guid": "practice-lms",
                "name": "Practice LMS",
                "product_family_code": "practice-lms",
            },
            CLAIM + "launch_presentation": {
                "document_target": "iframe",
                "locale": message.get("locale") or person.locale,
                "return_url": f"{self.base_url}/course?who={person.id}&course={course}",
            },
        }
        if message["type"] == "deep-linking":
            return claims | {
                CLAIM + "message_type": "LtiDeepLinkingRequest",
                DEEP_LINKING + "deep_linking_settings": {
                    "deep_link_return_url": f"{self.base_url}/deep-linking/{message['id']}",
                    "accept_types": ["ltiResourceLink"],
                    "accept_presentation_document_targets": ["iframe"],
                    "accept_multiple": True,
                    "accept_lineitem": True,
                    "data": message["id"],
                },
                CLAIM + "custom": _custom(tool, course),
            }
        link = self.store.get("links", message["id"])
        assert link is not None
        endpoint: dict[str, Any] = {
            "scope": [SCOPES["lineitem"], SCOPES["score"], SCOPES["result"]],
            "lineitems": f"{self.base_url}/ags/lineitems?context={course}",
        }
        if link["line_item"]:
            endpoint["lineitem"] = f"{self.base_url}/ags/lineitems/{link['line_item']}?course=1"
        return claims | {
            CLAIM + "message_type": "LtiResourceLinkRequest",
            CLAIM + "resource_link": {"id": message["id"], "title": link["title"]},
            CLAIM + "custom": _custom(tool, course, link),
            AGS: endpoint,
            NRPS: {
                "context_memberships_url": f"{self.base_url}/nrps/members?context={course}",
                "service_versions": ["2.0"],
            },
        }

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
        self.store.put("tokens", token, {"scopes": granted, "expires": expires})
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": " ".join(granted),
        }

    def is_granted(self, authorization: str, scope: str) -> bool:
        """Whether a request's Authorization header carries a live token for ``scope``."""
        kind, _, token = authorization.partition(" ")
        grant = self.store.get("tokens", token) if kind.lower() == "bearer" else None
        return grant is not None and grant["expires"] > time.time() and scope in grant["scopes"]


def _custom(tool: Record, course: str, link: Record | None = None) -> dict[str, str]:
    """The tool's custom parameters and the link's, with the variables that this LMS knows (LTI Core
    1.3 §5.4.6, appendix D): where a copied course and a copied link come from."""
    configuration = tool["https://purl.imsglobal.org/spec/lti-tool-configuration"]
    wanted = configuration.get("custom_parameters", {}) | (link["custom"] if link else {})
    history = link.get("copied_from", []) if link else []
    known = {
        "$Context.id.history": COURSE_ID if course == COPY_ID else "",
        "$ResourceLink.id.history": ",".join(map(quote, history)),
    }
    return {name: known.get(value, value) for name, value in wanted.items()}


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
