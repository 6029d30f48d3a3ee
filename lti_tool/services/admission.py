"""The way in. Every launch of everybody passes here, so it is short: a login reads once and writes
nothing; a launch reads once, is checked, and is written down in one transaction. Where another one
has just read the same, it is checked by that, and written on condition that it still holds."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Engine, select, update

from lti_tool.direct import Direct, Writing, directly
from lti_tool.errors import LaunchRejected
from lti_tool.lti.claims import DEEP_LINKING, Launch
from lti_tool.lti.keysets import Keysets
from lti_tool.lti.login_state import digest
from lti_tool.lti.platform import KnownDeployment, Platform, name_of_host
from lti_tool.lti.refusals import refuse
from lti_tool.lti.states import LoginState
from lti_tool.lti.token import UnverifiedToken, read_token
from lti_tool.lti.verify import Proof, leading_back, verify
from lti_tool.models import (
    ConsumedNonce,
    Context,
    Deployment,
    Enrolment,
    LaunchSession,
    Registration,
    RegistrationStatus,
    ResourceLink,
    User,
)
from lti_tool.models.chain import Condition, Number, Row, write
from lti_tool.models.upsert import upsert
from lti_tool.services import launch_rows, legacy, offers
from lti_tool.services.known import Known, look_up, place_of, still
from lti_tool.services.lately import LatelyKnown
from lti_tool.services.launches import OpenedLaunch, hash_secret
from lti_tool.services.subjects import find_subject

#: The platform's clock is noted again where it moved by more than this, or after this long.
SKEW_SECONDS = 1.0
SKEW_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class VerifiedLaunch:
    """A launch that has passed every check and has not been written down."""

    proof: Proof = field(repr=False)
    known: Known
    #: What must still be so when it is written down; None where ``known`` was read just now.
    condition: Condition | None = None

    @property
    def launch(self) -> Launch:
        return self.proof.launch


def admit(
    engine: Engine,
    keysets: Keysets,
    lately: LatelyKnown,
    login: LoginState,
    id_token: str | None,
    *,
    tool_origin: str,
    secret_key: str,
    browser_cookie: str | None,
    lifetime: timedelta,
    now: datetime,
) -> OpenedLaunch:
    """Check the launch of ``login`` and open its session, once: of any number of requests that
    bring the same state, one gets in. Raises ``LaunchRejected``. ``browser_cookie`` is given where
    the browser has shown that it keeps our cookies: the session is bound to it."""

    token = read_token(id_token)
    place = place_of(login, token)

    def enter(
        connection: Direct, known: Known, condition: Condition | None
    ) -> tuple[OpenedLaunch, bool]:
        verified = verify_launch(
            connection, keysets, login, token, known, condition, tool_origin=tool_origin, now=now
        )
        with leading_back(verified.proof.claims):
            return open_launch(connection, verified, browser_cookie, secret_key, lifetime, now)

    def work(connection: Direct) -> OpenedLaunch:
        known = lately.recall(place)
        if known is not None:
            with suppress(LaunchRejected):  # what was read a moment ago refuses nobody either
                opened, is_new = enter(connection, known, still(place, known))
                if is_new:
                    lately.forget(place)
                return opened
        asked_at = lately.now()
        known = look_up(connection, place)
        opened, is_new = enter(connection, known, None)
        if not is_new and still(place, known) is not None:
            lately.remember(place, known, asked_at)
        return opened

    return directly(engine, work)


def verify_launch(
    connection: Direct,
    keysets: Keysets,
    login: LoginState,
    token: UnverifiedToken,
    known: Known,
    condition: Condition | None = None,
    *,
    tool_origin: str,
    now: datetime,
) -> VerifiedLaunch:
    """Every check that needs no transaction. Raises ``LaunchRejected``."""

    def deployment_of(deployment_id: str) -> KnownDeployment:
        deployment = known.deployment
        if deployment is None:
            deployment = _new_deployment(connection.engine, known.platform, deployment_id, now)
        if deployment.status == RegistrationStatus.PENDING:
            raise refuse("deployment.pending", registration=known.platform.id)
        if deployment.status != RegistrationStatus.ACTIVE:
            raise refuse("deployment.suspended")
        return deployment

    proof = verify(
        keysets, known.platform, login, token, deployment_of, tool_origin=tool_origin, now=now
    )
    if login.in_window and proof.launch.message_type == DEEP_LINKING:
        with leading_back(proof.claims):
            raise refuse("launch.picker-needs-cookie")  # its answer would reach the wrong window
    return VerifiedLaunch(proof, known, condition)


def open_launch(
    connection: Direct,
    verified: VerifiedLaunch,
    browser_cookie: str | None,
    secret_key: str,
    lifetime: timedelta,
    now: datetime,
) -> tuple[OpenedLaunch, bool]:
    """Use the nonce up, remember who launched what, and open a session; whether anything of the
    platform, course or link was new. Raises ``LaunchRejected``."""
    try:
        return _write(connection, verified, browser_cookie, secret_key, lifetime, now)
    except connection.integrity_errors:
        # The course or link was deleted since it was read: it is made anew.
        known = verified.known
        fresh = VerifiedLaunch(
            verified.proof,
            Known(known.platform, known.public_id, known.skew_seconds, known.skew_at),
            verified.condition,
        )
        return _write(connection, fresh, browser_cookie, secret_key, lifetime, now)


def _write(
    connection: Direct,
    verified: VerifiedLaunch,
    browser_cookie: str | None,
    secret_key: str,
    lifetime: timedelta,
    now: datetime,
) -> tuple[OpenedLaunch, bool]:
    launch = verified.launch
    session = launch_rows.session(launch)
    handle = secrets.token_urlsafe(16)

    def work(transaction: Writing) -> bool:
        count = transaction.count
        if launch.legacy is not None:
            legacy.rename(transaction.core, launch, secret_key, now)
        context = _context(transaction, verified)
        link = _link(transaction, verified, context)
        if context is not None:
            offers.take_up(transaction, launch, context, link, known=verified.known, now=now)
        user = launch_rows.user(launch)
        if launch.for_user is not None:
            upsert(transaction, User, *user)  # it may be oneself
        subject = find_subject(transaction, launch, context, link)
        _note_skew(transaction, verified, now)
        _note_name(transaction, verified)
        is_new = transaction.count > count
        rows = [_nonce(verified), Row(User, *user)]
        if context is not None:
            rows.append(Row(Enrolment, *launch_rows.enrolment(launch, context, Number(User), now)))
        opened = {
            **session,
            "cookie_hash": hash_secret(browser_cookie) if browser_cookie else None,
            "user_id": Number(User),
            "for_user_id": subject.user,
            "context_pk": subject.context,
            "link_pk": subject.link,
            "deployment_pk": launch.deployment.id,
            "expires_at": now + lifetime,
            "created_at": now,
        }
        keys = {"handle_hash": hash_secret(handle)}
        rows.append(Row(LaunchSession, keys, defaults=opened, once=True))
        if not write(transaction, rows, verified.condition):
            raise refuse("launch.state-unknown")
        return is_new

    is_new = connection.write(work)
    return OpenedLaunch(handle, str(session["kind"]), bool(session["is_instructor"])), is_new


def _nonce(verified: VerifiedLaunch) -> Row:
    """A nonce serves once, and its state with it (LTI Security Framework §5.1.1, §5.1.3 (9)): of
    two at once, one is written."""
    keys = {
        "registration_id": verified.known.platform.id,
        "nonce_hash": digest(verified.proof.nonce),
    }
    return Row(
        ConsumedNonce, keys, defaults={"expires_at": verified.proof.remember_until}, once=True
    )


def _context(transaction: Writing, verified: VerifiedLaunch) -> int | None:
    row = launch_rows.context(verified.launch)
    return None if row is None else _keep(transaction, Context, *row, dict, verified.known.context)


def _link(transaction: Writing, verified: VerifiedLaunch, context: int | None) -> int | None:
    row = None if context is None else launch_rows.link(verified.launch, context)
    if row is None:
        return None
    new = partial(launch_rows.new_link, verified.launch)
    return _keep(transaction, ResourceLink, *row, new, verified.known.link)


def _keep(
    transaction: Writing,
    model: type[Context] | type[ResourceLink],
    keys: Mapping[str, object],
    values: Mapping[str, object],
    defaults: Callable[[], Mapping[str, object]],
    known: Mapping[str, object] | None,
) -> int:
    """The number of the row, written only where the launch tells something new."""
    if known is not None and all(known[name] == value for name, value in values.items()):
        return int(str(known["id"]))
    return int(upsert(transaction, model, keys, values, defaults()))


def _note_skew(transaction: Writing, verified: VerifiedLaunch, now: datetime) -> None:
    """The platform's clock minus ours, for the operators to see."""
    known = verified.known
    skew = (verified.proof.issued_at - now).total_seconds()
    if known.skew_seconds is not None and known.skew_at is not None:
        moved = abs(skew - known.skew_seconds) > SKEW_SECONDS
        if not moved and now - known.skew_at < SKEW_EVERY:
            return
    transaction.core.execute(
        update(Registration)
        .where(Registration.id == known.platform.id)
        .values(skew_seconds=skew, skew_at=now)
    )


def _note_name(transaction: Writing, verified: VerifiedLaunch) -> None:
    """A registration that nobody has named takes the name that its platform tells of itself."""
    platform, told = verified.known.platform, verified.launch.platform.name
    if told in (None, verified.known.name):
        return
    if verified.known.name != name_of_host(platform.issuer):
        return
    transaction.core.execute(
        update(Registration)
        .where(Registration.id == platform.id, Registration.name == verified.known.name)
        .values(name=told)
    )


def _new_deployment(
    engine: Engine, platform: Platform, deployment_id: str, now: datetime
) -> KnownDeployment:
    """Deployments appear by themselves when the tool is added to another place of the platform
    (LTI Core §3.1.3): let in, or held for approval where the registration says so. Committed by
    itself, so that one that is held can be approved."""
    held = platform.hold_deployments
    status = RegistrationStatus.PENDING if held else RegistrationStatus.ACTIVE
    keys = {"registration_id": platform.id, "deployment_id": deployment_id}
    with engine.execution_options(writes=True).begin() as connection:
        upsert(connection, Deployment, keys, {}, {"status": status, "created_at": now})
        row = connection.execute(
            select(Deployment.id, Deployment.deployment_id, Deployment.status).filter_by(**keys)
        ).one()
    return KnownDeployment(*row)
