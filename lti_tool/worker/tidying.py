"""What is deleted because it has been kept long enough, and the traces of what was deleted."""

from __future__ import annotations

from datetime import timedelta

import structlog
from flask import Flask

from lti_tool.db import empty_write_ahead_log, writing
from lti_tool.models import db, now
from lti_tool.services.jobs import Task
from lti_tool.services.personal_data import ask_to_empty_log
from lti_tool.services.retention import MONTH, Timers, batches, is_full
from lti_tool.settings import Settings
from lti_tool.tool import tool_of

_log = structlog.get_logger(__name__)
#: Of one kind in one clean-up; the next takes the rest. Between two batches others may write.
MOST_BATCHES = 50


def timers(settings: Settings) -> Timers:
    """How long things are kept, as the settings say."""

    def days(number: int) -> timedelta | None:
        return timedelta(days=number) if number else None

    months = settings.forget_people_months
    return Timers(
        refusals=days(settings.keep_refusals_days),
        notices=days(settings.keep_notices_days),
        deliveries=days(settings.keep_deliveries_days),
        jobs=days(settings.keep_jobs_days),
        audit=days(settings.keep_audit_days),
        people=months * MONTH if months else None,
    )


def delete_old(app: Flask) -> int:
    """Delete what has been kept long enough; how many rows went."""
    count = 0
    with app.app_context():
        for name, batch in batches(timers(tool_of(app).settings)):
            gone = 0
            for _ in range(MOST_BATCHES):
                with writing() as session:
                    last = batch(session, now())
                gone += last
                if not is_full(name, last):
                    break
            if gone:
                _log.info("retention.deleted", what=name, rows=gone)
            count += gone
    return count


def empty_log(_task: Task) -> None:
    """Empty SQLite's write-ahead log; later, where a long reader holds it up."""
    if not empty_write_ahead_log(db.engine):
        with writing() as session:
            ask_to_empty_log(session, now())
