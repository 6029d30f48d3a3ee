"""Who has not started, who is stuck, who is done: the learners of one link, counted, filtered,
sorted and paged by the database, so that a course of ten thousand costs few statements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from content.model import Unit
from lti_tool.models import DeliveryState, Group, GroupMember, ResourceLink
from lti_tool.models.folding import fold, folded
from lti_tool.services.overview_rows import SORTS, Stage, Why, learners_of

PER_PAGE = 50
#: What the table can be narrowed to: a stage (of those who are still in the course), those who
#: left, those whose score did not reach the gradebook.
FILTERS = ("not-started", "working", "stuck", "done", "left", "unsent")
MAX_WORDS = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show. ``group`` is a ``Group.id`` of the link's course; unknown values of the
    others are passed over by whoever makes one."""

    words: str = ""
    stage: str = ""
    group: int | None = None
    sort: str = "name"
    descending: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class Told:
    """The latest score for the gradebook, and how far it came."""

    id: int
    state: str
    tries: int
    error: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """One learner in the table. ``name`` is None where the platform shares none: the page says
    "Learner 12" by ``number``, the same at each visit. ``why`` says what makes them stuck."""

    number: int
    name: str | None
    left_at: datetime | None
    started_at: datetime | None
    last_at: datetime | None
    pages_seen: int
    attempts: int
    attempts_allowed: int
    attempt_open: bool
    score: Decimal | None
    stage: Stage
    why: Why | None
    told: Told | None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """One page of the table. ``counts`` are by filter, and ``""`` for everybody."""

    rows: tuple[LearnerRow, ...]
    counts: dict[str, int]
    groups: tuple[tuple[int, str], ...]
    found: int
    page: int
    pages: int


def read_overview(
    session: Session, link: ResourceLink, unit: Unit, wanted: Wanted, now: datetime
) -> Overview:
    """The page of learners that is wanted. ``unit`` is as the link has it."""
    groups = _groups(session, link)
    people = learners_of(link, unit, now, count_pages=wanted.sort == "pages")
    narrowed = _narrowed(people, link, wanted)
    counts = _counts(session, people, narrowed)
    found = counts[wanted.stage]
    pages = max(1, -(-found // PER_PAGE))
    page = min(max(1, wanted.page), pages)
    statement = _listed(people, narrowed, wanted).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    rows = session.execute(statement).all()
    names = _group_names(session, link, [row.number for row in rows]) if groups else {}
    shown = tuple(_row(row, unit, names) for row in rows)
    return Overview(shown, counts, groups, found, page, pages)


def each_learner(
    session: Session, link: ResourceLink, unit: Unit, wanted: Wanted, now: datetime
) -> Iterator[LearnerRow]:
    """All whom the table would show, on however many pages."""
    people = learners_of(link, unit, now, count_pages=wanted.sort == "pages")
    names = _group_names(session, link) if _groups(session, link) else {}
    for row in session.execute(_listed(people, _narrowed(people, link, wanted), wanted)):
        yield _row(row, unit, names)


def find_row(
    session: Session, link: ResourceLink, unit: Unit, number: int, now: datetime
) -> LearnerRow | None:
    """The row of one learner; None for whoever does not learn in the link's course."""
    people = learners_of(link, unit, now, count_pages=False)
    row = session.execute(select(people).where(people.c.number == number)).one_or_none()
    return None if row is None else _row(row, unit, _group_names(session, link, [number]))


def _narrowed(people: CTE, link: ResourceLink, wanted: Wanted) -> ColumnElement[bool]:
    """Who has all the words in their name (or number), and is in the group."""
    conditions: list[ColumnElement[bool]] = [true()]
    for word in wanted.words.split()[:MAX_WORDS]:
        # As it is written, too: PostgreSQL does not fold every script.
        places = [
            people.c.name.contains(word, autoescape=True),
            folded(people.c.name).contains(fold(word), autoescape=True),
        ]
        if word.isascii() and word.isdigit() and len(word) < 10:
            places.append(and_(people.c.name.is_(None), people.c.number == int(word)))
        conditions.append(or_(*places))
    if wanted.group is not None:
        members = (
            select(GroupMember.user_id)
            .join(Group, Group.id == GroupMember.group_pk)
            .where(Group.id == wanted.group, Group.context_pk == link.context_pk)
        )
        conditions.append(people.c.number.in_(members))
    return and_(*conditions)


def _in_filter(people: CTE, name: str) -> ColumnElement[bool]:
    if name == "":
        return true()
    if name == "left":
        return people.c.left_at.is_not(None)
    if name == "unsent":
        return people.c.told_state == DeliveryState.FAILED
    return and_(people.c.left_at.is_(None), people.c.stage == name)


def _counts(session: Session, people: CTE, narrowed: ColumnElement[bool]) -> dict[str, int]:
    names = ("", *FILTERS)
    sums = [func.sum(case((_in_filter(people, name), 1), else_=0)) for name in names]
    row = session.execute(select(*sums).select_from(people).where(narrowed)).one()
    return {name: int(count or 0) for name, count in zip(names, row, strict=True)}


def _listed(people: CTE, narrowed: ColumnElement[bool], wanted: Wanted) -> Select[Any]:
    """The rows in their order; who has nothing in the column stands last either way."""
    name = folded(people.c.name)
    order: list[ColumnElement[Any]] = []
    if wanted.sort != "name":
        column = people.c[SORTS[wanted.sort]]
        order = [column.is_(None), column.desc() if wanted.descending else column.asc()]
    down = wanted.descending and wanted.sort == "name"
    order += [people.c.name.is_(None), name.desc() if down else name.asc()]
    order.append(people.c.number.desc() if down else people.c.number.asc())
    return select(people).where(narrowed, _in_filter(people, wanted.stage)).order_by(*order)


def _groups(session: Session, link: ResourceLink) -> tuple[tuple[int, str], ...]:
    rows = session.execute(
        select(Group.id, Group.name, Group.set_name)
        .where(Group.context_pk == link.context_pk)
        .order_by(Group.set_name, Group.name, Group.id)
    )
    return tuple(
        (row.id, f"{row.set_name}: {row.name}" if row.set_name else row.name) for row in rows
    )


def _group_names(
    session: Session, link: ResourceLink, users: list[int] | None = None
) -> dict[int, list[str]]:
    statement = (
        select(GroupMember.user_id, Group.name)
        .join(Group, Group.id == GroupMember.group_pk)
        .where(Group.context_pk == link.context_pk)
        .order_by(Group.name, Group.id)
    )
    if users is not None:
        statement = statement.where(GroupMember.user_id.in_(users))
    found: dict[int, list[str]] = {}
    for user, name in session.execute(statement):
        found.setdefault(user, []).append(name)
    return found


def _row(row: Row[Any], unit: Unit, groups: dict[int, list[str]]) -> LearnerRow:
    known = {page.id for page in unit.pages}
    told = None
    if row.told_id is not None:
        told = Told(row.told_id, row.told_state, row.told_tries, row.told_error or "", row.told_at)
    return LearnerRow(
        number=row.number,
        name=row.name,
        left_at=row.left_at,
        started_at=None if row.stage == "not-started" else row.started_at,
        last_at=None if row.stage == "not-started" else row.last_at,
        pages_seen=len(known.intersection(row.seen or ())),
        attempts=row.attempts,
        attempts_allowed=max(row.allowed, row.attempts),
        attempt_open=bool(row.open_attempts),
        score=None if row.best is None else Decimal(f"{row.best:.2f}"),
        stage=row.stage,
        why=row.why,
        told=told,
        groups=tuple(groups.get(row.number, ())),
    )
