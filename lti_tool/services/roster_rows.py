"""A roster's rows: people and enrolments, many at once, written only where they change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from lti_tool.lti.nrps import Member
from lti_tool.models import Enrolment, User
from lti_tool.models.bulk import insert_missing
from lti_tool.models.upsert import table_of
from lti_tool.services.launches import ANONYMOUS

#: How many numbers one statement names.
MANY = 500


def keep_members(
    session: Session, registration: int, context: int, members: Mapping[str, Member]
) -> dict[str, int]:
    """Enter ``members`` (by ``sub``) as users and as members of the context; their numbers by
    ``sub``. Names that the roster does not give are left as they are. The caller commits."""
    if not members:
        return {}
    users = _users(session, registration, members)
    people = {users[sub]: member.is_instructor for sub, member in members.items()}
    _enrol(session, context, people)
    return users


def mark_left(
    session: Session, context: int, listed: Collection[int], begun: datetime, now: datetime
) -> int:
    """Note of all others that they have left; how many. Whoever has launched since reading began
    is there; whom the platform never named it cannot list. The caller commits."""
    rows = session.execute(
        select(Enrolment.id, Enrolment.user_id)
        .join(User, User.id == Enrolment.user_id)
        .where(
            Enrolment.context_pk == context,
            Enrolment.left_at.is_(None),
            or_(Enrolment.last_launch_at.is_(None), Enrolment.last_launch_at < begun),
            User.sub.not_like(f"{ANONYMOUS}%"),
        )
    )
    gone = [number for number, user in rows if user not in listed]
    _set(session, gone, left_at=now)
    return len(gone)


def _users(session: Session, registration: int, members: Mapping[str, Member]) -> dict[str, int]:
    known = select(User.sub, User.id, User.name).where(
        User.registration_id == registration, User.sub.in_(members)
    )
    rows = {row.sub: row for row in session.execute(known)}
    missing = [
        {"registration_id": registration, "sub": sub, "name": member.name}
        for sub, member in members.items()
        if sub not in rows
    ]
    if missing:
        insert_missing(session, User, ("registration_id", "sub"), missing)
        rows |= {row.sub: row for row in session.execute(known)}
    changed = []
    for sub, row in rows.items():
        name = members[sub].name or row.name
        if name != row.name:
            changed.append({"number": row.id, "new_name": name})
    if changed:
        table = table_of(User)
        session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("number"))
            .values(name=bindparam("new_name")),
            changed,
        )
    return {sub: row.id for sub, row in rows.items()}


def _enrol(session: Session, context: int, people: Mapping[int, bool]) -> None:
    rows = session.execute(
        select(Enrolment.id, Enrolment.user_id, Enrolment.is_instructor, Enrolment.left_at).where(
            Enrolment.context_pk == context, Enrolment.user_id.in_(people)
        )
    ).all()
    there = {row.user_id for row in rows}
    missing = [
        {"context_pk": context, "user_id": user, "is_instructor": teaches}
        for user, teaches in people.items()
        if user not in there
    ]
    if missing:
        insert_missing(session, Enrolment, ("context_pk", "user_id"), missing)
    _set(session, [row.id for row in rows if row.left_at is not None], left_at=None)
    for teaches in (True, False):
        wrong = [
            row.id
            for row in rows
            if people[row.user_id] is teaches and row.is_instructor is not teaches
        ]
        _set(session, wrong, is_instructor=teaches)


def _set(session: Session, numbers: list[int], **values: object) -> None:
    table = table_of(Enrolment)
    for start in range(0, len(numbers), MANY):
        part = numbers[start : start + MANY]
        session.connection().execute(update(table).where(table.c.id.in_(part)).values(**values))
