"""Which platforms may launch: registration by an LMS itself or by hand, bringing up to date,
approval, suspension, deletion."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session, selectinload

from lti_tool.errors import RequestRefused
from lti_tool.lti.platform import name_of_host
from lti_tool.lti.registration import RegistrationValues
from lti_tool.lti.text import text
from lti_tool.models import (
    Attempt,
    Context,
    Deployment,
    Registration,
    RegistrationStatus,
    UnitProgress,
    User,
)
from lti_tool.models.upsert import upsert

#: Letters of a platform's name.
NAME_LIMIT = 255


def new_public_id() -> str:
    """The part of the login URL that names the registration. No secret, but not guessable."""
    return secrets.token_hex(8)


def is_public_id(value: str) -> bool:
    """Whether ``value`` looks like one: they are made before the registration, by hand."""
    return re.fullmatch(r"[0-9a-f]{16}", value) is not None


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
    existing = by_client(session, values.issuer, values.client_id)
    if existing is not None:
        raise _exists(existing)
    registration = Registration(
        public_id=public_id,
        name=text(values.name, NAME_LIMIT) or name_of_host(values.issuer),
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
    _add_deployments(session, registration, values.deployment_ids, RegistrationStatus.ACTIVE)
    return registration


def update_registration(
    session: Session, registration: Registration, values: RegistrationValues
) -> None:
    """Take over what the platform says of itself now. People, scores, name, status and options
    stay, and so do deployments; new ones come as their setting says. The caller commits. Raises
    ``RequestRefused`` where issuer and client id are another registration's."""
    other = by_client(session, values.issuer, values.client_id)
    if other is not None and other.id != registration.id:
        raise _exists(other)
    registration.issuer = values.issuer
    registration.client_id = values.client_id
    registration.auth_url = values.auth_url
    registration.token_url = values.token_url
    registration.jwks_url = values.jwks_url
    registration.token_audience = values.token_audience
    registration.product = values.product[:64] or registration.product
    session.flush()
    _add_deployments(session, registration, values.deployment_ids)


def rename(registration: Registration, name: str) -> None:
    """Raises ``RequestRefused`` where ``name`` is empty or too long. The caller commits."""
    name = text(" ".join(name.split()), NAME_LIMIT + 1) or ""
    if not name:
        raise RequestRefused("registration.name", "A platform needs a name.")
    if len(name) > NAME_LIMIT:
        raise RequestRefused(
            "registration.name", f"A platform's name has {NAME_LIMIT} letters at most."
        )
    registration.name = name


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is deleted with a registration."""

    deployments: int
    courses: int
    people: int
    scores: int


def holdings(session: Session, registration: Registration) -> Holdings:
    def count(statement: Select[int]) -> int:
        return session.scalar(statement) or 0

    own = Deployment.registration_id == registration.id
    return Holdings(
        deployments=count(select(func.count(Deployment.id)).where(own)),
        courses=count(select(func.count(Context.id)).join(Context.deployment).where(own)),
        people=count(select(func.count(User.id)).where(User.registration_id == registration.id)),
        scores=count(
            select(func.count(Attempt.id))
            .join(Attempt.progress)
            .join(UnitProgress.user)
            .where(User.registration_id == registration.id, Attempt.handed_in_at.is_not(None))
        ),
    )


def delete_registration(session: Session, registration: Registration) -> None:
    """Delete the registration with its deployments, courses, people, attempts and scores. What
    the LMS holds stays there. The caller commits."""
    number = registration.id
    session.expunge(registration)
    session.execute(delete(Registration).where(Registration.id == number))


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


def resume(session: Session, registration: Registration) -> None:
    """Let a suspended platform in again; deployments stay as they are. The caller commits."""
    registration.status = RegistrationStatus.ACTIVE


def find_deployment(registration: Registration, number: int) -> Deployment:
    """One of its deployments by the row's number. Raises ``RequestRefused``."""
    for deployment in registration.deployments:
        if deployment.id == number:
            return deployment
    raise RequestRefused("deployment.unknown", f"There is no deployment {number}.", 404)


def suspend(session: Session, registration: Registration) -> None:
    """Let the platform in no more: logins, launches and open pages end at once, scores wait. The
    caller commits."""
    registration.status = RegistrationStatus.SUSPENDED


def _add_deployments(
    session: Session,
    registration: Registration,
    deployment_ids: Sequence[str],
    status: RegistrationStatus | None = None,
) -> None:
    """Deployments that were not known; those known keep their status."""
    held = RegistrationStatus.PENDING if registration.hold_deployments else None
    given = status or held or RegistrationStatus.ACTIVE
    for deployment_id in dict.fromkeys(deployment_ids):
        keys = {"registration_id": registration.id, "deployment_id": deployment_id}
        upsert(session, Deployment, keys, defaults={"status": given})


def _exists(existing: Registration) -> RequestRefused:
    return RequestRefused(
        "registration.exists",
        f"{existing.issuer} with client id {existing.client_id} is registered as {existing.id}.",
        409,
    )


def by_client(session: Session, issuer: str, client_id: str) -> Registration | None:
    """The registration of an issuer's client id."""
    return session.scalars(
        select(Registration).where(
            Registration.issuer == issuer, Registration.client_id == client_id
        )
    ).one_or_none()
