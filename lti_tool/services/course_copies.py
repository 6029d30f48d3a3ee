"""A copied course works at its first launch: it is recognised as a copy, and its links take over
what a teacher set in the original. Nothing of the original's people comes along: no enrolments, no
work, no scores.

The history comes in custom parameters, which a teacher may write by hand in some platforms. So
only a link's settings are taken over, which tell nothing of anybody, and only from courses of the
same registration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from lti_tool.lti.claims import Launch
from lti_tool.lti.history import CONTEXT_HISTORY, LINK_HISTORY, ancestors
from lti_tool.models import Context, Deployment, ResourceLink, now
from lti_tool.services.launch_rows import picked
from lti_tool.services.link_options import without_past_dates

#: Links of the original looked at where the platform does not say which one was copied.
MANY = 500
Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Tenant:
    registration: int
    deployment: int


def note_copy(
    session: Session, launch: Launch, context: int, copied_from: int | None, link: int | None
) -> None:
    """Remember what ``context`` and ``link`` of a launch are copies of, and let the link take over
    what was set in its original. ``copied_from`` is what is known of the context so far. The
    caller commits."""
    tenant = _Tenant(launch.registration.id, launch.deployment.id)
    history = ancestors(launch.custom, CONTEXT_HISTORY)
    if copied_from is None and history:
        copied_from = set_origin(
            session, tenant.registration, launch.deployment.id, context, history
        )
    if link is None:
        return
    link_history = ancestors(launch.custom, LINK_HISTORY)
    if link_history or copied_from is not None:
        _inherit(session, tenant, link, link_history, copied_from, picked(launch))


def knows_any(session: Session, registration: int, history: Sequence[str]) -> bool:
    """Whether a course of ``history`` has been launched from."""
    found = select(Context.id).where(
        Context.deployment_pk.in_(_deployments(registration)), Context.context_id.in_(history)
    )
    return session.scalar(found.limit(1)) is not None


def set_origin(
    session: Session, registration: int, deployment: int, context: int, history: Sequence[str]
) -> int | None:
    """Note which known course of the registration ``context`` was copied from: the latest of
    ``history`` (the platform's ids). The caller commits."""
    rows = session.execute(
        select(Context.id, Context.context_id, Context.deployment_pk).where(
            Context.deployment_pk.in_(_deployments(registration)),
            Context.context_id.in_(history),
            Context.id != context,
        )
    ).all()
    if not rows:
        return None
    # An id is unique in its deployment alone: of two, the one of our own.
    best = min(rows, key=lambda row: (history.index(row[1]), row[2] != deployment))
    session.execute(
        update(Context)
        .where(Context.id == context, Context.copied_from_pk.is_(None))
        .values(copied_from_pk=best[0])
    )
    return int(best[0])


def _inherit(
    session: Session,
    tenant: _Tenant,
    link: int,
    history: Sequence[str],
    origin: int | None,
    picked: Options,
) -> None:
    """``picked`` is what the link began with: as long as it is just that, nobody has set anything
    in the copy, and what its original has come to be counts."""
    own = session.execute(_FACTS.where(ResourceLink.id == link)).one()
    if own.copied_from_pk is not None:
        return
    old = _by_history(session, tenant, own, history, origin)
    if old is None and origin is not None:
        old = _by_content(session, own, origin)
    if old is None:
        return
    values: dict[str, object] = {"copied_from_pk": old.id}
    if own.unit_id is None and old.unit_id is not None:
        # A link that names its unit in each launch names the part with it.
        values |= {"course_id": old.course_id, "unit_id": old.unit_id, "part": old.part}
    if own.options in ({}, picked):
        values["options"] = without_past_dates(old.options or {}, now())
    session.execute(
        update(ResourceLink)
        .where(ResourceLink.id == link, ResourceLink.copied_from_pk.is_(None))
        .values(**values)
    )


def _by_history(
    session: Session, tenant: _Tenant, own: Row[Any], history: Sequence[str], origin: int | None
) -> Row[Any] | None:
    """The link that the platform names as the original."""
    if not history:
        return None
    rows = session.execute(
        _FACTS.add_columns(Context.deployment_pk)
        .join(Context, Context.id == ResourceLink.context_pk)
        .where(
            Context.deployment_pk.in_(_deployments(tenant.registration)),
            ResourceLink.resource_link_id.in_(history),
            ResourceLink.id != own.id,
        )
    ).all()
    return min(
        rows,
        key=lambda row: (
            history.index(row.resource_link_id),
            row.context_pk != origin,
            row.deployment_pk != tenant.deployment,
        ),
        default=None,
    )


def _by_content(session: Session, own: Row[Any], origin: int) -> Row[Any] | None:
    """The link of the original course that shows the same unit; where ours names none, the one of
    the same title. None where that is not just one."""
    rows = session.execute(
        _FACTS.where(ResourceLink.context_pk == origin, ResourceLink.unit_id.is_not(None))
        .order_by(ResourceLink.id)
        .limit(MANY)
    ).all()
    titled = [row for row in rows if own.title and row.title == own.title]
    if own.unit_id is None:
        return titled[0] if len(titled) == 1 else None
    unit = (own.course_id, own.unit_id)
    shown = [row for row in rows if (row.course_id, row.unit_id) == unit]
    if len(shown) > 1:
        shown = [row for row in shown if row in titled]
    return shown[0] if len(shown) == 1 else None


def _deployments(registration: int) -> Any:
    return select(Deployment.id).where(Deployment.registration_id == registration)


_FACTS = select(
    ResourceLink.id,
    ResourceLink.context_pk,
    ResourceLink.resource_link_id,
    ResourceLink.title,
    ResourceLink.course_id,
    ResourceLink.unit_id,
    ResourceLink.part,
    ResourceLink.options,
    ResourceLink.copied_from_pk,
)
