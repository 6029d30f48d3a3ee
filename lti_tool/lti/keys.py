"""The tool's own keys: made once, kept encrypted, rotated with overlap (LTI Security Framework 1.0
§6.2, §6.3)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_tool.errors import ConfigError
from lti_tool.lti.sealing import InvalidToken, seal, unseal
from lti_tool.models import SigningKey

DEFAULT_OVERLAP = timedelta(days=7)
BITS = 2048
#: With the one that signs.
MAX_PUBLISHED = 5
#: Bound to this use: the same secret derives other keys for other uses.
PURPOSE = b"lti_tool signing keys v1"


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key to sign with, and its id."""

    kid: str
    private_key: RSAPrivateKey = field(repr=False)


def current_key(session: Session, secret_key: str) -> Signer:
    """The key that signs now; made and committed where there is none yet, once even when many
    processes start together. Raises ``ConfigError`` where ``secret_key`` does not open it."""
    row = _newest(session)
    if row is None:
        _insert(session, secret_key, serial=1)
        session.commit()
        row = _newest(session)
        assert row is not None, "a key was inserted, by this process or another"
    return Signer(row.kid, _open(row.kid, row.private_encrypted, secret_key))


def rotate(session: Session, secret_key: str, overlap: timedelta = DEFAULT_OVERLAP) -> Signer:
    """Make a new signing key; the others stay in the keyset for ``overlap``. Commits."""
    current_key(session, secret_key)  # with a wrong secret nothing is retired
    serial = (session.scalar(select(func.max(SigningKey.serial))) or 0) + 1
    kid = _insert(session, secret_key, serial)
    if kid is not None:
        session.execute(
            update(SigningKey)
            .where(SigningKey.kid != kid, SigningKey.retires_at.is_(None))
            .values(retires_at=datetime.now(UTC) + overlap)
        )
        _retire_oldest(session)
    session.commit()
    return current_key(session, secret_key)


def rotate_old(session: Session, secret_key: str, age: timedelta) -> bool:
    """``rotate`` where the key that signs is older than ``age``; whether it was. Commits."""
    row = _newest(session)
    if row is None or datetime.now(UTC) - row.created_at < age:
        return False
    rotate(session, secret_key)
    return True


def published(session: Session, now: datetime) -> Sequence[SigningKey]:
    """The keys that stand in the keyset, the newest first."""
    return session.scalars(
        select(SigningKey)
        .where(SigningKey.retires_at.is_(None) | (SigningKey.retires_at > now))
        .order_by(SigningKey.serial.desc())
    ).all()


def _retire_oldest(session: Session) -> None:
    """However often one rotates, the keyset stays short: some platforms read few keys."""
    now = datetime.now(UTC)
    for row in published(session, now)[MAX_PUBLISHED:]:
        row.retires_at = now


def public_jwks(session: Session, now: datetime | None = None) -> dict[str, Any]:
    """The keyset that ``/lti/jwks`` serves (RFC 7517 §5). Call ``current_key`` when starting, so
    that it is never empty."""
    moment = now or datetime.now(UTC)
    rows = session.execute(
        select(SigningKey.kid, SigningKey.public_pem)
        .where(SigningKey.retires_at.is_(None) | (SigningKey.retires_at > moment))
        .order_by(SigningKey.serial.desc())
    )
    return {"keys": [_jwk(kid, pem) for kid, pem in rows]}


def _newest(session: Session) -> SigningKey | None:
    return session.scalars(
        select(SigningKey)
        .where(SigningKey.retires_at.is_(None))
        .order_by(SigningKey.serial.desc())
        .limit(1)
    ).one_or_none()


def _insert(session: Session, secret_key: str, serial: int) -> str | None:
    """Add key number ``serial``; None where another process was first. The insert begins its
    transaction, so that on SQLite no reader has to turn writer."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    kid = _thumbprint(private.public_key())
    session.commit()
    session.connection(execution_options={"writes": True})
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    return session.scalar(
        insert(SigningKey)
        .values(
            kid=kid,
            serial=serial,
            public_pem=_public_pem(private),
            private_encrypted=seal(_private_pem(private), secret_key, PURPOSE),
            created_at=datetime.now(UTC),
        )
        .on_conflict_do_nothing()
        .returning(SigningKey.kid)
    )


@lru_cache(maxsize=16)
def _open(kid: str, encrypted: bytes, secret_key: str) -> RSAPrivateKey:
    try:
        pem = unseal(encrypted, secret_key, PURPOSE)
    except InvalidToken:
        raise ConfigError(
            "config.secret-key-wrong",
            "LTI_TOOL_SECRET_KEY does not open the signing keys in the database. Set it to the "
            "secret that they were made with (on the embedded default it is kept beside the "
            "database, in the file secret-key), or, where that is lost, delete the rows of the "
            "table signing_keys: a new key is then made, and platforms fetch it by themselves.",
        ) from None
    key = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(key, RSAPrivateKey), "only RSA keys are stored"
    return key


def _private_pem(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _public_pem(key: RSAPrivateKey) -> str:
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def _thumbprint(key: RSAPublicKey) -> str:
    """A key id that says nothing but which key it is (in the manner of RFC 7638)."""
    numbers = key.public_numbers()
    canonical = f'{{"e":"{_b64(numbers.e)}","kty":"RSA","n":"{_b64(numbers.n)}"}}'
    digest = hashes.Hash(hashes.SHA256())
    digest.update(canonical.encode())
    return base64.urlsafe_b64encode(digest.finalize()).rstrip(b"=").decode()


def _jwk(kid: str, public_pem: str) -> dict[str, str]:
    key = serialization.load_pem_public_key(public_pem.encode())
    assert isinstance(key, RSAPublicKey), "only RSA keys are stored"
    numbers = key.public_numbers()
    return {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": kid,
        "e": _b64(numbers.e),
        "n": _b64(numbers.n),
    }


def _b64(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
