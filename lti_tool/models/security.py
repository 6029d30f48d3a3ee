"""What may be used once, and the keys that we sign with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.base import Base, now


class LoginState(Base):
    """One login on its way to the platform and back: the state, the nonce that its token must carry
    and the browser it began in. Deleted when used (LTI Security Framework 1.0 §5.1.1). ``request``
    is what the platform sent, to begin anew in a window of its own where a frame lost our cookie.
    """

    __tablename__ = "login_states"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(64))
    browser_hash: Mapped[str] = mapped_column(String(64))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    target_link_uri: Mapped[str] = mapped_column(String(2000))
    request: Mapped[dict[str, str] | None] = mapped_column(JSON)
    expires_at: Mapped[datetime] = mapped_column(index=True)


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
