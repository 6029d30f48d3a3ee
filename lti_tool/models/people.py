"""Who launched, from where: users, contexts (the LMS's courses), resource links, enrolments,
sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.models.base import Base, now
from lti_tool.models.registrations import Deployment, Registration


class User(Base):
    """A person as one platform knows them: (registration, sub). Names only where the platform
    shares them. The number of one who was erased never comes again: ``DataRequest`` keeps it."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("registration_id", "sub"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    sub: Mapped[str] = mapped_column(String(255))
    name: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(default=now)

    registration: Mapped[Registration] = relationship()


class Context(Base):
    """A course of the LMS, in one deployment."""

    __tablename__ = "contexts"
    __table_args__ = (UniqueConstraint("deployment_pk", "context_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_pk: Mapped[int] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"))
    context_id: Mapped[str] = mapped_column(String(255))
    title: Mapped[str | None] = mapped_column(String(500))
    #: The course that this one was copied from, where the platform tells it.
    copied_from_pk: Mapped[int | None] = mapped_column(
        ForeignKey("contexts.id", ondelete="SET NULL")
    )
    #: Names and roles (NRPS 2.0) and groups (Course Groups 1.0), and when they were last read.
    memberships_url: Mapped[str | None] = mapped_column(String(2000))
    groups_url: Mapped[str | None] = mapped_column(String(2000))
    group_sets_url: Mapped[str | None] = mapped_column(String(2000))
    roster_at: Mapped[datetime | None]
    roster_error: Mapped[str | None] = mapped_column(String(500))

    deployment: Mapped[Deployment] = relationship()


class ResourceLink(Base):
    """A place in a context where a unit was put. ``course_id`` and ``unit_id`` come from the custom
    parameters that deep linking set; ``line_item_url`` from the AGS claim, or made by us. A link
    that names no unit has none."""

    __tablename__ = "resource_links"
    __table_args__ = (UniqueConstraint("context_pk", "resource_link_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_pk: Mapped[int] = mapped_column(ForeignKey("contexts.id", ondelete="CASCADE"))
    resource_link_id: Mapped[str] = mapped_column(String(255))
    title: Mapped[str | None] = mapped_column(String(500))
    course_id: Mapped[str | None] = mapped_column(String(100))
    unit_id: Mapped[str | None] = mapped_column(String(100))
    line_item_url: Mapped[str | None] = mapped_column(String(2000))
    line_items_url: Mapped[str | None] = mapped_column(String(2000))
    ags_scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: The worker that makes the line item holds the link until then: one makes it, the others wait.
    line_item_locked_until: Mapped[datetime | None]
    #: What of the unit: ``unit``, or ``quiz`` alone.
    part: Mapped[str] = mapped_column(String(16), default="unit")
    #: What the instructor set for this link (``lti_tool.services.link_options``).
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    copied_from_pk: Mapped[int | None] = mapped_column(
        ForeignKey("resource_links.id", ondelete="SET NULL")
    )
    results_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    context: Mapped[Context] = relationship()


class Enrolment(Base):
    """A user's rights in a context, from the context roles of the last launch or of the roster;
    unknown roles are learners'. ``last_launch_at`` is None for who is only in the roster,
    ``left_at`` says since when the roster lists them no more."""

    __tablename__ = "enrolments"
    __table_args__ = (UniqueConstraint("context_pk", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_pk: Mapped[int] = mapped_column(ForeignKey("contexts.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    is_instructor: Mapped[bool] = mapped_column(default=False)
    last_launch_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
    context: Mapped[Context] = relationship()


class Group(Base):
    """A group of a context (Course Groups 1.0)."""

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("context_pk", "group_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_pk: Mapped[int] = mapped_column(ForeignKey("contexts.id", ondelete="CASCADE"))
    group_id: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255))
    set_name: Mapped[str | None] = mapped_column(String(255))


class GroupMember(Base):
    """A user in a group."""

    __tablename__ = "group_members"

    group_pk: Mapped[int] = mapped_column(
        ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class LaunchSession(Base):
    """One launch, alive until ``expires_at``. Its handle (128 random bits) is the only credential
    that a URL may carry; only the hash is stored. ``cookie_hash`` binds it to a Partitioned
    cookie where the browser kept one. ``version_digest`` is the ``UnitVersion`` of the document
    that was last shown: an attempt begun in it begins on that version. ``for_user_id`` is whom a
    submission review or a data-privacy launch is about; ``as_learner`` an instructor's preview."""

    __tablename__ = "launch_sessions"
    __table_args__ = (
        # Few have one: erasing a person must find them, a launch must not pay for it.
        Index(
            "ix_launch_sessions_for_user",
            "for_user_id",
            sqlite_where=text("for_user_id IS NOT NULL"),
            postgresql_where=text("for_user_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    handle_hash: Mapped[str] = mapped_column(String(64), unique=True)
    cookie_hash: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))  # "resource", "deep-linking", "review", "privacy"
    is_instructor: Mapped[bool] = mapped_column(default=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    for_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    as_learner: Mapped[bool] = mapped_column(default=False)
    context_pk: Mapped[int | None] = mapped_column(ForeignKey("contexts.id", ondelete="CASCADE"))
    link_pk: Mapped[int | None] = mapped_column(ForeignKey("resource_links.id", ondelete="CASCADE"))
    deployment_pk: Mapped[int] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"))
    language: Mapped[str | None] = mapped_column(String(35))
    return_url: Mapped[str | None] = mapped_column(String(2000))
    deep_linking: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    version_digest: Mapped[str | None] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    for_user: Mapped[User | None] = relationship(foreign_keys=[for_user_id])
    context: Mapped[Context | None] = relationship()
    link: Mapped[ResourceLink | None] = relationship()
    deployment: Mapped[Deployment] = relationship()
