"""Launch sessions after the launch (``services.admission`` opens them): a handle becomes a session
again, is prolonged by use, and ends."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import SessionRejected
from lti_tool.models import Deployment, LaunchSession, RegistrationStatus

#: No session outlives its launch by more than this, however often it is used.
LONGEST = timedelta(days=7)
#: A session in use is prolonged at most this often: a reading request should not write.
PROLONG_EVERY = timedelta(minutes=10)
#: The ``sub`` of a person whom the platform did not name begins so. No score is sent for them.
ANONYMOUS = "anonymous launch "
RESOURCE = "resource"
PICKER = "deep-linking"
REVIEW = "review"
PRIVACY = "privacy"


@dataclass(frozen=True, slots=True)
class OpenedLaunch:
    """What the browser needs to go on; the handle is nowhere else."""

    handle: str = field(repr=False)
    kind: str
    is_instructor: bool


def hash_secret(secret: str) -> str:
    """How handles and cookies are stored: they are 128 random bits, a plain hash will do."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_session(
    session: Session, handle: str, browser_cookie: str | None, now: datetime
) -> LaunchSession:
    """The session of ``handle``. Raises ``SessionRejected``."""
    found = session.scalars(
        select(LaunchSession)
        .where(LaunchSession.handle_hash == hash_secret(handle))
        .options(
            joinedload(LaunchSession.user),
            joinedload(LaunchSession.link),
            joinedload(LaunchSession.context),
            joinedload(LaunchSession.deployment).joinedload(Deployment.registration),
        )
    ).one_or_none()
    if found is None or found.expires_at <= now:
        back = found.return_url if found is not None else None
        raise SessionRejected("session.expired", "This page has expired.", return_url=back)
    if found.cookie_hash is not None and (
        browser_cookie is None or hash_secret(browser_cookie) != found.cookie_hash
    ):
        raise SessionRejected("session.other-browser", "This page was opened in another browser.")
    active = RegistrationStatus.ACTIVE
    if found.deployment.status != active or found.deployment.registration.status != active:
        raise SessionRejected(
            "session.suspended", "This learning platform is suspended.", 403, found.return_url
        )
    return found


def wants_prolonging(found: LaunchSession, lifetime: timedelta, now: datetime) -> bool:
    """Whether the session's use should move its end."""
    end = min(now + lifetime, found.created_at + LONGEST)
    return end - found.expires_at > PROLONG_EVERY


def prolong(session: Session, found: LaunchSession, lifetime: timedelta, now: datetime) -> None:
    """A session in use ends ``lifetime`` after its last use. The caller commits."""
    found.expires_at = min(now + lifetime, found.created_at + LONGEST)


def purge_sessions(session: Session, now: datetime) -> int:
    """Delete the sessions that have ended; how many went. The caller commits."""
    gone = session.execute(delete(LaunchSession).where(LaunchSession.expires_at <= now))
    return int(getattr(gone, "rowcount", 0))
