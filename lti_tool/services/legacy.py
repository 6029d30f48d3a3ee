"""From LTI 1.1 to 1.3 without losing anybody (LTI 1.3 Migration Guide §6): what is known under an
id of LTI 1.1 gets the id that the platform uses now, where it proves that both are its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, exists, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_tool.lti.claims import Launch, LegacyClaim
from lti_tool.lti.legacy import is_signed
from lti_tool.lti.sealing import InvalidToken, seal, unseal
from lti_tool.models import Context, LaunchRefusal, LegacyConsumer, ResourceLink, User
from lti_tool.models.upsert import upsert

_log = structlog.get_logger(__name__)

PURPOSE = b"lti_tool legacy consumer secrets v1"
#: The launch goes on: this is for the operators to see, among the refusals, this often at most.
WRONG = "legacy.signature-wrong"
UNKNOWN = "legacy.key-unknown"
SEALED = "legacy.secret-unreadable"
NOTE_EVERY = timedelta(hours=1)


def keep_consumer(
    session: Session, registration: int, key: str, secret: str, secret_key: str, now: datetime
) -> None:
    """Remember an LTI 1.1 consumer of the registration's platform, or its new secret. The caller
    commits."""
    upsert(
        session,
        LegacyConsumer,
        {"registration_id": registration, "key": key},
        {"secret_encrypted": seal(secret.encode(), secret_key, PURPOSE)},
        {"created_at": now},
    )


def forget_consumer(session: Session, registration: int, number: int) -> str | None:
    """Remove one of the registration's consumers; its key, None where there was none of that
    number. The caller commits."""
    found = session.scalars(
        select(LegacyConsumer).where(
            LegacyConsumer.id == number, LegacyConsumer.registration_id == registration
        )
    ).one_or_none()
    if found is None:
        return None
    session.delete(found)
    return found.key


def rename(connection: Connection, launch: Launch, secret_key: str, now: datetime) -> None:
    """Where the launch proves that it also comes from an LTI 1.1 consumer that we know: give user,
    course and link the ids of this launch where they are known by the old ones alone. To be called
    before the launch is written down; a claim without proof changes nothing. The caller commits."""
    with Session(connection) as session:
        if launch.legacy and _proven(session, launch, launch.legacy, secret_key, now):
            _rename_all(session, launch, launch.legacy)
        session.flush()


def _rename_all(session: Session, launch: Launch, claim: LegacyClaim) -> None:
    registration, deployment = launch.registration.id, launch.deployment.id
    if claim.user_id is not None and launch.sub is not None:
        _rename(session, User, {"registration_id": registration}, "sub", claim.user_id, launch.sub)
    context = launch.context
    if context is None:
        return
    if claim.context_id is not None:
        here = {"deployment_pk": deployment}
        _rename(session, Context, here, "context_id", claim.context_id, context.id)
    link = launch.resource_link
    if claim.resource_link_id is not None and link is not None:
        number = session.scalar(
            select(Context.id).filter_by(deployment_pk=deployment, context_id=context.id)
        )
        place, old = {"context_pk": number}, claim.resource_link_id
        _rename(session, ResourceLink, place, "resource_link_id", old, link.id)


def _proven(
    session: Session, launch: Launch, claim: LegacyClaim, secret_key: str, now: datetime
) -> bool:
    rows = session.execute(
        select(LegacyConsumer.key, LegacyConsumer.secret_encrypted).where(
            LegacyConsumer.registration_id == launch.registration.id
        )
    )
    consumers = {key: sealed for key, sealed in rows}  # noqa: C416 - typed as pairs
    if not consumers:
        return False  # nobody has said that this platform was known before
    sealed, fault = consumers.get(claim.key), UNKNOWN
    if sealed is not None:
        try:
            if is_signed(claim, unseal(sealed, secret_key, PURPOSE).decode()):
                return True
            fault = WRONG
        except InvalidToken:  # the tool has another secret by now
            fault = SEALED
    _note(session, launch.registration.id, fault, now)
    return False


def _note(session: Session, registration: int, code: str, now: datetime) -> None:
    """Once an hour: a platform sends the claim with each launch."""
    lately = exists().where(
        LaunchRefusal.registration_id == registration,
        LaunchRefusal.code == code,
        LaunchRefusal.at > now - NOTE_EVERY,
    )
    if not session.scalar(select(lately)):
        session.add(LaunchRefusal(registration_id=registration, code=code, at=now))
        session.flush()
        _log.warning("legacy.unproven", registration=registration, code=code)


def _rename(
    session: Session,
    model: type[User] | type[Context] | type[ResourceLink],
    place: Mapping[str, int | None],
    column: str,
    old: str,
    new: str,
) -> None:
    if old == new:
        return
    name: InstrumentedAttribute[str] = getattr(model, column)
    rows = session.execute(select(name, model.id).filter_by(**place).where(name.in_((old, new))))
    numbers = {known: number for known, number in rows}  # noqa: C416 - typed as pairs
    if old in numbers and new not in numbers:
        session.execute(update(model).where(model.id == numbers[old]).values({column: new}))
        _log.info("legacy.renamed", what=model.__tablename__, number=numbers[old])
