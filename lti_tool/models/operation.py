"""What the tool's operators look after: work in the background, refusals, requests about a person's
data, and who changed what."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.base import Base, now


class JobState(StrEnum):
    DUE = "due"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """Work for the worker that is no score: a roster to read, a package to build. ``kind`` names
    the function that does it (``lti_tool.worker.handlers``), ``key`` what it is done to: of one
    kind and key there is one row, due again whenever somebody asks again."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        Index("ix_jobs_state_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(255))
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE")
    )
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(16), default=JobState.DUE)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)
    locked_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(default=now)


class PackageBuild(Base):
    """A SCORM package in the tool's cache, by what it is made of. ``file`` is its name in the cache
    folder once it is built; ``error`` why it could not be."""

    __tablename__ = "package_builds"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    course_id: Mapped[str] = mapped_column(String(100))
    unit_id: Mapped[str] = mapped_column(String(100))
    format: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(35))
    file: Mapped[str | None] = mapped_column(String(255))
    size: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(String(2000))
    requested_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime] = mapped_column(default=now)


class LaunchRefusal(Base):
    """A login or launch that was refused, for the operators: why, never who."""

    __tablename__ = "launch_refusals"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    code: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(default=now, index=True)


class Notice(Base):
    """A platform notice (PNS 1.0) that was received, once by its id."""

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("registration_id", "notice_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    notice_id: Mapped[str] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(64))
    context_id: Mapped[str | None] = mapped_column(String(255))
    #: The contexts that ``context_id`` was copied from.
    origin_contexts: Mapped[list[str]] = mapped_column(JSON, default=list)
    received_at: Mapped[datetime] = mapped_column(default=now)


class DataRequest(Base):
    """Somebody asked for a person's data, or for their erasure. The person is named by number
    alone, so that the row can outlive them."""

    __tablename__ = "data_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    user_number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))  # "export" or "erasure"
    #: "learner", "platform" (a data-privacy launch) or "operator".
    asked_by: Mapped[str] = mapped_column(String(16))
    requested_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]


class AuditEntry(Base):
    """Who of the operators changed what. ``actor`` is an operator's address, or ``command line``;
    ``detail`` never holds a secret nor a learner's name."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    actor: Mapped[str] = mapped_column(String(320))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(255))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
