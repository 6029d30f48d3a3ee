"""The tool's own keys: made once, kept encrypted, rotated with overlap."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from sqlalchemy.orm import Session

DEFAULT_OVERLAP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key to sign with, and its id."""

    kid: str
    private_key: RSAPrivateKey = field(repr=False)


def current_key(session: Session, secret_key: str) -> Signer:
    """The key that signs now; made and committed where there is none yet, once even when many
    processes start together. Raises ``ConfigError`` where ``secret_key`` does not open it."""
    raise NotImplementedError


def rotate(session: Session, secret_key: str, overlap: timedelta = DEFAULT_OVERLAP) -> Signer:
    """Make a new signing key; the others stay in the keyset for ``overlap``. Commits."""
    raise NotImplementedError


def public_jwks(session: Session, now: datetime | None = None) -> dict[str, Any]:
    """The keyset that ``/lti/jwks`` serves (RFC 7517 §5). Call ``current_key`` when starting, so
    that it is never empty."""
    raise NotImplementedError
