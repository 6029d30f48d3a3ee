"""Packages that instructors ask for: what was asked for, how far it is, and the files that
were made. The worker builds them (``lti_tool.worker.packages``); one build serves all who ask."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import update
from sqlalchemy.orm import Session

from content.model import Course, Unit
from lti_tool.models import JobState, PackageBuild
from lti_tool.models.upsert import upsert
from lti_tool.services import jobs

KIND = "package"
#: What ``scorm_builder`` can build, by the names that it gives; a test holds this to it.
FORMATS: Mapping[str, str] = {
    "scorm12": "SCORM 1.2",
    "scorm2004": "SCORM 2004 4th Edition",
    "cmi5": "cmi5",
    "cc11": "Common Cartridge 1.1",
    "cc13": "Common Cartridge 1.3",
}

State = Literal["absent", "waiting", "ready", "failed", "elsewhere"]

_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.(?:zip|imscc)", re.ASCII)
_ERROR_LENGTH = 2000
#: A use is noted at most this often: a download in pieces is many requests.
NOTE_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """A package to have: one unit of one version of a course, in one format and language."""

    course_id: str
    digest: str
    unit_id: str
    format: str
    language: str

    @classmethod
    def of(cls, course: Course, unit: Unit, form: str, language: str) -> Wish:
        return cls(course.id, course.digest, unit.id, form, language)

    @property
    def key(self) -> str:
        """The same for equal packages: what it is made of, and what makes it."""
        builder = metadata.version("sse-campus")
        form = json.dumps([builder, asdict(self)], sort_keys=True)
        return hashlib.sha256(form.encode()).hexdigest()

    def to_json(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Wish:
        return cls(**{name: str(value[name]) for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Package:
    """How far a package is. ``elsewhere``: it was built, and its file is not in this machine's
    folder. ``error`` is in the builder's words, a line a problem; of one that is there, what of the
    unit its format cannot say."""

    key: str
    state: State
    file: str | None = None
    size: int | None = None
    error: str | None = None
    since: datetime | None = None


def folder_of(data_dir: Path) -> Path:
    """Where packages are kept: a folder each, by key."""
    return data_dir / "packages"


def look(session: Session, folder: Path, wish: Wish) -> Package:
    """How far the package of ``wish`` is."""
    key = wish.key
    row = session.get(PackageBuild, key)
    if row is None:
        return Package(key, "absent")
    if row.file is not None:
        here = _path(folder, key, row.file) is not None
        return Package(key, "ready" if here else "elsewhere", row.file, row.size, row.error)
    if row.error is not None:
        return Package(key, "failed", error=row.error)
    job = jobs.find(session, KIND, key)
    if job is not None and job.state == JobState.DUE:
        return Package(key, "waiting", since=row.requested_at)
    if job is not None and job.state == JobState.FAILED:
        return Package(key, "failed", error=job.last_error)
    return Package(key, "absent")


def ask(session: Session, folder: Path, wish: Wish, now: datetime) -> None:
    """Have the package built, unless it is there or on its way. The caller commits."""
    if look(session, folder, wish).state in ("ready", "waiting"):
        return
    fresh = {"file": None, "size": None, "error": None, "requested_at": now, "used_at": now}
    upsert(session, PackageBuild, {"key": wish.key}, {**_row(wish), **fresh})
    jobs.ask_for(session, KIND, wish.key, now=now, payload=wish.to_json())


def find_file(
    session: Session, folder: Path, key: str, course_id: str, unit_id: str
) -> tuple[Path, datetime] | None:
    """The file of a package of this very unit, and when its use was last noted; None where there
    is none here."""
    row = session.get(PackageBuild, key) if _KEY.fullmatch(key) else None
    if row is None or row.file is None or (row.course_id, row.unit_id) != (course_id, unit_id):
        return None
    path = _path(folder, key, row.file)
    return None if path is None else (path, row.used_at)


def note_use(session: Session, key: str, now: datetime) -> None:
    """The package was downloaded. The caller commits."""
    session.execute(update(PackageBuild).where(PackageBuild.key == key).values(used_at=now))


def note_built(
    session: Session, wish: Wish, path: Path, size: int, notes: Iterable[str], now: datetime
) -> None:
    """The package is there, as ``path``; ``notes`` tell what it cannot say. The caller commits."""
    said = _bounded(notes) or None
    values = {**_row(wish), "file": path.name, "size": size, "error": said, "used_at": now}
    upsert(session, PackageBuild, {"key": wish.key}, values, {"requested_at": now})


def note_failed(session: Session, wish: Wish, lines: list[str], now: datetime) -> None:
    """It cannot be built; ``lines`` say why. The caller commits."""
    values = {**_row(wish), "file": None, "size": None, "error": _bounded(lines)}
    upsert(session, PackageBuild, {"key": wish.key}, values, {"requested_at": now, "used_at": now})


def _bounded(lines: Iterable[str]) -> str:
    kept: list[str] = []
    for line in lines:
        if sum(map(len, kept)) + len(kept) + len(line) > _ERROR_LENGTH - 10:
            kept.append("…")
            break
        kept.append(line)
    return "\n".join(kept)[:_ERROR_LENGTH]


def _row(wish: Wish) -> dict[str, str]:
    return {
        "course_id": wish.course_id,
        "unit_id": wish.unit_id,
        "format": wish.format,
        "language": wish.language,
    }


def _path(folder: Path, key: str, name: str) -> Path | None:
    """The file, where it is one of ours and here."""
    if not _FILE.fullmatch(name):
        return None
    path = folder / key / name
    return path if path.is_file() else None
