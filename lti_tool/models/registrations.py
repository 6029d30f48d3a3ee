"""Who may launch: platforms registered with the tool, their deployments, and invitations to
register."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.models.base import Base, now


class RegistrationStatus(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Registration(Base):
    """One issuer and client id: the trust between one LMS and this tool (LTI Core 1.3 §3.1.3).

    ``public_id`` stands in the login URL, since some LMSs send no ``client_id`` at login.
    ``product`` is the LMS's product family (``moodle``, ``canvas`` …), the key to its quirks.
    """

    __tablename__ = "registrations"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    issuer: Mapped[str] = mapped_column(String(1000))
    client_id: Mapped[str] = mapped_column(String(255))
    auth_url: Mapped[str] = mapped_column(String(2000))
    token_url: Mapped[str] = mapped_column(String(2000))
    jwks_url: Mapped[str] = mapped_column(String(2000))
    token_audience: Mapped[str | None] = mapped_column(String(2000))
    product: Mapped[str] = mapped_column(String(64), default="")
    status: Mapped[str] = mapped_column(String(16), default=RegistrationStatus.ACTIVE)
    hold_deployments: Mapped[bool] = mapped_column(default=False)
    allow_anonymous: Mapped[bool] = mapped_column(default=False)
    #: Until then no service of the platform is called: it has asked for a pause (Retry-After).
    paused_until: Mapped[datetime | None]
    #: The platform's clock minus ours, in seconds, as a launch last showed it.
    skew_seconds: Mapped[float | None]
    skew_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    deployments: Mapped[list[Deployment]] = relationship(
        back_populates="registration", cascade="all, delete-orphan"
    )


class Deployment(Base):
    """A deployment of a registration; (registration, deployment) is the tenant."""

    __tablename__ = "deployments"
    __table_args__ = (UniqueConstraint("registration_id", "deployment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    deployment_id: Mapped[str] = mapped_column(String(255))
    status: Mapped[str] = mapped_column(String(16), default=RegistrationStatus.ACTIVE)
    #: The platform notification service of this deployment (PNS 1.0), and what we asked it for.
    notices_url: Mapped[str | None] = mapped_column(String(2000))
    notices: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(default=now)

    registration: Mapped[Registration] = relationship(back_populates="deployments")


class Invite(Base):
    """A one-time, expiring registration URL. ``hold`` leaves the registration pending; ``auto``
    registers on the first GET, without a page to confirm. With ``replaces_id`` it brings an
    existing registration up to date: its people and scores stay."""

    __tablename__ = "invites"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    hold: Mapped[bool] = mapped_column(default=False)
    auto: Mapped[bool] = mapped_column(default=False)
    #: What the LMS sent on the first GET, kept until an administrator confirms by POST.
    request: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registrations.id", ondelete="SET NULL")
    )
    replaces_id: Mapped[int | None] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE")
    )
    created_at: Mapped[datetime] = mapped_column(default=now)


class LegacyConsumer(Base):
    """An LTI 1.1 consumer key of a registration's platform and its secret, encrypted with the
    tool's secret key: what proves a migration claim (LTI 1.1 to 1.3 migration, §3)."""

    __tablename__ = "legacy_consumers"
    __table_args__ = (UniqueConstraint("registration_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(255))
    secret_encrypted: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)
