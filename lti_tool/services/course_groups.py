"""The groups of a course and who is in them (Course Groups 1.0), as read with its roster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from lti_tool.lti.groups import read_groups
from lti_tool.lti.nrps import Member
from lti_tool.lti.platform import Platform
from lti_tool.lti.tokens import ServiceTokens
from lti_tool.models import Group, GroupMember
from lti_tool.models.bulk import insert_missing
from lti_tool.models.upsert import upsert

Transaction = Callable[[], AbstractContextManager[Session]]
MANY = 500


@dataclass(slots=True)
class Known:
    """The groups that the platform lists: our numbers by its ids; and who was found in them."""

    groups: dict[str, int]
    members: set[tuple[int, int]] = field(default_factory=set)


def read(
    transaction: Transaction,
    tokens: ServiceTokens,
    platform: Platform,
    context: int,
    groups_url: str,
    sets_url: str | None,
) -> Known:
    """Read the groups and keep them. Raises ``PlatformError``: then none has changed."""
    found = read_groups(tokens, platform, groups_url, sets_url)
    with transaction() as session:
        groups = {
            group.id: upsert(
                session,
                Group,
                {"context_pk": context, "group_id": group.id},
                {"name": group.name, "set_name": group.set_name},
            )
            for group in found
        }
    return Known(groups)


def keep(
    session: Session, known: Known, members: Mapping[str, Member], users: Mapping[str, int]
) -> None:
    """Enter into their groups the ``members`` (by ``sub``), whose numbers are ``users``. The caller
    commits."""
    pairs = {
        (known.groups[group], users[sub])
        for sub, member in members.items()
        for group in member.groups
        if group in known.groups
    }
    known.members |= pairs
    rows = [{"group_pk": group, "user_id": user} for group, user in sorted(pairs)]
    if rows:
        insert_missing(session, GroupMember, ("group_pk", "user_id"), rows)


def drop_others(session: Session, context: int, known: Known) -> None:
    """After a roster read to its end: forget the groups that are gone, and who has left one. The
    caller commits."""
    there = session.execute(select(Group.id, Group.group_id).where(Group.context_pk == context))
    gone = [number for number, name in there if name not in known.groups]
    for start in range(0, len(gone), MANY):
        session.execute(delete(Group).where(Group.id.in_(gone[start : start + MANY])))
    rows = session.execute(
        select(GroupMember.group_pk, GroupMember.user_id)
        .join(Group, Group.id == GroupMember.group_pk)
        .where(Group.context_pk == context)
    )
    left = [(group, user) for group, user in rows if (group, user) not in known.members]
    key = tuple_(GroupMember.group_pk, GroupMember.user_id)
    for start in range(0, len(left), MANY):
        session.execute(delete(GroupMember).where(key.in_(left[start : start + MANY])))
