"""What the preview shows: the course as it was last read, and the documents made of it."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from content.load import survey_course
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
from scorm_builder.preview.proofs import lack_of_room, lacks_of_room, requests_of
from scorm_builder.preview.reading import Reading, Section

#: In place of a language: all of them in one document, with a switch, as ``build --together``.
TOGETHER = "together"
#: Seconds without a further save after which a course is looked through for requests: what was
#: saved is to be seen first.
_REST = 0.5


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
            if (new.digest, new.problems) != (old.digest, old.problems):
                # ``prove`` may have made one meanwhile.
                latest = self._reading
                self._reading = replace(new, number=latest.number + 1, requests=latest.requests)
                self._changed.notify_all()

    def prove(self) -> None:
        """Until closed: add to each reading what it would load from the network, as soon as saves
        have come to rest."""
        looked_through = 0
        while (reading := self._rested(looked_through)) is not None:
            looked_through = reading.number
            if reading.loaded is None or reading.has_errors:
                continue
            found = requests_of(reading.loaded, reading.requests)
            with self._changed:
                if self._reading is reading and found != reading.requests:
                    looked_through += 1
                    self._reading = replace(
                        reading, number=looked_through, requests=found, sections=()
                    )
                    self._changed.notify_all()

    def _rested(self, number: int) -> Reading | None:
        """The reading beyond ``number`` after which none has come for a while; None when closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._reading.number > number)
            latest = None
            while not self._closed and latest is not self._reading:
                latest = self._reading
                self._changed.wait(_REST)
            return None if self._closed else latest

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
        sound = reading.loaded if not reading.has_errors else None
        lacks = lacks_of_room(sound) if sound else ()
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
            "hasErrors": reading.has_errors or bool(reading.requests),
            "problems": placed_problems(reading.loaded, [*reading.all_problems, *lacks]),
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
            return self._with_head(html, reading, reading.all_problems, stale=stale)
        languages = course.languages if language == TOGETHER else (first,)
        document = render_document(
            course,
            language=first,
            languages=languages if language == TOGETHER else (),
            units=units,
            medium=chosen.medium,
            player_base=player_base,
            media_url=media_address,
            keys=True,
            config={"suspend_limit": chosen.limit} if chosen.limit else {},
            places=True,
        )
        problems = reading.all_problems
        if reading.loaded and not reading.has_errors:
            alone = course.unit(unit) if unit else None
            lack = lack_of_room(reading.loaded, chosen.name, languages, alone)
            problems += (lack,) if lack else ()
        html = self._with_head(document.html, reading, problems, stale=stale)
        return with_languages(html, document)

    def _with_head(
        self, html: str, reading: Reading, problems: Iterable[Problem], *, stale: bool
    ) -> str:
        data = {
            "number": reading.number,
            "stale": stale,
            "problems": placed_problems(reading.loaded, problems),
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


def _player_stamp(chosen: PreviewMedium) -> str:
    """Changes whenever a file of the player does, so that browsers may keep those they have."""
    parts = (part for file in player_files(chosen.medium) for part in file.parts)
    stats = [part.stat() for part in parts]
    text = json.dumps([(stat.st_mtime_ns, stat.st_size) for stat in stats])
    return hashlib.sha256(text.encode()).hexdigest()[:12]
