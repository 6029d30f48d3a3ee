"""What the preview shows: the course as it was last read, and the pages made of it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from content.load import inspect_course
from content.model import Course
from content.problems import Problem
from content.render import player_files, render_document
from scorm_builder.preview import pages


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the folder: ``number`` grows with each."""

    number: int
    course: Course | None
    problems: tuple[Problem, ...]


class Site:
    """The course folder and its latest ``Reading``; safe to ask from many threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._changed = threading.Condition()
        self._closed = False
        self._reading = Reading(1, *inspect_course(folder))

    @property
    def reading(self) -> Reading:
        with self._changed:
            return self._reading

    def read_again(self) -> None:
        """Read the folder anew and, where that makes a difference, wake every page that waits."""
        course, problems = inspect_course(self.folder)
        with self._changed:
            old = self._reading
            if (_digest(course), problems) != (_digest(old.course), old.problems):
                self._reading = Reading(old.number + 1, course, problems)
                self._changed.notify_all()

    def wait_beyond(self, number: int, seconds: float) -> int | None:
        """The number of a later reading; the same one when the time is up; None when closed."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self._reading.number > number, timeout=seconds
            )
            return None if self._closed else self._reading.number

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def page(self, path: str) -> str | None:
        """The HTML at ``/``, ``/<language>/`` or ``/<language>/<unit>/``; None where there is none.

        While the course has errors, every address shows them: the page comes back by itself.
        """
        reading = self.reading
        course = reading.course
        if course is None:
            return pages.problems_page(self.folder, reading.problems, reading.number)
        parts = [part for part in path.split("/") if part]
        if not parts:
            return pages.contents_page(course, reading.problems, reading.number)
        unit = course.unit(parts[1]) if len(parts) == 2 else None
        if parts[0] not in course.languages or len(parts) > 2 or (len(parts) == 2 and unit is None):
            return None
        document = render_document(
            course,
            language=parts[0],
            units=[unit] if unit else course.units,
            medium="local",
            player_base="/player/",
            media_url=lambda name: "/media/" + quote(name),
            keys=True,
            config={},
        )
        bar = pages.bar(course, parts[0], unit, reading.problems, reading.number)
        return document.html.replace("</body>", bar + "</body>", 1)

    def player_file(self, name: str) -> Path | None:
        return next((Path(f.source) for f in player_files("local") if f.name == name), None)

    def media_file(self, path: str) -> Path | None:
        """Only what the course itself knows as media: no address reaches another file."""
        course = self.reading.course
        media = course.media if course else ()
        return next((file.source for file in media if file.path == path), None)


def _digest(course: Course | None) -> str | None:
    return course.digest if course else None
