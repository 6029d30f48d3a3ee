"""A verified launch becomes rows and a session; a handle becomes a session again."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import LaunchRejected, SessionRejected
from lti_tool.lti.claims import DEEP_LINKING, Launch
from lti_tool.models import (
    Context,
    Deployment,
    Enrolment,
    LaunchSession,
    RegistrationStatus,
    ResourceLink,
    User,
)
from lti_tool.models.upsert import table_of, upsert

#: No session outlives its launch by more than this, however often it is used.
LONGEST = timedelta(days=7)
#: A session in use is prolonged at most this often: a reading request should not write.
PROLONG_EVERY = timedelta(minutes=10)
#: The ``sub`` of a person whom the platform did not name begins so. No score is sent for them.
ANONYMOUS = "anonymous launch "
_ID_LENGTH = 255

_OPEN = insert(table_of(LaunchSession))

RESOURCE = "resource"
PICKER = "deep-linking"


@dataclass(frozen=True, slots=True)
class OpenedLaunch:
    """What the browser needs to go on; the handle is nowhere else."""

    handle: str = field(repr=False)
    kind: str
    is_instructor: bool


def hash_secret(secret: str) -> str:
    """How handles and cookies are stored: they are 128 random bits, a plain hash will do."""
    return hashlib.sha256(secret.encode()).hexdigest()


def open_launch(
    session: Session,
    launch: Launch,
    *,
    browser_cookie: str | None,
    lifetime: timedelta,
    now: datetime,
) -> OpenedLaunch:
    """Remember who launched what, and open a session. The caller commits. ``browser_cookie`` is
    given where the browser has shown that it keeps our cookies: the session is bound to it."""
    user = _user(session, launch)
    context = _context(session, launch)
    link = None
    if launch.resource_link is not None and context is not None:
        link = _link(session, launch, context, launch.resource_link.id)
    if context is not None:
        upsert(
            session,
            Enrolment,
            {"context_pk": context, "user_id": user},
            {"is_instructor": launch.is_instructor, "last_launch_at": now},
        )
    picker = launch.message_type == DEEP_LINKING
    if picker and not (launch.may_place or launch.is_instructor):
        raise LaunchRejected(
            "launch.role-may-not-pick",
            "Only people who teach or design this course can choose units for it.",
            "Give this person a teaching or designing role in the course.",
            403,
        )
    handle = secrets.token_urlsafe(16)
    is_instructor = launch.is_instructor or (picker and launch.may_place)
    kind = PICKER if picker else RESOURCE
    values = {
        "handle_hash": hash_secret(handle),
        "cookie_hash": hash_secret(browser_cookie) if browser_cookie else None,
        "kind": kind,
        "is_instructor": is_instructor,
        "user_id": user,
        "context_pk": context,
        "link_pk": link,
        "deployment_pk": launch.deployment.id,
        "language": _language(launch),
        "return_url": launch.return_url if len(launch.return_url or "") <= 2000 else None,
        "deep_linking": launch.deep_linking.to_json() if launch.deep_linking else None,
        "expires_at": now + lifetime,
        "created_at": now,
    }
    session.connection().execute(_OPEN, values)
    return OpenedLaunch(handle, kind, is_instructor)


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


def _user(session: Session, launch: Launch) -> int:
    sub = launch.sub if launch.sub is not None else ANONYMOUS + secrets.token_hex(16)
    values = {
        key: _cut(value, length)
        for key, value, length in (("name", launch.name, 255), ("email", launch.email, 320))
        if value
    }
    keys = {"registration_id": launch.registration.id, "sub": _id(sub, "sub")}
    return int(upsert(session, User, keys, values))


def _context(session: Session, launch: Launch) -> int | None:
    """The launch's course. A link that stands in no course has a context of its own, so that its
    instructor sees nobody else's learners."""
    title = None
    if launch.context is not None:
        key = _id(launch.context.id, "context")
        title = _cut(launch.context.title or launch.context.label, 500)
    elif launch.resource_link is not None:
        link = launch.resource_link.id
        key = f"(no course) {hashlib.sha256(link.encode()).hexdigest()}"
    else:
        return None
    keys = {"deployment_pk": launch.deployment.id, "context_id": key}
    return int(upsert(session, Context, keys, {"title": title} if title else {}))


def _link(session: Session, launch: Launch, context: int, link_id: str) -> int:
    values: dict[str, object] = {}
    if launch.resource_link is not None and launch.resource_link.title:
        values["title"] = _cut(launch.resource_link.title, 500)
    course, unit = launch.custom.get("course"), launch.custom.get("unit")
    if _substituted(course) and _substituted(unit):
        values["course_id"], values["unit_id"] = _cut(course, 100), _cut(unit, 100)
    if launch.ags is not None:
        values["ags_scopes"] = list(launch.ags.scopes)
        for column, url in (
            ("line_item_url", launch.ags.line_item),
            ("line_items_url", launch.ags.line_items),
        ):
            if url and len(url) <= 2000:
                values[column] = url
    keys = {"context_pk": context, "resource_link_id": _id(link_id, "resource link")}
    defaults: dict[str, object] = {} if "ags_scopes" in values else {"ags_scopes": []}
    return int(upsert(session, ResourceLink, keys, values, defaults))


def _language(launch: Launch) -> str | None:
    """The language that the link was given, else the person's own in the LMS."""
    custom = launch.custom.get("language")
    wish = custom if _substituted(custom) else launch.locale
    return _cut(wish, 35) if wish else None


def _substituted(value: str | None) -> bool:
    """Platforms leave variables that they do not know as they stand (Core §5.4.6)."""
    return bool(value) and not str(value).startswith("$")


def _id(value: str, what: str) -> str:
    if len(value) > _ID_LENGTH or "\0" in value:
        raise LaunchRejected(
            "launch.id-too-long",
            f"The {what} id of this launch has more than {_ID_LENGTH} characters.",
            "Report this to the learning platform's vendor: LTI Core 1.3 allows 255.",
        )
    return value


def _cut(value: str | None, length: int) -> str | None:
    return value.replace("\0", "")[:length] if value else None
