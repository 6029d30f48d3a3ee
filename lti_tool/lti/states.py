"""The state of a login: what has to be remembered between login and launch, carried by the browser
and the platform, authenticated with a key of this tool (docs/decisions/0010)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from lti_tool.lti.refusals import refuse

#: A request longer than this is not carried: some servers cut long addresses.
CARRIED_LIMIT = 800
STATE_LIMIT = 4096
#: 32 bytes as base64url.
_MAC_LENGTH = 43
#: The same secret derives other keys for other uses.
_PURPOSE = b"lti_tool login states v1"


@dataclass(frozen=True, slots=True)
class LoginState:
    """One login on its way to the platform and back. ``browser_hash`` is of a secret made for it
    alone, that its browser keeps. ``storage_target`` names the frame that keeps it where cookies
    are refused (LTI Platform Storage), ``in_window`` that we asked for a window of its own
    already. ``request`` is what the platform sent, to begin the login anew, where that is short."""

    registration_id: int
    browser_hash: str = field(repr=False)
    expires_at: datetime
    storage_target: str | None = None
    in_window: bool = False
    request: Mapping[str, str] | None = field(default=None, repr=False)
    nonce: str = field(default="", repr=False)


def seal_state(login: LoginState, secret_key: str) -> tuple[str, str]:
    """The state that carries ``login``, and the nonce that belongs to it: both base64url alone
    (Moodle cuts them at ``<``, others at ``+``). No two are alike, since no two browser secrets
    are."""
    request = dict(login.request or {})
    if len(json.dumps(request)) > CARRIED_LIMIT:
        request = {}
    values = [
        login.registration_id,
        int(login.expires_at.timestamp()),
        login.browser_hash,
        login.storage_target,
        int(login.in_window),
        request,
    ]
    body = _encode(json.dumps(values, separators=(",", ":")).encode())
    key = _key(secret_key)
    return _mac(key, b"state", body) + body, _mac(key, b"nonce", body)


def open_state(state: str | None, secret_key: str, now: datetime) -> LoginState:
    """The login that ``state`` carries. Raises ``LaunchRejected`` where it is missing, none of
    ours, or older than ten minutes."""
    if not state:
        raise refuse("launch.state-missing")
    if len(state) > STATE_LIMIT or not state.isascii():
        raise refuse("launch.state-unknown")
    key, body = _key(secret_key), state[_MAC_LENGTH:]
    if not hmac.compare_digest(state[:_MAC_LENGTH], _mac(key, b"state", body)):
        raise refuse("launch.state-unknown")
    registration, expires, browser_hash, target, in_window, request = json.loads(_decode(body))
    expires_at = datetime.fromtimestamp(expires, UTC)
    if expires_at <= now:
        raise refuse("launch.state-expired", registration=registration)
    return LoginState(
        registration_id=registration,
        browser_hash=browser_hash,
        expires_at=expires_at,
        storage_target=target,
        in_window=bool(in_window),
        request=request or None,
        nonce=_mac(key, b"nonce", body),
    )


def check_browser(login: LoginState, browser_secret: str | None) -> None:
    """The browser is the one that began the login (against login CSRF). None is
    ``launch.cookie-missing``: the state can still be used when the secret comes another way."""
    if browser_secret is None:
        raise refuse("launch.cookie-missing")
    if not hmac.compare_digest(login.browser_hash, hash_of(browser_secret)):
        raise refuse("launch.other-browser")


@lru_cache(maxsize=1)
def _key(secret_key: str) -> bytes:
    return hmac.digest(secret_key.encode(), _PURPOSE, "sha256")


def _mac(key: bytes, purpose: bytes, body: str) -> str:
    return _encode(hmac.digest(key, purpose + b":" + body.encode(), "sha256"))


def hash_of(secret: str) -> str:
    """How a state names the secret of its browser."""
    return _encode(hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest())


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decode(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
