"""Which platforms may launch: invitations, registration by an LMS itself or by hand, approval,
suspension."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session, selectinload

from lti_tool.errors import RequestRefused
from lti_tool.lti.registration import RegistrationValues
from lti_tool.models import Deployment, Invite, Registration, RegistrationStatus
from lti_tool.models.upsert import upsert
from lti_tool.services.launches import hash_secret


@dataclass(frozen=True, slots=True)
class NewInvite:
    """``token`` stands in the registration URL and nowhere else."""

    token: str = field(repr=False)
    expires_at: datetime


def invite(
    session: Session, *, lifetime: timedelta, hold: bool, auto: bool, now: datetime
) -> NewInvite:
    """Make a one-time registration URL's token. The caller commits."""
    token = secrets.token_urlsafe(16)
    expires_at = (now + lifetime).replace(microsecond=0)
    session.add(Invite(token_hash=hash_secret(token), expires_at=expires_at, hold=hold, auto=auto))
    return NewInvite(token, expires_at)


def find_invite(session: Session, token: str, now: datetime) -> Invite:
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


def use_invite(session: Session, invite_id: int, now: datetime) -> None:
    """Use the invitation up; of two at once one is refused. The caller commits."""
    used = session.execute(
        update(Invite)
        .where(Invite.id == invite_id, Invite.used_at.is_(None))
        .values(used_at=now)
        .returning(Invite.id)
    ).all()
    if not used:
        raise RequestRefused("invite.used", "This registration address has been used.", 410)


def give_back_invite(session: Session, invite_id: int) -> None:
    """The platform refused: the administrator may try again. The caller commits."""
    session.execute(update(Invite).where(Invite.id == invite_id).values(used_at=None))


def new_public_id() -> str:
    """The part of the login URL that names the registration. No secret, but not guessable."""
    return secrets.token_hex(8)


def add_registration(
    session: Session,
    values: RegistrationValues,
    *,
    public_id: str,
    status: RegistrationStatus = RegistrationStatus.ACTIVE,
    hold_deployments: bool = False,
    allow_anonymous: bool = False,
) -> Registration:
    """Register a platform. The caller commits. Raises ``RequestRefused`` where issuer and client
    id are registered already."""
    existing = _by_client(session, values.issuer, values.client_id)
    if existing is not None:
        raise RequestRefused(
            "registration.exists",
            f"{values.issuer} with client id {values.client_id} is registered as {existing.id}.",
            409,
        )
    registration = Registration(
        public_id=public_id,
        name=values.name[:255],
        issuer=values.issuer,
        client_id=values.client_id,
        auth_url=values.auth_url,
        token_url=values.token_url,
        jwks_url=values.jwks_url,
        token_audience=values.token_audience,
        product=values.product[:64],
        status=status,
        hold_deployments=hold_deployments,
        allow_anonymous=allow_anonymous,
    )
    session.add(registration)
    session.flush()
    for deployment_id in dict.fromkeys(values.deployment_ids):
        keys = {"registration_id": registration.id, "deployment_id": deployment_id}
        upsert(session, Deployment, keys, defaults={"status": RegistrationStatus.ACTIVE})
    return registration


def finish_invite(session: Session, invite_id: int, registration: Registration) -> None:
    """Note what came of an invitation, and forget the LMS's token. The caller commits."""
    session.execute(
        update(Invite)
        .where(Invite.id == invite_id)
        .values(registration_id=registration.id, request=None)
    )


def list_registrations(session: Session) -> Sequence[Registration]:
    return session.scalars(
        select(Registration)
        .options(selectinload(Registration.deployments))
        .order_by(Registration.id)
    ).all()


def find_registration(session: Session, key: str) -> Registration:
    """A registration by its number or its public id. Raises ``RequestRefused``."""
    number = int(key) if key.isascii() and key.isdigit() and len(key) < 10 else -1
    found = session.scalars(
        select(Registration)
        .where(or_(Registration.public_id == key, Registration.id == number))
        .options(selectinload(Registration.deployments))
    ).first()
    if found is None:
        raise RequestRefused("registration.unknown", f"There is no registration {key}.", 404)
    return found


def by_public_id(session: Session, public_id: str) -> Registration | None:
    return session.scalars(
        select(Registration).where(Registration.public_id == public_id)
    ).one_or_none()


def approve(session: Session, registration: Registration) -> None:
    """Let the platform in, and those of its deployments that waited. The caller commits."""
    registration.status = RegistrationStatus.ACTIVE
    for deployment in registration.deployments:
        if deployment.status == RegistrationStatus.PENDING:
            deployment.status = RegistrationStatus.ACTIVE


def suspend(session: Session, registration: Registration) -> None:
    """Let the platform in no more: logins, launches and open pages end at once, scores wait. The
    caller commits."""
    registration.status = RegistrationStatus.SUSPENDED


def purge_invites(session: Session, now: datetime) -> int:
    """Delete invitations a month after they expired; how many went. The caller commits."""
    gone = session.execute(delete(Invite).where(Invite.expires_at < now - timedelta(days=30)))
    return int(getattr(gone, "rowcount", 0))


def _by_client(session: Session, issuer: str, client_id: str) -> Registration | None:
    return session.scalars(
        select(Registration).where(
            Registration.issuer == issuer, Registration.client_id == client_id
        )
    ).one_or_none()
