"""What may be used once, and the keys that we sign with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.base import Base, now


class ConsumedNonce(Base):
    """A nonce that has been launched with, kept until its token can no longer be valid."""

    __tablename__ = "consumed_nonces"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True
    )
    nonce_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SigningKey(Base):
    """A key pair of the tool. The newest active one signs; retired ones stay in the keyset until
    ``retires_at`` so that tokens on their way still verify. The private part is encrypted with
    the tool's secret key. ``serial`` counts from 1, so that of many processes starting together
    only one makes the first key."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    serial: Mapped[int] = mapped_column(unique=True)
    public_pem: Mapped[str] = mapped_column(Text)
    private_encrypted: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)
    retires_at: Mapped[datetime | None]
