"""Leaving a platform alone that asked for it: for scores and for all other work."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from lti_tool.errors import PlatformError
from lti_tool.models import Registration

_log = structlog.get_logger(__name__)

Transaction = Callable[[], AbstractContextManager[Session]]

#: A platform's Retry-After is believed up to this.
LONGEST_RETRY_AFTER = timedelta(hours=24)


def asks_for_pause(error: PlatformError) -> bool:
    """Throttled, or unavailable until a time that it names."""
    return error.code.endswith(".throttled") or (
        error.status == 503 and error.retry_after is not None
    )


def pause(transaction: Transaction, registration_id: int, seconds: float, now: datetime) -> None:
    """Leave the platform alone for a while: nothing of it is due until then."""
    until = now + min(timedelta(seconds=max(seconds, 1.0)), LONGEST_RETRY_AFTER)
    with transaction() as session:
        session.execute(
            update(Registration)
            .where(
                Registration.id == registration_id,
                or_(Registration.paused_until.is_(None), Registration.paused_until < until),
            )
            .values(paused_until=until)
        )
    _log.warning("platform.paused", registration=registration_id, seconds=round(seconds))
