"""Third-party initiated login, the tool's half (OIDC Core 1.0 §4, LTI Security Framework 1.0
§5.1.1)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit, urlunsplit

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.lti.refusals import refuse
from lti_tool.lti.text import URL_LIMIT, origin_of
from lti_tool.models import (
    ConsumedNonce,
    Deployment,
    LoginState,
    Registration,
    RegistrationStatus,
)

LIFETIME = timedelta(minutes=10)
#: 256 bits as base64url: Moodle cuts state and nonce at ``<``, others at ``+``.
RANDOM_BYTES = 32
HINT_LIMIT = 8000


@dataclass(frozen=True, slots=True)
class LoginRedirect:
    """Where to send the browser (302 or 303, by GET: Moodle with SameSite=Lax refuses a POST).
    ``browser_secret`` goes into a Partitioned cookie (HttpOnly, Secure, SameSite=None) named for
    ``state``, and comes back to ``verify_launch``."""

    url: str = field(repr=False)
    state: str = field(repr=False)
    browser_secret: str = field(repr=False)
    expires_at: datetime


#: What a login may carry, to begin it anew in a window of its own.
_FIELDS = (
    "iss",
    "login_hint",
    "target_link_uri",
    "lti_message_hint",
    "client_id",
    "lti_deployment_id",
)


def only_once(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The fields of a request, each given once; a field given twice is refused
    (``request.repeated-field``, OAuth 2.0 §3.1). Feed it ``request.values.items(multi=True)``."""
    found: dict[str, str] = {}
    for name, value in fields:
        if name in found:
            raise refuse("request.repeated-field", name[:50])
        found[name] = value
    return found


def login_fields(params: Mapping[str, str]) -> dict[str, str]:
    """What of a login's parameters is needed to begin the same login anew."""
    return {name: params[name] for name in _FIELDS if name in params}


def begin_login(
    session: Session,
    registration: Registration,
    params: Mapping[str, str],
    *,
    launch_url: str,
    tool_origin: str,
    now: datetime,
    browser_secret: str | None = None,
) -> LoginRedirect:
    """Check a login request, remember its state and say where to redirect. Adds a row; the caller
    commits. Raises ``LaunchRejected``. ``browser_secret`` is one that this browser's cookie
    already carries; a new one is made where there is none."""
    check_usable(registration)
    _check_issuer(registration, params)
    _check_client(registration, params)
    _check_deployment(session, registration, params)
    hint = _login_hint(params)
    target = _target(params, tool_origin) or launch_url
    state = secrets.token_urlsafe(RANDOM_BYTES)
    nonce = secrets.token_urlsafe(RANDOM_BYTES)
    secret = browser_secret or secrets.token_urlsafe(RANDOM_BYTES)
    session.add(
        LoginState(
            state_hash=digest(state),
            nonce=nonce,
            browser_hash=digest(secret),
            registration_id=registration.id,
            target_link_uri=target,
            expires_at=now + LIFETIME,
            request=login_fields(params),
        )
    )
    query = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": registration.client_id,
        "redirect_uri": launch_url,
        "login_hint": hint,
        "state": state,
        "nonce": nonce,
    }
    if "lti_message_hint" in params:
        query["lti_message_hint"] = _short(params["lti_message_hint"], "lti_message_hint")
    return LoginRedirect(
        url=add_query(registration.auth_url, query),
        state=state,
        browser_secret=secret,
        expires_at=now + LIFETIME,
    )


def purge_expired(session: Session, now: datetime) -> int:
    """Delete login states and nonces that have expired; how many went. The caller commits."""
    count = 0
    for table in (LoginState, ConsumedNonce):
        result = session.execute(
            delete(table).where(table.expires_at < now).returning(table.expires_at)
        )
        count += len(result.all())
    return count


def digest(value: str) -> str:
    """How state, nonce and browser secret are stored and compared."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def add_query(url: str, query: Mapping[str, str]) -> str:
    """``url`` with ``query`` added to the query that it may already have."""
    parts = urlsplit(url)
    added = urlencode(query)
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))


def check_usable(registration: Registration) -> None:
    """Pending and suspended registrations let nobody in."""
    if registration.status == RegistrationStatus.SUSPENDED:
        raise refuse("registration.suspended")
    if registration.status != RegistrationStatus.ACTIVE:
        raise refuse("registration.pending", registration=registration.id)


def _check_issuer(registration: Registration, params: Mapping[str, str]) -> None:
    """``iss`` is required and names the registration's platform (OIDC Core §4)."""
    issuer = params.get("iss", "")
    if not issuer:
        raise refuse("login.issuer-missing")
    if issuer != registration.issuer:
        raise refuse("login.issuer-unknown")


def _check_client(registration: Registration, params: Mapping[str, str]) -> None:
    """``client_id`` is optional (LTI Core §4.1.3) but must not be another tool's."""
    client_id = params.get("client_id", "")
    if client_id and client_id != registration.client_id:
        raise refuse("login.client-unknown")


def _check_deployment(
    session: Session, registration: Registration, params: Mapping[str, str]
) -> None:
    """A suspended deployment is told so before the round trip (LTI Core §4.1.2)."""
    deployment_id = params.get("lti_deployment_id", "")
    if not deployment_id or not deployment_id.isprintable():
        return
    status = session.scalar(
        select(Deployment.status).where(
            Deployment.registration_id == registration.id,
            Deployment.deployment_id == deployment_id,
        )
    )
    if status == RegistrationStatus.SUSPENDED:
        raise refuse("deployment.suspended")


def _login_hint(params: Mapping[str, str]) -> str:
    hint = params.get("login_hint", "")
    if not hint:
        raise refuse("login.hint-missing")
    return _short(hint, "login_hint")


def _target(params: Mapping[str, str], tool_origin: str) -> str:
    """``target_link_uri`` (LTI Core §4.1.1) must be ours. The certification suite leaves it out
    before deep linking; nothing is read from it, the claim decides."""
    target = params.get("target_link_uri", "")
    if not target:
        return ""
    if len(target) > URL_LIMIT:
        raise refuse("request.field-too-long", "target_link_uri")
    if origin_of(target) is None or origin_of(target) != origin_of(tool_origin):
        raise refuse("login.target-foreign")
    return target


def _short(value: str, name: str) -> str:
    if len(value) > HINT_LIMIT:
        raise refuse("request.field-too-long", name)
    return value
