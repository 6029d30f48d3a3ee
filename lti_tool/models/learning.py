"""What learners did, and the scores on their way to the LMS."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.models.base import Base, now
from lti_tool.models.people import ResourceLink, User


class UnitVersion(Base):
    """A unit as it was when somebody began an attempt on it (``content.snapshot``), so that the
    attempt can end on it after the course has changed. ``digest`` is the SHA-256 of
    ``snapshot``."""

    __tablename__ = "unit_versions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    course_id: Mapped[str] = mapped_column(String(100))
    unit_id: Mapped[str] = mapped_column(String(100))
    snapshot: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)


class UnitProgress(Base):
    """How far one user is in the unit of one resource link."""

    __tablename__ = "unit_progress"
    __table_args__ = (UniqueConstraint("user_id", "link_pk"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    link_pk: Mapped[int] = mapped_column(
        ForeignKey("resource_links.id", ondelete="CASCADE"), index=True
    )
    page: Mapped[str | None] = mapped_column(String(100))
    seen: Mapped[list[str]] = mapped_column(JSON, default=list)
    started_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    #: Attempts that an instructor granted beyond the unit's own.
    extra_attempts: Mapped[int] = mapped_column(default=0)
    #: When an instructor last set this learner back, and the pages that were cleared then, so that
    #: it can be undone (``lti_tool.services.grants``).
    reset_at: Mapped[datetime | None]
    cleared: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))

    user: Mapped[User] = relationship()
    link: Mapped[ResourceLink] = relationship()
    #: Those that count; one that an instructor set aside is not among them.
    attempts: Mapped[list[Attempt]] = relationship(
        back_populates="progress",
        order_by="Attempt.number",
        cascade="all, delete-orphan",
        primaryjoin="and_(Attempt.progress_pk == UnitProgress.id, Attempt.set_aside_at.is_(None))",
    )


class Attempt(Base):
    """One attempt at a unit's quiz: open until ``handed_in_at``. ``earned`` and ``possible`` are
    fractions (``"19/2"``), ``value`` the score from 0 to 100 with two decimals. One that an
    instructor set aside (``set_aside_at``) counts no more, and can be put back. ``paper_seed`` says
    what it asks (content.papers); None: the whole quiz."""

    __tablename__ = "attempts"
    __table_args__ = (
        Index(
            "uq_attempts_counted",
            "progress_pk",
            "number",
            unique=True,
            sqlite_where=text("set_aside_at IS NULL"),
            postgresql_where=text("set_aside_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    progress_pk: Mapped[int] = mapped_column(
        ForeignKey("unit_progress.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int]
    version_digest: Mapped[str] = mapped_column(ForeignKey("unit_versions.digest"))
    language: Mapped[str] = mapped_column(String(35))
    paper_seed: Mapped[int | None]
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    earned: Mapped[str | None] = mapped_column(String(40))
    possible: Mapped[str | None] = mapped_column(String(40))
    value: Mapped[str | None] = mapped_column(String(8))
    started_at: Mapped[datetime] = mapped_column(default=now)
    handed_in_at: Mapped[datetime | None]
    set_aside_at: Mapped[datetime | None]

    progress: Mapped[UnitProgress] = relationship(back_populates="attempts")
    version: Mapped[UnitVersion] = relationship()


class DeliveryState(StrEnum):
    DUE = "due"
    DELIVERED = "delivered"
    SUPERSEDED = "superseded"
    FAILED = "failed"


class ScoreDelivery(Base):
    """A score to post to the LMS (AGS 2.0 §3.4), written in the transaction that made it.
    ``timestamp`` is fixed when the row is written, in whole seconds, strictly rising for one
    user and link: a repeat after a crash says the same again. ``due_at`` moves with each
    failure; ``locked_until`` keeps two workers apart. ``registration_id`` repeats the link's, so
    that what is due is found platform by platform. A row without ``value`` tells progress alone
    (AGS 2.0 §3.4.7), and is written only where no score has ever been."""

    __tablename__ = "score_deliveries"
    __table_args__ = (
        UniqueConstraint("user_id", "link_pk", "timestamp"),
        Index("ix_score_deliveries_state_due", "state", "registration_id", "due_at"),
        # A worker that comes back from the LMS must not find another's row under its number.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    link_pk: Mapped[int] = mapped_column(
        ForeignKey("resource_links.id", ondelete="CASCADE"), index=True
    )
    value: Mapped[str | None] = mapped_column(String(8))
    #: Nothing is left to do: passed, or no attempt left.
    completed: Mapped[bool] = mapped_column(default=True)
    timestamp: Mapped[datetime]
    submitted_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16), default=DeliveryState.DUE)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)
    locked_until: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(default=now)

    user: Mapped[User] = relationship()
    link: Mapped[ResourceLink] = relationship()


class LineItemResult(Base):
    """What the LMS last said that it holds for a user in a link's line item (AGS 2.0 §3.3). No row
    means that it was never asked, or held nothing."""

    __tablename__ = "line_item_results"
    __table_args__ = (UniqueConstraint("link_pk", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    link_pk: Mapped[int] = mapped_column(ForeignKey("resource_links.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    score: Mapped[str | None] = mapped_column(String(32))
    maximum: Mapped[str | None] = mapped_column(String(32))
    comment: Mapped[str | None] = mapped_column(Text)
    read_at: Mapped[datetime] = mapped_column(default=now)

    user: Mapped[User] = relationship()
