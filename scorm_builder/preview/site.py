"""What the preview shows: the course as it was last read, and the documents made of it."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from content.load import survey_course
from content.loaded import Loaded
from content.model import Course, direction
from content.problems import Problem
from content.render import PlayerFile, player_files, render_document
from content.render.document import script_json
from content.render.edition import page_html
from content.rewording import reword
from scorm_builder.identifiers import Identifiers
from scorm_builder.ledger import Ledger
from scorm_builder.lock import inspect_lock
from scorm_builder.plan.single import with_languages
from scorm_builder.preview import pages
from scorm_builder.preview.guides import guides_page, has_guides
from scorm_builder.preview.media import GUIDE, PreviewMedium, preview_media
from scorm_builder.preview.places import media_address, placed_problems

#: In place of a language: all of them in one document, with a switch, as ``build --together``.
TOGETHER = "together"


class Section(TypedDict):
    """What stands in a page of a document in ``language``, by the name of its view."""

    view: str
    language: str
    html: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the folder: ``number`` grows with each. ``sound`` is the last course without
    errors, ``loaded`` what was read now. Where there are ``sections``, nothing else of the
    documents is different from the reading before."""

    number: int
    loaded: Loaded | None
    sound: Course | None
    problems: tuple[Problem, ...]
    sections: tuple[Section, ...] = ()

    @property
    def course(self) -> Course | None:
        """As it stands now, errors or not."""
        return self.loaded.course if self.loaded else self.sound

    @property
    def has_errors(self) -> bool:
        return self.loaded is None or self.loaded.findings.has_errors


class Site:
    """The course folder and its latest ``Reading``; safe to ask from many threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.media = preview_media()
        #: Media that have not changed are not read again.
        self._ledger = Ledger()
        self._changed = threading.Condition()
        self._closed = False
        self._reading = self._read(0, None)

    def _read(self, before: int, sound: Course | None) -> Reading:
        loaded, problems = survey_course(self.folder, self._ledger)
        if loaded and not loaded.findings.has_errors:
            sound = loaded.course
            # With errors in it a course lacks parts that have not vanished.
            problems += inspect_lock(sound.root, Identifiers.of(sound))
        return Reading(before + 1, loaded, sound, problems)

    @property
    def reading(self) -> Reading:
        with self._changed:
            return self._reading

    def _reworded(self, old: Reading, paths: Iterable[Path]) -> Reading | None:
        """The next reading, where nothing but the wording of the pages at ``paths`` differs."""
        if old.loaded is None:
            return None
        root = old.loaded.course.root
        changed = [path.parent.resolve() / path.name for path in paths]
        if not all(path.is_relative_to(root) for path in changed):
            return None
        found = reword(old.loaded, {path.relative_to(root).as_posix() for path in changed})
        if found is None:
            return None
        loaded, edited = found
        sections = tuple(
            Section(
                view=f"{unit.id}/{page.id}",
                language=language,
                html=page_html(loaded.course, unit, page, language, media_url=media_address),
            )
            for unit, page, language in edited
        )
        return Reading(old.number + 1, loaded, loaded.course, old.problems, sections)

    def read_again(self, paths: Collection[Path] = ()) -> None:
        """Read the folder anew and, where that makes a difference, wake every page that waits.
        ``paths`` are what has changed in it; none where anything may have."""
        old = self.reading
        new = self._reworded(old, paths) or self._read(old.number, old.sound)
        with self._changed:
            if (_digest(new), new.problems) != (_digest(old), old.problems):
                self._reading = new
                self._changed.notify_all()

    def wait_beyond(self, number: int, seconds: float) -> Reading | None:
        """A later reading; the same one when the time is up; None when closed."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self._reading.number > number, timeout=seconds
            )
            return None if self._closed else self._reading

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def shell(self) -> str:
        """The page around the document, with its controls."""
        return pages.shell_page(self.state())

    def state(self) -> dict[str, object]:
        """What the page around the document shows: units, languages, media, problems."""
        reading = self.reading
        course = reading.course
        first = course.default_language if course and course.languages else ""
        units = course.units if course else ()
        return {
            "number": reading.number,
            "folder": str(self.folder),
            "title": (course.title.get(first) if course else "") or self.folder.resolve().name,
            "courseId": course.id if course else "",
            "languages": [
                {"tag": tag, "direction": direction(tag)}
                for tag in (course.languages if course else ())
            ],
            "units": [{"id": unit.id, "title": dict(unit.title)} for unit in units if unit.id],
            "media": [
                medium.as_dict()
                for medium in self.media.values()
                if medium.name != GUIDE or has_guides(units)
            ],
            "hasErrors": reading.has_errors,
            "problems": placed_problems(reading.loaded, reading.problems),
        }

    def document(self, medium: str, language: str, unit: str | None) -> str | None:
        """The document in a medium of ``preview_media``, in a language or ``TOGETHER``; None where
        the course has no such.

        Where errors leave too little to show, it is the course as it was before them; where there
        was none before, a page that lists them.
        """
        reading = self.reading
        chosen = self.media.get(medium)
        if chosen is None:
            return None
        if not reading.course or (reading.has_errors and not reading.course.languages):
            return pages.problems_page(self.folder, reading.problems)
        if not _has(reading.course, language, unit):
            return None
        if reading.loaded is not None:
            try:
                return self._rendered(reading.loaded.course, reading, chosen, language, unit)
            except Exception:
                # What was read with errors in it may lack anything: a title, a language, a page.
                if not reading.has_errors:
                    raise
        sound = reading.sound
        if sound and _has(sound, language, unit):
            return self._rendered(sound, reading, chosen, language, unit, stale=True)
        return pages.problems_page(self.folder, reading.problems)

    def _rendered(
        self,
        course: Course,
        reading: Reading,
        chosen: PreviewMedium,
        language: str,
        unit: str | None,
        *,
        stale: bool = False,
    ) -> str:
        first = course.languages[0] if language == TOGETHER else language
        units = [one for one in course.units if unit in (None, one.id)]
        player_base = f"/player/{_player_stamp(chosen)}/"
        if chosen.name == GUIDE:
            html = guides_page(
                course, units, first, player_base=player_base, media_url=media_address
            )
            return self._with_head(html, reading, stale=stale)
        document = render_document(
            course,
            language=first,
            languages=course.languages if language == TOGETHER else (),
            units=units,
            medium=chosen.medium,
            player_base=player_base,
            media_url=media_address,
            keys=True,
            config={"suspend_limit": chosen.limit} if chosen.limit else {},
            places=True,
        )
        return with_languages(self._with_head(document.html, reading, stale=stale), document)

    def _with_head(self, html: str, reading: Reading, *, stale: bool) -> str:
        data = {
            "number": reading.number,
            "stale": stale,
            "problems": placed_problems(reading.loaded, reading.problems),
        }
        head = pages.inside_head(script_json(data))
        return html.replace("</head>", head + "</head>", 1)

    def player_file(self, name: str) -> PlayerFile | None:
        """A file of the player, whatever the medium."""
        for medium in self.media.values():
            for file in player_files(medium.medium):
                if file.name == name:
                    return file
        return None

    def media_file(self, path: str) -> Path | None:
        """Only what the course itself knows as media: no address reaches another file."""
        course = self.reading.course
        media = course.media if course else ()
        return next((file.source for file in media if file.path == path), None)


def _has(course: Course, language: str, unit: str | None) -> bool:
    languages = (*course.languages, TOGETHER) if course.languages else ()
    return language in languages and (not unit or course.unit(unit) is not None)


def _digest(reading: Reading) -> str | None:
    return reading.loaded.course.digest if reading.loaded else None


def _player_stamp(chosen: PreviewMedium) -> str:
    """Changes whenever a file of the player does, so that browsers may keep those they have."""
    parts = (part for file in player_files(chosen.medium) for part in file.parts)
    stats = [part.stat() for part in parts]
    text = json.dumps([(stat.st_mtime_ns, stat.st_size) for stat in stats])
    return hashlib.sha256(text.encode()).hexdigest()[:12]
