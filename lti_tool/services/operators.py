"""The console's accounts: made, reset and removed by command, locked after wrong passwords."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.errors import RequestRefused
from lti_tool.models import Operator
from lti_tool.services import audit

MIN_PASSWORD = 12
#: Wrong passwords or codes in a row until the account is locked, and for how long.
MAX_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)


def new_password() -> str:
    """120 random bits, in groups that can be read out."""
    return "-".join(secrets.token_hex(5) for _ in range(3))


def add(session: Session, email: str, password: str, actor: str) -> Operator:
    """Make an account; the second factor is set up at the first sign-in. The caller commits.
    Raises ``RequestRefused`` where the address is none or has an account, or the password is
    too short."""
    address = _address(email)
    if _by_email(session, address) is not None:
        raise RequestRefused(
            "operator.exists",
            f"{address} has an account; a new password: lti-tool operators reset {address}",
            409,
        )
    made = Operator(email=address, password=_hash(password), fs_uniquifier=secrets.token_hex(32))
    session.add(made)
    audit.note(session, actor, "operator.added", address)
    return made


def reset(session: Session, email: str, password: str, actor: str) -> Operator:
    """A new password; the second factor and its recovery codes are cleared, the account unlocked,
    and every open session ends. The caller commits."""
    found = find(session, email)
    found.password = _hash(password)
    found.fs_uniquifier = secrets.token_hex(32)
    found.tf_primary_method = found.tf_totp_secret = found.totp_counter = None
    found.mf_recovery_codes = None
    found.failed_sign_ins, found.locked_until = 0, None
    audit.note(session, actor, "operator.reset", found.email)
    return found


def remove(session: Session, email: str, actor: str) -> None:
    """Delete the account; its sessions end at once. The caller commits."""
    found = find(session, email)
    session.delete(found)
    audit.note(session, actor, "operator.removed", found.email)


def find(session: Session, email: str) -> Operator:
    """Raises ``RequestRefused`` where there is none."""
    found = _by_email(session, email)
    if found is None:
        raise RequestRefused("operator.unknown", f"There is no operator {email}.", 404)
    return found


def list_operators(session: Session) -> Sequence[Operator]:
    return session.scalars(select(Operator).order_by(Operator.email)).all()


def exist(session: Session) -> bool:
    """Whether anybody can sign in at all."""
    return session.scalar(select(Operator.id).limit(1)) is not None


def note_failure(operator: Operator, now: datetime) -> None:
    """A wrong password or code: after some in a row the account is locked. The caller commits."""
    operator.failed_sign_ins += 1
    if operator.failed_sign_ins >= MAX_FAILURES:
        operator.failed_sign_ins = 0
        operator.locked_until = now + LOCKED_FOR


def note_sign_in(operator: Operator, now: datetime) -> None:
    """Both factors were right. The caller commits."""
    operator.failed_sign_ins, operator.locked_until = 0, None
    operator.signed_in_at = now


def is_locked(operator: Operator, now: datetime) -> bool:
    return operator.locked_until is not None and operator.locked_until > now


def _address(email: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError:
        raise RequestRefused("operator.email", f"{email!r} is no e-mail address.") from None


def _by_email(session: Session, email: str) -> Operator | None:
    return session.scalars(
        select(Operator).where(func.lower(Operator.email) == email.strip().lower())
    ).one_or_none()


def _hash(password: str) -> str:
    """argon2id; normalised as Flask-Security does before it compares."""
    if len(password) < MIN_PASSWORD:
        raise RequestRefused(
            "operator.password", f"A password needs at least {MIN_PASSWORD} characters."
        )
    from argon2 import PasswordHasher

    return PasswordHasher().hash(unicodedata.normalize("NFKD", password))
