"""Who is in a course, as its platform says (NRPS 2.0), kept up to date in the background."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from lti_tool.errors import PlatformError
from lti_tool.lti.nrps import Member, member_pages
from lti_tool.lti.platform import Platform
from lti_tool.lti.tokens import ServiceTokens
from lti_tool.models import (
    Context,
    Deployment,
    Enrolment,
    JobState,
    Registration,
    RegistrationStatus,
)
from lti_tool.services import course_groups, jobs
from lti_tool.services.roster_rows import keep_members, mark_left

_log = structlog.get_logger(__name__)

#: The job that reads one roster, by the context's number.
ROSTER = "roster"
#: The job that has those of the courses in use read again.
ROSTERS = "rosters"
#: A launch asks for the roster when it is older than this.
FRESH = timedelta(hours=1)
#: Without a launch it is read once a day, for this long after the last one.
DAILY = timedelta(hours=24)
IN_USE = timedelta(days=30)
#: Between two looks at which rosters are a day old, and how many are asked for at once.
LOOK_EVERY = timedelta(hours=1)
MANY = 500

Transaction = Callable[[], AbstractContextManager[Session]]
Clock = Callable[[], datetime]


def refresh_now(session: Session, context: Context, now: datetime) -> bool:
    """Have the roster of ``context`` read as soon as the worker comes to it; False where its
    platform offers none. The caller commits."""
    if context.memberships_url is None:
        return False
    if not is_being_read(session, context):
        _ask(session, context.id, context.deployment.registration_id, now)
    return True


def is_being_read(session: Session, context: Context) -> bool:
    """Whether the worker is to read the roster, or is at it."""
    job = jobs.find(session, ROSTER, str(context.id))
    return job is not None and job.state == JobState.DUE


def is_stale(roster_at: object, now: datetime) -> bool:
    """Whether a launch should have the roster read."""
    return not isinstance(roster_at, datetime) or now - roster_at >= FRESH


def ask_again(session: Session, context: int, registration: int, now: datetime) -> None:
    """Have a roster read that is old. One that could not be read is not tried at each launch. The
    caller commits."""
    job = jobs.find(session, ROSTER, str(context))
    if job is None or (job.state != JobState.DUE and now - job.due_at >= FRESH):
        _ask(session, context, registration, now)


def watch(session: Session, now: datetime) -> None:
    """See to it that the rosters of courses in use are read daily. The caller commits."""
    if jobs.find(session, ROSTERS, "all") is None:
        jobs.ask_for(session, ROSTERS, "all", now=now)


def ask_for_old(session: Session, now: datetime) -> int:
    """Have those rosters read that are a day old, in courses that somebody has launched in the
    last weeks; and have this done again. How many were asked for. The caller commits."""
    used = exists().where(
        Enrolment.context_pk == Context.id, Enrolment.last_launch_at >= now - IN_USE
    )
    rows = session.execute(
        select(Context.id, Deployment.registration_id)
        .join(Deployment, Deployment.id == Context.deployment_pk)
        .where(
            Context.memberships_url.is_not(None),
            Deployment.status == RegistrationStatus.ACTIVE,
            or_(Context.roster_at.is_(None), Context.roster_at <= now - DAILY),
            used,
        )
        .order_by(Context.roster_at, Context.id)
        .limit(MANY)
    ).all()
    for context, registration in rows:
        ask_again(session, context, registration, now)
    jobs.ask_for(session, ROSTERS, "all", now=now, due_at=now + LOOK_EVERY)
    return len(rows)


@dataclass(frozen=True, slots=True)
class _Source:
    """What reading takes, without a transaction."""

    context: int
    registration: int
    platform: Platform
    memberships_url: str
    groups_url: str | None
    group_sets_url: str | None


def read_roster(
    transaction: Transaction, tokens: ServiceTokens, context: int, clock: Clock
) -> None:
    """Read a context's members, and its groups where it has them, page by page: who is new is
    entered, who is listed no more is marked as having left. What could not be read to its end
    leaves everybody where they are. Raises ``PlatformError``, noted in the context too."""
    with transaction() as session:
        source = _source(session, context)
    if source is None:
        return
    begun = clock()
    try:
        groups, fault = _groups(transaction, tokens, source)
        listed = _members(transaction, tokens, source, groups)
    except PlatformError as error:
        with transaction() as session:
            _note(session, context, error=error)
        raise
    with transaction() as session:
        if not listed:
            # Whoever was asked for it was in the course: nobody is an LMS's mistake.
            fault = PlatformError("roster.empty", "the platform lists nobody", retryable=False)
        else:
            mark_left(session, context, listed, begun, clock())
        if groups is not None:
            course_groups.drop_others(session, context, groups)
        _note(session, context, error=fault, at=begun)
    _log.info("roster.read", context=context, members=len(listed))


def _source(session: Session, context: int) -> _Source | None:
    row = session.execute(
        select(Context, Registration)
        .join(Deployment, Deployment.id == Context.deployment_pk)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(Context.id == context)
    ).one_or_none()
    if row is None:
        return None
    found, registration = row
    url: str | None = found.memberships_url
    if url is None:
        return None
    return _Source(
        context,
        registration.id,
        Platform.of(registration),
        url,
        found.groups_url,
        found.group_sets_url,
    )


def _groups(
    transaction: Transaction, tokens: ServiceTokens, source: _Source
) -> tuple[course_groups.Known | None, PlatformError | None]:
    """The groups, and why they could not be read: the members come all the same."""
    if source.groups_url is None:
        return None, None
    try:
        return (
            course_groups.read(
                transaction,
                tokens,
                source.platform,
                source.context,
                source.groups_url,
                source.group_sets_url,
            ),
            None,
        )
    except PlatformError as error:
        return None, error


def _members(
    transaction: Transaction,
    tokens: ServiceTokens,
    source: _Source,
    groups: course_groups.Known | None,
) -> set[int]:
    """Enter the members; the numbers of those who are listed."""
    listed: set[int] = set()
    found = member_pages(tokens, source.platform, source.memberships_url, groups=groups is not None)
    for page in found:
        for start in range(0, len(page), MANY):
            part = _active(page[start : start + MANY])
            with transaction() as session:
                users = keep_members(session, source.registration, source.context, part)
                if groups is not None:
                    course_groups.keep(session, groups, part, users)
            listed.update(users.values())
    return listed


def _active(members: tuple[Member, ...]) -> dict[str, Member]:
    """By ``sub``: some platforms list a person once for each role."""
    found: dict[str, Member] = {}
    for member in members:
        before = found.get(member.sub)
        if member.active and (before is None or member.is_instructor):
            found[member.sub] = member
    return found


def _note(
    session: Session,
    context: int,
    *,
    error: PlatformError | None,
    at: datetime | None = None,
) -> None:
    said = f"{error.code}: {error.message}"[:500] if error is not None else None
    values: dict[str, object] = {"roster_error": said}
    if at is not None:
        values["roster_at"] = at
    session.execute(update(Context).where(Context.id == context).values(**values))


def _ask(session: Session, context: int, registration: int, now: datetime) -> None:
    jobs.ask_for(session, ROSTER, str(context), now=now, registration_id=registration)
