"""Units as they were: an attempt ends on the version that it began on, whatever became of the
course since (docs/decisions/0005-versions-of-a-unit.md)."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import replace
from threading import Lock

import structlog
from sqlalchemy.orm import Session

from content.model import Course, Unit
from content.papers import as_asked
from content.snapshot import SnapshotError, dump_unit, load_unit
from lti_tool.models import Attempt, UnitVersion
from lti_tool.models.upsert import upsert

_log = structlog.get_logger(__name__)
_KEPT = 64


class _Recent:
    """The units used last, by digest: a snapshot is parsed once, not at each request."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._units: OrderedDict[str, Unit] = OrderedDict()
        self._snapshots: OrderedDict[tuple[str, str], tuple[str, str]] = OrderedDict()

    def unit(self, digest: str) -> Unit | None:
        with self._lock:
            return self._units.get(digest)

    def keep(self, digest: str, unit: Unit) -> None:
        with self._lock:
            self._units[digest] = unit
            self._units.move_to_end(digest)
            while len(self._units) > _KEPT:
                self._units.popitem(last=False)

    def snapshot(self, course: Course, unit: Unit) -> tuple[str, str]:
        """Digest and JSON of a unit on the shelf; ``unit`` may be as a link has it."""
        unit = course.unit(unit.id) or unit
        key = (course.digest, unit.id)
        with self._lock:
            found = self._snapshots.get(key)
        if found is None:
            text = dump_unit(unit)
            found = (hashlib.sha256(text.encode()).hexdigest(), text)
            with self._lock:
                self._snapshots[key] = found
                while len(self._snapshots) > _KEPT:
                    self._snapshots.popitem(last=False)
        self.keep(found[0], unit)
        return found


_recent = _Recent()


def present_digest(course: Course, unit: Unit) -> str:
    """The digest of the unit as it stands on the shelf."""
    return _recent.snapshot(course, unit)[0]


def keep_version(session: Session, course: Course, unit: Unit) -> str:
    """Store the unit as it stands on the shelf, if it is not yet; its digest."""
    digest, text = _recent.snapshot(course, unit)
    if session.get(UnitVersion, digest) is None:
        upsert(
            session,
            UnitVersion,
            {"digest": digest},
            defaults={"course_id": course.id, "unit_id": unit.id, "snapshot": text},
        )
    return digest


def unit_of_version(session: Session, digest: str, present: Unit) -> Unit:
    """The unit of ``digest``; the ``present`` one where its snapshot cannot be read any more."""
    unit = _recent.unit(digest)
    if unit is not None:
        return unit
    row = session.get(UnitVersion, digest)
    try:
        if row is None:
            raise SnapshotError("there is no such version")
        unit = load_unit(row.snapshot)
    except SnapshotError as error:
        _log.error("version.unreadable", digest=digest[:12], reason=str(error))
        return present
    _recent.keep(digest, unit)
    return unit


def unit_of_attempt(session: Session, attempt: Attempt, present: Unit) -> Unit:
    """The unit of the version that ``attempt`` began on, with the questions that it asks."""
    unit = unit_of_version(session, attempt.version_digest, present)
    return as_asked(unit, attempt.paper_seed)


def with_quiz_of(present: Unit, began: Unit) -> Unit:
    """The newest pages with the quiz that an open attempt began on."""
    if began.quiz == present.quiz and began.rules == present.rules:
        return present
    return replace(present, quiz=began.quiz, rules=began.rules, outcomes=began.outcomes)
