"""What the tool holds, and how much room it takes: for the operators' console."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from lti_tool.models import (
    Attempt,
    Base,
    Deployment,
    LaunchSession,
    PackageBuild,
    Registration,
    ScoreDelivery,
    UnitProgress,
    User,
)


@dataclass(frozen=True, slots=True)
class Share:
    """How many rows of each kind belong to one registration."""

    number: int
    name: str
    people: int
    attempts: int
    deliveries: int
    sessions: int


@dataclass(frozen=True, slots=True)
class Storage:
    """``tables``: rows and bytes (None where the database does not tell) of each. ``size``: bytes
    of the whole database. ``packages``: how many are cached, and their bytes."""

    tables: Sequence[tuple[str, int, int | None]]
    size: int
    packages: tuple[int, int]


def shares(session: Session) -> list[Share]:
    """Every registration's share, by name."""
    users, owner = User.registration_id, Deployment.registration_id
    attempts = (
        select(users, func.count(Attempt.id))
        .join(UnitProgress, UnitProgress.user_id == User.id)
        .join(Attempt, Attempt.progress_pk == UnitProgress.id)
    )
    sessions = select(owner, func.count(LaunchSession.id)).join(
        LaunchSession, LaunchSession.deployment_pk == Deployment.id
    )
    delivered = ScoreDelivery.registration_id
    counted = [
        {row[0]: row[1] for row in session.execute(statement.group_by(column))}
        for column, statement in (
            (users, select(users, func.count(User.id))),
            (users, attempts),
            (delivered, select(delivered, func.count(ScoreDelivery.id))),
            (owner, sessions),
        )
    ]
    rows = session.execute(
        select(Registration.id, Registration.name).order_by(Registration.name, Registration.id)
    )
    return [
        Share(number, name, *(counts.get(number, 0) for counts in counted)) for number, name in rows
    ]


def storage(session: Session) -> Storage:
    """The tables, the whole database and the packages kept."""
    names = sorted(Base.metadata.tables)
    counts = {
        name: session.scalar(select(func.count()).select_from(Base.metadata.tables[name])) or 0
        for name in names
    }
    sizes: dict[str, int] = {}
    if session.get_bind().dialect.name == "postgresql":
        rows = session.execute(
            text(
                "SELECT relname, pg_total_relation_size(oid) FROM pg_class "
                "WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
            )
        )
        sizes = {name: int(size) for name, size in rows}
        whole = session.scalar(text("SELECT pg_database_size(current_database())"))
    else:
        pages = session.scalar(text("PRAGMA page_count")) or 0
        whole = pages * (session.scalar(text("PRAGMA page_size")) or 0)
    cached = session.execute(
        select(func.count(), func.coalesce(func.sum(PackageBuild.size), 0)).where(
            PackageBuild.file.is_not(None)
        )
    ).one()
    tables = [(name, counts[name], sizes.get(name)) for name in names]
    return Storage(tables, int(whole or 0), (int(cached[0] or 0), int(cached[1] or 0)))
