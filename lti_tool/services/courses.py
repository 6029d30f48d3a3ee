"""The courses on offer: read from their folders, read again when their files change, and never
replaced by a version with problems."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import structlog

from content.load import inspect_course
from content.model import Course, Unit
from content.problems import Problem

_log = structlog.get_logger(__name__)

Inspect = Callable[[Path], tuple[Course | None, tuple[Problem, ...]]]

#: Files looked at in one folder before it is refused: a wrong setting, such as ``/``.
MAX_FILES = 20_000


@dataclass(frozen=True, slots=True)
class Faulty:
    """A folder whose present files are no course; ``served`` where an older version still is."""

    folder: Path
    problems: tuple[Problem, ...]
    served: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """What stands on the shelf at one moment."""

    courses: Mapping[str, Course]
    faulty: tuple[Faulty, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    signature: str
    course: Course | None
    problems: tuple[Problem, ...]


class CourseShelf:
    """``shelf()`` is cheap: the folders are looked at (sizes and times of files, nothing read) at
    most every ``interval`` seconds, by one thread, while the others take what stood before."""

    def __init__(
        self, folders: Iterable[Path], interval: float = 2.0, inspect: Inspect = inspect_course
    ) -> None:
        self._folders = tuple(folders)
        self._interval = interval
        self._inspect = inspect
        self._lock = threading.Lock()
        self._read: dict[Path, _Read] = {}
        self._good: dict[Path, Course] = {}
        self._shelf: Shelf | None = None
        self._looked = float("-inf")

    def shelf(self) -> Shelf:
        shelf = self._shelf
        if shelf is not None and time.monotonic() - self._looked < self._interval:
            return shelf
        if self._lock.acquire(blocking=shelf is None):
            try:
                if self._shelf is None or time.monotonic() - self._looked >= self._interval:
                    self._shelf = self._look()
                    self._looked = time.monotonic()
            finally:
                self._lock.release()
        assert self._shelf is not None
        return self._shelf

    def courses(self) -> tuple[Course, ...]:
        return tuple(self.shelf().courses.values())

    def course(self, course_id: str | None) -> Course | None:
        return self.shelf().courses.get(course_id) if course_id else None

    def unit(self, course_id: str | None, unit_id: str | None) -> tuple[Course, Unit] | None:
        course = self.course(course_id)
        unit = course.unit(unit_id) if course and unit_id else None
        return (course, unit) if course and unit else None

    def faulty(self) -> tuple[Faulty, ...]:
        return self.shelf().faulty

    def _look(self) -> Shelf:
        courses: dict[str, Course] = {}
        faulty: list[Faulty] = []
        for folder in self._course_folders():
            read = self._read_folder(folder)
            course = read.course or self._good.get(folder)
            errors = tuple(item for item in read.problems if item.severity == "error")
            if read.course is None:
                faulty.append(Faulty(folder, errors or read.problems, course is not None))
            if course is None:
                continue
            if course.id in courses:
                faulty.append(Faulty(folder, (_double(course, courses[course.id].root),), False))
                continue
            courses[course.id] = course
        return Shelf(courses, tuple(faulty))

    def _read_folder(self, folder: Path) -> _Read:
        signature = _signature(folder)
        known = self._read.get(folder)
        if known is not None and known.signature == signature:
            return known
        course, problems = self._inspect(folder)
        if _signature(folder) != signature:
            # Somebody is copying files right now: judge when they have finished.
            signature = "changing"
        read = _Read(signature, course, problems)
        self._read[folder] = read
        if course is not None:
            self._good[folder] = course
            _log.info("course.loaded", course=course.id, digest=course.digest[:12])
        elif signature != "changing":
            for problem in problems[:20]:
                _log.error("course.problem", folder=str(folder), problem=str(problem))
        return read

    def _course_folders(self) -> Iterator[Path]:
        for folder in self._folders:
            if (folder / "course.yaml").is_file():
                yield folder
                continue
            try:
                inside = sorted(
                    Path(entry.path)
                    for entry in os.scandir(folder)
                    if entry.is_dir() and not entry.name.startswith((".", "_"))
                )
            except OSError:
                inside = []
            found = [item for item in inside if (item / "course.yaml").is_file()]
            # A folder with no course in it is reported by the loader, under its own name.
            yield from found or [folder]


def _double(course: Course, first: Path) -> Problem:
    return Problem(
        path="course.yaml",
        line=0,
        column=0,
        severity="error",
        code="course.id-taken",
        message=f"the course id “{course.id}” is taken by {first}",
        hint="give one of the two courses another id",
    )


def _signature(folder: Path) -> str:
    """Changes whenever a file below ``folder`` is written, added or removed."""
    digest = hashlib.sha256()
    for path, size, changed in islice(_walk(folder), MAX_FILES):
        digest.update(f"{path}\0{size}\0{changed}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def _walk(folder: Path) -> Iterator[tuple[str, int, int]]:
    waiting = [str(folder)]
    while waiting:
        try:
            entries = sorted(os.scandir(waiting.pop()), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            try:
                if entry.is_dir(follow_symlinks=False):
                    if not entry.name.startswith("."):
                        waiting.append(entry.path)
                    continue
                facts = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            yield entry.path, facts.st_size, facts.st_mtime_ns
