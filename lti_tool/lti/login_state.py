"""Third-party initiated login, the tool's half (OIDC Core §4; LTI Security Framework 1.0 §5.1.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.models import Registration


@dataclass(frozen=True, slots=True)
class LoginRedirect:
    """Where to send the browser (303, by GET). ``browser_secret`` goes into a Partitioned cookie
    (HttpOnly, Secure, SameSite=None) named for ``state``, and comes back to ``verify_launch``."""

    url: str
    state: str = field(repr=False)
    browser_secret: str = field(repr=False)
    expires_at: datetime


def only_once(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The fields of a request, each given once; a field given twice is refused
    (``request.repeated-field``). Feed it ``request.values.items(multi=True)``."""
    raise NotImplementedError


def begin_login(
    session: Session,
    registration: Registration,
    params: Mapping[str, str],
    *,
    launch_url: str,
    tool_origin: str,
    now: datetime,
) -> LoginRedirect:
    """Check a login request, remember its state and say where to redirect. Adds a row; the caller
    commits. Raises ``LaunchRejected``."""
    raise NotImplementedError


def purge_expired(session: Session, now: datetime) -> int:
    """Delete login states and nonces that have expired; how many went. The caller commits."""
    raise NotImplementedError
