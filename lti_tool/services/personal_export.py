"""Everything that is held of one person, as values for JSON: for them to read and to take along
(GDPR, articles 15 and 20). No secret of a session is among it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from lti_tool.models import (
    Attempt,
    Context,
    DataRequest,
    Enrolment,
    Group,
    GroupMember,
    LaunchSession,
    LineItemResult,
    ResourceLink,
    ScoreDelivery,
    UnitProgress,
    User,
)

FORMAT = "sse-campus-person/1"


def export_person(session: Session, user: User) -> dict[str, Any]:
    """All rows of ``user``, by subject; times as RFC 3339 in UTC. Reads alone."""
    return {
        "format": FORMAT,
        "person": {
            "number": user.id,
            "sub": user.sub,
            "name": user.name,
            "first_seen": _time(user.created_at),
            "platform": {"name": user.registration.name, "issuer": user.registration.issuer},
        },
        "courses": _courses(session, user),
        "groups": _groups(session, user),
        "units": _units(session, user),
        "scores_sent": _deliveries(session, user),
        "grades_in_platform": _results(session, user),
        "sessions": _sessions(session, user),
        "requests": _requests(session, user),
    }


def _courses(session: Session, user: User) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Enrolment, Context)
        .join(Enrolment.context)
        .where(Enrolment.user_id == user.id)
        .order_by(Enrolment.id)
    )
    return [
        {
            "course": _course(context),
            "role": "instructor" if row.is_instructor else "learner",
            "last_launch": _time(row.last_launch_at),
            "left": _time(row.left_at),
        }
        for row, context in rows
    ]


def _groups(session: Session, user: User) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Group, Context)
        .join(GroupMember, GroupMember.group_pk == Group.id)
        .join(Context, Context.id == Group.context_pk)
        .where(GroupMember.user_id == user.id)
        .order_by(Group.id)
    )
    return [
        {
            "course": _course(context),
            "id": group.group_id,
            "name": group.name,
            "set": group.set_name,
        }
        for group, context in rows
    ]


def _units(session: Session, user: User) -> list[dict[str, Any]]:
    progress = session.scalars(
        select(UnitProgress)
        .where(UnitProgress.user_id == user.id)
        .options(selectinload(UnitProgress.link).selectinload(ResourceLink.context))
        .order_by(UnitProgress.id)
    ).all()
    # Not by the relationship: it leaves out the attempts that were set aside.
    attempts: dict[int, list[Attempt]] = {}
    for attempt in session.scalars(
        select(Attempt)
        .join(UnitProgress, UnitProgress.id == Attempt.progress_pk)
        .where(UnitProgress.user_id == user.id)
        .order_by(Attempt.number, Attempt.id)
    ):
        attempts.setdefault(attempt.progress_pk, []).append(attempt)
    return [
        {
            "activity": _activity(row.link),
            "page": row.page,
            "pages_seen": list(row.seen),
            "extra_attempts": row.extra_attempts,
            "started": _time(row.started_at),
            "changed": _time(row.updated_at),
            "attempts": [_attempt(attempt) for attempt in attempts.get(row.id, ())],
        }
        for row in progress
    ]


def _attempt(row: Attempt) -> dict[str, Any]:
    return {
        "number": row.number,
        "language": row.language,
        "answers": row.answers,
        "earned": row.earned,
        "possible": row.possible,
        "score": row.value,
        "started": _time(row.started_at),
        "handed_in": _time(row.handed_in_at),
        "set_aside": _time(row.set_aside_at),
    }


def _deliveries(session: Session, user: User) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(ScoreDelivery)
        .where(ScoreDelivery.user_id == user.id)
        .options(selectinload(ScoreDelivery.link).selectinload(ResourceLink.context))
        .order_by(ScoreDelivery.id)
    )
    return [
        {
            "activity": _activity(row.link),
            "score": row.value,
            "completed": row.completed,
            "timestamp": _time(row.timestamp),
            "submitted": _time(row.submitted_at),
            "state": row.state,
            "tries": row.tries,
            "delivered": _time(row.delivered_at),
            "last_error": row.last_error,
        }
        for row in rows
    ]


def _results(session: Session, user: User) -> list[dict[str, Any]]:
    rows = session.execute(
        select(LineItemResult, ResourceLink)
        .join(ResourceLink, ResourceLink.id == LineItemResult.link_pk)
        .where(LineItemResult.user_id == user.id)
        .options(selectinload(ResourceLink.context))
        .order_by(LineItemResult.id)
    )
    return [
        {
            "activity": _activity(link),
            "score": row.score,
            "maximum": row.maximum,
            "comment": row.comment,
            "read": _time(row.read_at),
        }
        for row, link in rows
    ]


def _sessions(session: Session, user: User) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(LaunchSession)
        .where(LaunchSession.user_id == user.id)
        .options(selectinload(LaunchSession.context), selectinload(LaunchSession.link))
        .order_by(LaunchSession.id)
    )
    return [
        {
            "kind": row.kind,
            "role": "instructor" if row.is_instructor else "learner",
            "course": _course(row.context) if row.context else None,
            "activity": _activity(row.link) if row.link else None,
            "language": row.language,
            "begun": _time(row.created_at),
            "ends": _time(row.expires_at),
        }
        for row in rows
    ]


def _requests(session: Session, user: User) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(DataRequest)
        .where(
            DataRequest.registration_id == user.registration_id, DataRequest.user_number == user.id
        )
        .order_by(DataRequest.id)
    )
    return [
        {
            "kind": row.kind,
            "asked_by": row.asked_by,
            "requested": _time(row.requested_at),
            "done": _time(row.done_at),
        }
        for row in rows
    ]


def _course(context: Context) -> dict[str, Any]:
    return {"id": context.context_id, "title": context.title}


def _activity(link: ResourceLink) -> dict[str, Any]:
    return {
        "id": link.resource_link_id,
        "title": link.title,
        "course": _course(link.context),
        "unit": f"{link.course_id}/{link.unit_id}" if link.course_id else None,
    }


def _time(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
