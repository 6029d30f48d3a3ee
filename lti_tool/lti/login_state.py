"""Third-party initiated login, the tool's half (OIDC Core 1.0 §4, LTI Security Framework 1.0
§5.1.1). A login writes nothing down: the state that goes to the platform and back carries what has
to be remembered, authenticated with a key of this tool (docs/decisions/0010)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lti_tool.lti.platform import KnownDeployment, Platform
from lti_tool.lti.refusals import refuse
from lti_tool.lti.states import LoginState, hash_of, seal_state
from lti_tool.lti.text import URL_LIMIT, origin_of
from lti_tool.models import ConsumedNonce, RegistrationStatus

LIFETIME = timedelta(minutes=10)
RANDOM_BYTES = 32
HINT_LIMIT = 8000
STORAGE_TARGET_LIMIT = 255

#: What a login may carry, to begin it anew in a window of its own.
_FIELDS = (
    "iss",
    "login_hint",
    "target_link_uri",
    "lti_message_hint",
    "client_id",
    "lti_deployment_id",
    "lti_storage_target",
)
#: What every platform is asked in the same words (LTI Security Framework §5.1.1.2).
_ALWAYS = urlencode(
    {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
    }
)


@dataclass(frozen=True, slots=True)
class LoginRedirect:
    """Where to send the browser (302 or 303, by GET: Moodle with SameSite=Lax refuses a POST).
    ``browser_secret`` goes into a Partitioned cookie (HttpOnly, Secure, SameSite=None) named for
    ``state``, or into the platform's storage, and comes back to the launch."""

    url: str = field(repr=False)
    state: str = field(repr=False)
    browser_secret: str = field(repr=False)
    expires_at: datetime


def only_once(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The fields of a request, each given once; a field given twice is refused
    (``request.repeated-field``, OAuth 2.0 §3.1). Feed it ``request.values.items(multi=True)``."""
    found: dict[str, str] = {}
    for name, value in fields:
        if name in found:
            raise refuse("request.repeated-field", name if name.isidentifier() else "")
        found[name] = value
    return found


def login_fields(params: Mapping[str, str]) -> dict[str, str]:
    """What of a login's parameters is needed to begin the same login anew."""
    return {name: params[name] for name in _FIELDS if name in params}


def begin_login(
    platform: Platform,
    deployment: KnownDeployment | None,
    params: Mapping[str, str],
    *,
    secret_key: str,
    launch_url: str,
    tool_origin: str,
    now: datetime,
    keep_request: bool = True,
    in_window: bool = False,
) -> LoginRedirect:
    """Check a login request and say where to redirect. Raises ``LaunchRejected``. ``deployment``
    is the one that the request names, where it is known; ``keep_request`` False leaves the request
    out of the state, for browsers that are known to keep cookies."""
    check_usable(platform)
    _check_issuer(platform, params)
    _check_client(platform, params)
    if deployment is not None and deployment.status == RegistrationStatus.SUSPENDED:
        raise refuse("deployment.suspended")
    hint = _login_hint(params)
    _check_target(params, tool_origin)
    secret = secrets.token_urlsafe(RANDOM_BYTES)
    login = LoginState(
        registration_id=platform.id,
        browser_hash=hash_of(secret),
        expires_at=now + LIFETIME,
        storage_target=storage_target(params),
        in_window=in_window,
        request=login_fields(params) if keep_request else None,
    )
    state, nonce = seal_state(login, secret_key)
    query = {"client_id": platform.client_id, "redirect_uri": launch_url, "login_hint": hint}
    if "lti_message_hint" in params:
        query["lti_message_hint"] = _short(params["lti_message_hint"], "lti_message_hint")
    return LoginRedirect(
        url=add_query(
            platform.auth_url, f"{_ALWAYS}&{urlencode(query)}&state={state}&nonce={nonce}"
        ),
        state=state,
        browser_secret=secret,
        expires_at=login.expires_at,
    )


def purge_expired(session: Session, now: datetime) -> int:
    """Delete the nonces that no token can bring any more; how many went. The caller commits."""
    gone = session.execute(delete(ConsumedNonce).where(ConsumedNonce.expires_at < now))
    return int(getattr(gone, "rowcount", 0))


def storage_target(params: Mapping[str, str]) -> str | None:
    """The frame that offers to keep data for tools (LTI Platform Storage 0.1 §2), by its name."""
    found = params.get("lti_storage_target", "")
    usable = 0 < len(found) <= STORAGE_TARGET_LIMIT and found.isprintable()
    return found if usable else None


def digest(value: str) -> str:
    """How nonces are stored."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def add_query(url: str, query: str) -> str:
    """``url`` with ``query``, encoded, added to the query that it may already have."""
    address, mark, fragment = url.partition("#")
    joint = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return f"{address}{joint}{query}{mark}{fragment}"


def check_usable(platform: Platform) -> None:
    """Pending and suspended registrations let nobody in."""
    if platform.status == RegistrationStatus.SUSPENDED:
        raise refuse("registration.suspended")
    if platform.status != RegistrationStatus.ACTIVE:
        raise refuse("registration.pending", registration=platform.id)


def _check_issuer(platform: Platform, params: Mapping[str, str]) -> None:
    """``iss`` is required and names the registration's platform (OIDC Core §4)."""
    issuer = params.get("iss", "")
    if not issuer:
        raise refuse("login.issuer-missing")
    if issuer != platform.issuer:
        raise refuse("login.issuer-unknown")


def _check_client(platform: Platform, params: Mapping[str, str]) -> None:
    """``client_id`` is optional (LTI Core §4.1.3) but must not be another tool's."""
    client_id = params.get("client_id", "")
    if client_id and client_id != platform.client_id:
        raise refuse("login.client-unknown")


def _login_hint(params: Mapping[str, str]) -> str:
    hint = params.get("login_hint", "")
    if not hint:
        raise refuse("login.hint-missing")
    return _short(hint, "login_hint")


def _check_target(params: Mapping[str, str], tool_origin: str) -> None:
    """``target_link_uri`` (LTI Core §4.1.1) must be ours. The certification suite leaves it out
    before deep linking; nothing is read from it, the claim decides."""
    target = params.get("target_link_uri", "")
    if not target:
        return
    if len(target) > URL_LIMIT:
        raise refuse("request.field-too-long", "target_link_uri")
    if origin_of(target) is None or origin_of(target) != origin_of(tool_origin):
        raise refuse("login.target-foreign")


def _short(value: str, name: str) -> str:
    if len(value) > HINT_LIMIT:
        raise refuse("request.field-too-long", name)
    return value
