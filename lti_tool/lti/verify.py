"""The strict check of a launch: from two form fields and a cookie to a typed ``Launch``.

The order is: the state is used up; the token is checked without any transaction open, since its
keyset may have to be fetched; the claims are checked; then, in the transaction that the caller
ends, the deployment is admitted and the nonce is used up."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_tool.lti.claims import Launch
from lti_tool.lti.keysets import Keysets
from lti_tool.lti.login_state import check_usable, digest
from lti_tool.lti.message import check_message, deployment_id_of, launch_of
from lti_tool.lti.platform import Platform
from lti_tool.lti.refusals import refuse
from lti_tool.lti.token import SignedClaims, check_token, valid_until
from lti_tool.models import (
    ConsumedNonce,
    Deployment,
    LoginState,
    Registration,
    RegistrationStatus,
)


def verify_launch(
    session: Session,
    keysets: Keysets,
    *,
    id_token: str | None,
    state: str | None,
    browser_secret: str | None,
    tool_origin: str,
    now: datetime,
) -> Launch:
    """Verify a launch or raise ``LaunchRejected``.

    Commits once on the way, when the state is used up: whatever comes of the launch the state is
    gone, and no transaction is open while a keyset is fetched. The nonce and a new deployment are
    left in the open transaction (on SQLite one that holds the write lock): commit them together
    with the user, context and link.

    ``browser_secret`` None: ``launch.cookie-missing``, with the state still usable, so that the
    page can bring the secret another way.
    """
    login = _take_login(session, state, browser_secret, now)
    if not id_token:
        raise refuse("token.missing")
    claims = check_token(keysets, login.platform, id_token, login.nonce, now)
    _begin_writing(session)
    registration = session.get(Registration, login.platform.id)
    if registration is None:
        raise refuse("launch.state-unknown")
    check_usable(registration)
    check_message(claims, registration, tool_origin)
    deployment = _admit_deployment(session, registration, deployment_id_of(claims), now)
    _use_nonce(session, registration, claims, login.nonce)
    return launch_of(claims, registration, deployment, tool_origin)


@dataclass(frozen=True, slots=True)
class _Login:
    platform: Platform
    nonce: str


def _take_login(
    session: Session, state: str | None, browser_secret: str | None, now: datetime
) -> _Login:
    """Use up the state: of any number of requests that bring it, one gets it (LTI Security
    Framework §5.1.1; OAuth 2.0 §10.12)."""
    if not state:
        raise refuse("launch.state-missing")
    if browser_secret is None:
        known = session.get(LoginState, digest(state))
        raise refuse("launch.state-unknown" if known is None else "launch.cookie-missing")
    _begin_writing(session)
    row = session.execute(
        delete(LoginState)
        .where(LoginState.state_hash == digest(state))
        .returning(
            LoginState.nonce,
            LoginState.browser_hash,
            LoginState.registration_id,
            LoginState.expires_at,
        )
    ).one_or_none()
    registration = None if row is None else session.get(Registration, row.registration_id)
    platform = None if registration is None else Platform.of(registration)
    session.commit()
    if row is None or platform is None:
        raise refuse("launch.state-unknown")
    if row.expires_at <= now:
        raise refuse("launch.state-expired")
    _check_browser(row.browser_hash, browser_secret)
    return _Login(platform, row.nonce)


def _check_browser(expected: str, browser_secret: str) -> None:
    """The browser is the one that began the login (against login CSRF)."""
    if not hmac.compare_digest(expected, digest(browser_secret)):
        raise refuse("launch.other-browser")


def _begin_writing(session: Session) -> None:
    """End what was read and begin a transaction that writes: on SQLite it takes the write lock at
    once (lti_tool.db), where a reader that turns writer could fail."""
    session.commit()
    session.connection(execution_options={"writes": True})


def _admit_deployment(
    session: Session, registration: Registration, deployment_id: str, now: datetime
) -> Deployment:
    """Deployments appear by themselves when the tool is added to another place of the platform
    (LTI Core §3.1.3): let in, or held for approval where the registration says so."""
    held = registration.hold_deployments
    status = RegistrationStatus.PENDING if held else RegistrationStatus.ACTIVE
    found = _find_deployment(session, registration, deployment_id)
    if found is None:
        insert = sqlite.insert if _is_sqlite(session) else postgresql.insert
        session.execute(
            insert(Deployment)
            .values(
                registration_id=registration.id,
                deployment_id=deployment_id,
                status=status,
                created_at=now,
            )
            .on_conflict_do_nothing()
        )
        found = _find_deployment(session, registration, deployment_id)
    if found is None or found.status == RegistrationStatus.PENDING:
        session.commit()
        raise refuse("deployment.pending", registration=registration.id)
    if found.status != RegistrationStatus.ACTIVE:
        raise refuse("deployment.suspended")
    return found


def _find_deployment(
    session: Session, registration: Registration, deployment_id: str
) -> Deployment | None:
    return session.scalars(
        select(Deployment).where(
            Deployment.registration_id == registration.id,
            Deployment.deployment_id == deployment_id,
        )
    ).one_or_none()


def _use_nonce(
    session: Session, registration: Registration, claims: SignedClaims, nonce: str
) -> None:
    """A nonce serves once, and is remembered for as long as its token could be valid (LTI
    Security Framework §5.1.3 (9)). One statement: of two at once, one inserts."""
    insert = sqlite.insert if _is_sqlite(session) else postgresql.insert
    inserted = session.execute(
        insert(ConsumedNonce)
        .values(
            registration_id=registration.id,
            nonce_hash=digest(nonce),
            expires_at=valid_until(claims),
        )
        .on_conflict_do_nothing()
        .returning(ConsumedNonce.nonce_hash)
    ).one_or_none()
    if inserted is None:
        raise refuse("token.replayed")


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
