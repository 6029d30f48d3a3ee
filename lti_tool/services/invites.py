"""Invitations to register: one-time, expiring addresses for the administrators of LMSs."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lti_tool.errors import RequestRefused
from lti_tool.models import Invite, Registration
from lti_tool.services.launches import hash_secret


@dataclass(frozen=True, slots=True)
class NewInvite:
    """``token`` stands in the registration URL and nowhere else."""

    token: str = field(repr=False)
    expires_at: datetime


def invite(
    session: Session,
    *,
    lifetime: timedelta,
    hold: bool,
    auto: bool,
    now: datetime,
    replaces: Registration | None = None,
) -> NewInvite:
    """Make a one-time registration URL's token. With ``replaces`` it brings that registration up
    to date instead of making another. The caller commits."""
    token = secrets.token_urlsafe(16)
    expires_at = (now + lifetime).replace(microsecond=0)
    session.add(
        Invite(
            token_hash=hash_secret(token),
            expires_at=expires_at,
            hold=hold,
            auto=auto,
            replaces_id=replaces.id if replaces is not None else None,
        )
    )
    return NewInvite(token, expires_at)


def list_open(session: Session, now: datetime) -> Sequence[Invite]:
    """Invitations that can still be used, the newest first."""
    return session.scalars(
        select(Invite)
        .where(Invite.used_at.is_(None), Invite.expires_at > now)
        .order_by(Invite.id.desc())
    ).all()


def open_count(session: Session, now: datetime) -> int:
    """How many can still be used."""
    return len(list_open(session, now))


def revoke(session: Session, number: int) -> None:
    """Make an unused invitation useless. The caller commits. Raises ``RequestRefused``."""
    gone = session.execute(
        delete(Invite).where(Invite.id == number, Invite.used_at.is_(None)).returning(Invite.id)
    ).all()
    if not gone:
        raise RequestRefused("invite.unknown", f"There is no open invitation {number}.", 404)


def find(session: Session, token: str, now: datetime) -> Invite:
    """The invitation of ``token``, still usable. Raises ``RequestRefused``."""
    found = session.scalars(
        select(Invite).where(Invite.token_hash == hash_secret(token))
    ).one_or_none()
    if found is None:
        raise RequestRefused("invite.unknown", "This registration address is not known.", 404)
    if found.used_at is not None:
        raise RequestRefused("invite.used", "This registration address has been used.", 410)
    if found.expires_at <= now:
        raise RequestRefused("invite.expired", "This registration address has expired.", 410)
    return found


def remember_request(session: Session, found: Invite, request: dict[str, Any]) -> None:
    """Keep what the LMS sent until its administrator confirms. The caller commits."""
    found.request = request


def use(session: Session, invite_id: int, now: datetime) -> None:
    """Use the invitation up; of two at once one is refused. The caller commits."""
    used = session.execute(
        update(Invite)
        .where(Invite.id == invite_id, Invite.used_at.is_(None))
        .values(used_at=now)
        .returning(Invite.id)
    ).all()
    if not used:
        raise RequestRefused("invite.used", "This registration address has been used.", 410)


def give_back(session: Session, invite_id: int) -> None:
    """The platform refused: the administrator may try again. The caller commits."""
    session.execute(update(Invite).where(Invite.id == invite_id).values(used_at=None))


def finish(session: Session, invite_id: int, registration: Registration) -> None:
    """Note what came of an invitation, and forget the LMS's token. The caller commits."""
    session.execute(
        update(Invite)
        .where(Invite.id == invite_id)
        .values(registration_id=registration.id, request=None)
    )


def purge(session: Session, now: datetime) -> int:
    """Delete invitations a month after they expired; how many went. The caller commits."""
    gone = session.execute(delete(Invite).where(Invite.expires_at < now - timedelta(days=30)))
    return int(getattr(gone, "rowcount", 0))
