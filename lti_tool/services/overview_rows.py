"""The learners of a link as one table expression: what each did, what became of it, and in which
stage that puts them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    CTE,
    ColumnElement,
    Float,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)

from content.model import Unit
from lti_tool.models import (
    Attempt,
    Enrolment,
    ResourceLink,
    ScoreDelivery,
    UnitProgress,
    User,
)

Stage = Literal["not-started", "working", "stuck", "done"]
#: What makes a learner stuck, the first that fits: no attempt is left and none passed; two or more
#: were handed in and none passed; nothing has happened for ``STILL``.
Why = Literal["none-left", "twice", "still"]
STILL = timedelta(days=7)
TWICE = 2

#: What the table is sorted by, and the column for it.
SORTS = {
    "name": "name",
    "stage": "stage_order",
    "score": "best",
    "pages": "pages",
    "attempts": "attempts",
    "started": "started_at",
    "last": "last_at",
    "told": "told_state",
}


def learners_of(link: ResourceLink, unit: Unit, now: datetime, *, count_pages: bool) -> CTE:
    """Everybody who learns in the link's course, by launch or by roster. ``unit`` is as the link
    has it. With ``count_pages`` there is a column ``pages``: the pages of this version that were
    seen, which costs a search of each learner's list for each page."""
    work, told = _work(link), _told(link)
    allowed = unit.attempts + func.coalesce(UnitProgress.extra_attempts, 0)
    attempts = func.coalesce(work.c.attempts, 0)
    begun = and_(
        UnitProgress.id.is_not(None),
        or_(UnitProgress.page.is_not(None), work.c.progress_pk.is_not(None)),
    )
    why = case(
        (attempts >= allowed, "none-left"),
        (attempts >= TWICE, "twice"),
        (UnitProgress.updated_at <= now - STILL, "still"),
        else_=null(),
    )
    stage = case(
        (~begun, "not-started"),
        (_done(unit, work), "done"),
        (why.is_not(None), "stuck"),
        else_="working",
    )
    columns: list[ColumnElement[Any]] = [
        User.id.label("number"),
        User.name.label("name"),
        Enrolment.left_at.label("left_at"),
        UnitProgress.started_at.label("started_at"),
        UnitProgress.updated_at.label("last_at"),
        UnitProgress.seen.label("seen"),
        attempts.label("attempts"),
        allowed.label("allowed"),
        func.coalesce(work.c.open_attempts, 0).label("open_attempts"),
        work.c.best.label("best"),
        stage.label("stage"),
        case((stage == "stuck", why), else_=null()).label("why"),
        case({"not-started": 1, "working": 2, "stuck": 3}, value=stage, else_=4).label(
            "stage_order"
        ),
        ScoreDelivery.id.label("told_id"),
        ScoreDelivery.state.label("told_state"),
        ScoreDelivery.tries.label("told_tries"),
        ScoreDelivery.last_error.label("told_error"),
        ScoreDelivery.delivered_at.label("told_at"),
    ]
    if count_pages:
        columns.append(_pages_seen(unit).label("pages"))
    return (
        select(*columns)
        .select_from(Enrolment)
        .join(User, User.id == Enrolment.user_id)
        .outerjoin(
            UnitProgress,
            and_(UnitProgress.user_id == User.id, UnitProgress.link_pk == link.id),
        )
        .outerjoin(work, work.c.progress_pk == UnitProgress.id)
        .outerjoin(told, told.c.user_id == User.id)
        .outerjoin(
            ScoreDelivery,
            and_(
                ScoreDelivery.user_id == User.id,
                ScoreDelivery.link_pk == link.id,
                ScoreDelivery.timestamp == told.c.latest,
            ),
        )
        .where(Enrolment.context_pk == link.context_pk, Enrolment.is_instructor.is_(False))
        .cte("learners")
    )


def _done(unit: Unit, work: Subquery) -> ColumnElement[bool]:
    """Passed; of a unit without a quiz, read to the end."""
    if unit.quiz:
        return work.c.best >= float(unit.mastery_score)
    return _pages_seen(unit) >= len(unit.pages)


def _work(link: ResourceLink) -> Subquery:
    """The attempts that count, of each learner who has one."""
    return (
        select(
            Attempt.progress_pk.label("progress_pk"),
            func.count(Attempt.handed_in_at).label("attempts"),
            (func.count(Attempt.id) - func.count(Attempt.handed_in_at)).label("open_attempts"),
            func.max(cast(Attempt.value, Float)).label("best"),
        )
        .join(UnitProgress, UnitProgress.id == Attempt.progress_pk)
        .where(UnitProgress.link_pk == link.id, Attempt.set_aside_at.is_(None))
        .group_by(Attempt.progress_pk)
        .subquery("work")
    )


def _told(link: ResourceLink) -> Subquery:
    """When each learner's latest score was written down."""
    return (
        select(ScoreDelivery.user_id, func.max(ScoreDelivery.timestamp).label("latest"))
        .where(ScoreDelivery.link_pk == link.id, ScoreDelivery.value.is_not(None))
        .group_by(ScoreDelivery.user_id)
        .subquery("told")
    )


def _pages_seen(unit: Unit) -> ColumnElement[int]:
    """``seen`` is a list of plain ids (``content.ids``): each stands in it as it is, in quotes."""
    seen = cast(UnitProgress.seen, Text)
    found: ColumnElement[int] = literal(0)
    for page in unit.pages:
        found = found + case((seen.contains(f'"{page.id}"', autoescape=True), 1), else_=0)
    return case((UnitProgress.id.is_(None), null()), else_=found)
