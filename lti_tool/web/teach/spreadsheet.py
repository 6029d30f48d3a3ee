"""The table of learners as a file for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from flask import Response

from content.model import Unit
from lti_tool.services.overview import LearnerRow
from lti_tool.web.csv_file import csv_file
from lti_tool.web.pages import page_words
from lti_tool.web.teach.words import delivery_text, stage_text, why_text


def learners_file(rows: Iterable[LearnerRow], unit: Unit) -> Response:
    """``rows`` in the reader's language; times are UTC, numbers have a decimal point."""
    gettext = page_words().gettext
    header = [
        gettext("Number"),
        gettext("Learner"),
        gettext("Groups"),
        gettext("Stage"),
        gettext("Why"),
        gettext("Score"),
        gettext("Pages seen"),
        gettext("Pages in all"),
        gettext("Attempts"),
        gettext("Attempts allowed"),
        gettext("Started (UTC)"),
        gettext("Last at work (UTC)"),
        gettext("Left the course (UTC)"),
        gettext("Gradebook"),
    ]
    return csv_file(f"{unit.id}-learners.csv", header, (_cells(row, unit) for row in rows))


def _cells(row: LearnerRow, unit: Unit) -> list[object]:
    return [
        row.number,
        row.name or "",
        "; ".join(row.groups),
        stage_text(row.stage),
        why_text(row.why),
        row.score,
        row.pages_seen,
        len(unit.pages),
        row.attempts,
        row.attempts_allowed,
        _time(row.started_at),
        _time(row.last_at),
        _time(row.left_at),
        delivery_text(row.told.state) if row.told else "",
    ]


def _time(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if moment else ""
