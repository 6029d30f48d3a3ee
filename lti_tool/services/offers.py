"""What a launch offers beside itself: the roster, groups, platform notices, and where the course
was copied from. It can wait, so that a launch looks only at what it has read already."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.direct import Writing
from lti_tool.lti.claims import Launch
from lti_tool.lti.history import CONTEXT_HISTORY, LINK_HISTORY, ancestors
from lti_tool.services import course_copies, launch_rows, notices, rosters
from lti_tool.services.deliveries import late
from lti_tool.services.known import Known


def take_up(
    transaction: Writing,
    launch: Launch,
    context: int,
    link: int | None,
    *,
    known: Known,
    now: datetime,
) -> None:
    """Take up what is new, in the launch's own transaction. ``known`` is what was there before."""
    origin = known.context["copied_from_pk"] if known.context else None
    link_origin = known.link["copied_from_pk"] if known.link else None
    read = known.context["roster_at"] if known.context else None
    copied = ancestors(launch.custom, CONTEXT_HISTORY) or ancestors(launch.custom, LINK_HISTORY)
    wants_origin = (copied and origin is None) or (
        link is not None and link_origin is None and bool(copied or origin)
    )
    asked = known.roster_due or not rosters.is_stale(known.roster_asked_at, now)
    wants_roster = launch.nrps is not None and rosters.is_stale(read, now) and not asked
    wants_notices = launch.notices is not None
    wants_scores = link is not None and _brings_a_column(launch, context, known)
    if not (wants_origin or wants_roster or wants_notices or wants_scores):
        return
    with Session(transaction.core) as session:
        if wants_origin:
            copied_from = origin if isinstance(origin, int) else None
            course_copies.note_copy(session, launch, context, copied_from, link)
        if wants_roster:
            rosters.ask_again(session, context, launch.registration.id, now)
        if wants_notices:
            notices.ask_to_subscribe(session, launch, now)
        if wants_scores and link is not None:
            late.ask_for(session, link, launch.registration.id, now)
        session.flush()


def _brings_a_column(launch: Launch, context: int, known: Known) -> bool:
    """Whether the launch is the first to tell where the scores of a known link go."""
    if known.link is None or launch.ags is None or late.has_column(known.link):
        return False
    row = launch_rows.link(launch, context)
    return row is not None and late.has_column({**known.link, **row[1]})
