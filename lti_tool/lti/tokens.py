"""Access tokens for the platform's services, and calls with them (LTI Security Framework 1.0
§4)."""

from __future__ import annotations

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import jwt
import requests

from lti_tool.errors import PlatformError
from lti_tool.lti.keys import Signer
from lti_tool.lti.platform import Platform
from lti_tool.lti.text import mapping, text
from lti_tool.outbound import Outbound, json_of

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: Renewed this long before it ends, so that no call starts with a dying token.
MARGIN = 60.0
USUAL, LONGEST = 3600.0, 86400.0
MAX_TOKENS = 2000
MAX_RETRY_AFTER = 86400.0
RETRYABLE = frozenset({401, 408, 425, 429})


class ServiceTokens:
    """Tokens by registration and scopes, cached until they expire. Thread-safe; one a process.
    ``signer`` gives the key that signs now (``lambda: keys.current_key(session, secret)`` with
    a session of its own)."""

    def __init__(
        self,
        outbound: Outbound,
        signer: Callable[[], Signer],
        *,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._outbound = outbound
        self._signer = signer
        self._clock = clock or time.time
        self._tokens: OrderedDict[tuple[object, ...], tuple[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    def call(
        self,
        platform: Platform,
        scopes: Sequence[str],
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One service request with a bearer, once more with a fresh one after a 401. Refuses URLs
        on hosts that are not the registration's. Answers below 400 are returned, others raised
        as ``PlatformError`` with their status."""
        if not platform.owns(url):
            raise PlatformError(
                "service.foreign-host",
                "the platform named a service address outside its own hosts, and no token is "
                "sent there: see service_domains in lti_tool/lti/quirks.py",
                retryable=False,
            )
        response = self._send(platform, scopes, method, url, body, headers)
        if response.status_code == 401:
            self._forget(platform, scopes)
            response = self._send(platform, scopes, method, url, body, headers)
        if response.status_code >= 400:
            raise failure("service", response, platform)
        return response

    def probe(self, platform: Platform, scopes: Sequence[str]) -> None:
        """Ask for a token anew and keep none: whether the platform lets the tool in. Raises
        ``PlatformError``."""
        self._fetch(platform, scopes)

    def _send(
        self,
        platform: Platform,
        scopes: Sequence[str],
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str] | None,
    ) -> requests.Response:
        bearer = self._bearer(platform, scopes)
        sent = {**(headers or {}), "Authorization": f"Bearer {bearer}"}
        return self._outbound.session().request(method, url, data=body, headers=sent)

    def _bearer(self, platform: Platform, scopes: Sequence[str]) -> str:
        key = _key(platform, scopes)
        with self._lock:
            token, ends = self._tokens.get(key, ("", 0.0))
            if token and self._clock() < ends:
                self._tokens.move_to_end(key)
                return token
        token, lifetime = self._fetch(platform, scopes)
        with self._lock:
            self._tokens[key] = (token, self._clock() + lifetime)
            if len(self._tokens) > MAX_TOKENS:
                self._tokens.popitem(last=False)
        return token

    def _forget(self, platform: Platform, scopes: Sequence[str]) -> None:
        with self._lock:
            self._tokens.pop(_key(platform, scopes), None)

    def _fetch(self, platform: Platform, scopes: Sequence[str]) -> tuple[str, float]:
        """client_credentials with a signed assertion (§4.1)."""
        response = self._outbound.post(
            platform.token_url,
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION,
                "client_assertion": self._assertion(platform),
                "scope": " ".join(sorted(set(scopes))),
            },
            headers={"Accept": "application/json"},
        )
        if response.status_code >= 400:
            raise failure("token", response, platform)
        answer = mapping(json_of(response))
        token = answer.get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise PlatformError(
                "token.malformed",
                "the token URL answered without an access_token",
                retryable=True,
                status=response.status_code,
            )
        return token, _lifetime(answer.get("expires_in"))

    def _assertion(self, platform: Platform) -> str:
        """§4.1.1. Issued a moment ago: Moodle has no leeway for a clock behind ours."""
        signer, now = self._signer(), int(self._clock())
        claims = {
            "iss": platform.client_id,
            "sub": platform.client_id,
            "aud": platform.token_audience or platform.token_url,
            "iat": now - 5,
            "exp": now + 60,
            "jti": uuid.uuid4().hex,
        }
        return jwt.encode(claims, signer.private_key, "RS256", headers={"kid": signer.kid})


def failure(kind: str, response: requests.Response, platform: Platform) -> PlatformError:
    """What a refusal means: later (throttled, down), or never (wrong)."""
    status = response.status_code
    wait = retry_after(response)
    throttled = status in platform.quirks.throttle_statuses or (status == 403 and wait is not None)
    said = _said(response)
    return PlatformError(
        f"{kind}.throttled" if throttled else f"{kind}.refused-{status}",
        f"the platform answered with status {status}" + (f": {said}" if said else ""),
        # At the token URL even a 400 can pass: Moodle gives it while it cannot read our keyset.
        retryable=kind == "token" or throttled or status in RETRYABLE or status >= 500,
        status=status,
        retry_after=wait,
    )


def retry_after(response: requests.Response) -> float | None:
    """Seconds or a date (RFC 9110 §10.2.3)."""
    value = response.headers.get("Retry-After", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, TypeError):
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), MAX_RETRY_AFTER) if seconds == seconds else None


def _said(response: requests.Response) -> str:
    """The platform's own words, short and on one line."""
    answer = mapping(json_of(response))
    for name in ("error_description", "message", "error", "reason", "errors"):
        found = answer.get(name)
        if found:
            return " ".join(str(found).split())[:200]
    if "html" in response.headers.get("Content-Type", ""):
        return ""
    return text(" ".join(response.content[:1000].decode("utf-8", "replace").split()), 200) or ""


def _key(platform: Platform, scopes: Sequence[str]) -> tuple[object, ...]:
    return platform.id, platform.token_url, platform.client_id, *sorted(set(scopes))


def _lifetime(value: object) -> float:
    """``expires_in``, with a margin; tolerated as a string."""
    try:
        seconds = float(value) if isinstance(value, int | float | str) else USUAL
    except ValueError:
        seconds = USUAL
    seconds = seconds if 0 < seconds <= LONGEST else USUAL
    return max(seconds - MARGIN, seconds / 2)
