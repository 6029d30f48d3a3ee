"""The people who run the tool, and sign in to its console."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, String, Text
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.base import Base, now


class Operator(Base):
    """An account of the console, made and reset by command alone. The columns are named as
    Flask-Security reads them. ``fs_uniquifier`` stands in the session: a new one ends all that
    are open. ``tf_totp_secret`` and the recovery codes are encrypted with the tool's secret key;
    ``totp_counter`` keeps a code from being used twice."""

    __tablename__ = "operators"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(Text)
    totp_counter: Mapped[int | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON()))
    #: Wrong passwords and codes in a row; from some on, nobody gets in until ``locked_until``.
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    signed_in_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
