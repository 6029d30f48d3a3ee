"""Whether what pages and questions refer to is there, and what nothing refers to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from content.findings import Findings, Mark
from content.ids import did_you_mean, nearest
from content.known_texts import page_facts
from content.loaded import Loaded, LoadedUnit
from content.media import (
    NAME_RULE,
    PICTURES,
    SOUNDS,
    VIDEOS,
    extension,
    find_media,
    find_transcript,
    media_paths,
    plain_media_name,
)
from content.pageparse import Reference

_MEDIA_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*", re.ASCII)
_ENDINGS: dict[str, Collection[str]] = {
    "figure": PICTURES,
    "poster": PICTURES,
    "video": VIDEOS,
    "audio": SOUNDS,
    "captions": frozenset({".vtt"}),
}


class References:
    """Checks references one by one and remembers which media were meant."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.findings: Findings = loaded.findings
        self._terms = [term.id for term in loaded.course.glossary]
        self._units = [unit.unit.id for unit in loaded.units]
        theme = loaded.course.theme
        self._used: set[str] = set(theme.files if theme else ())

    def check(
        self, references: Iterable[Reference], unit: LoadedUnit | None, language: str
    ) -> None:
        """Report what is not there; ``unit`` is None for what stands outside the units."""
        for reference in references:
            if reference.kind == "term":
                self._check_id(reference, self._terms, self.loaded.all_terms, "glossary entry")
            elif reference.kind == "unit":
                self._check_id(reference, self._units, self.loaded.all_units, "unit")
            elif reference.kind == "page":
                pages = [page.id for page in unit.unit.pages] if unit else []
                complete = unit is None or unit.readable
                self._check_id(reference, pages, complete, "page in this unit")
            elif unit is None:
                continue
            elif reference.kind == "check":
                self._check_check(reference, unit)
            elif _MEDIA_NAME.fullmatch(reference.target) is None:
                self._no_name(reference, unit, language)
            elif reference.kind == "transcript":
                self._check_transcript(reference, unit, language)
            else:
                self._check_media(reference, unit, language)

    def _check_id(self, reference: Reference, known: list[str], complete: bool, what: str) -> None:
        if complete and reference.target not in known:
            self.findings.error(
                reference.mark,
                "link.dead",
                f"there is no {what} “{reference.target[:80]}”",
                did_you_mean(reference.target, known),
            )

    def _check_check(self, reference: Reference, unit: LoadedUnit) -> None:
        checks = [check.id for check in unit.unit.checks]
        if reference.target in checks or not unit.all_questions:
            return
        path = f"{unit.base}/questions.yaml"
        if path not in self.loaded.files.entries:
            self.loaded.files.report_missing(path)
            return
        graded = any(question.id == reference.target for question in unit.unit.quiz)
        self.findings.error(
            reference.mark,
            "check.unknown",
            f"“{reference.target[:80]}” is a quiz item, not a check"
            if graded
            else f"questions.yaml has no check “{reference.target[:80]}”",
            "put a question of its own under “checks”"
            if graded
            else did_you_mean(reference.target, checks),
        )

    def _no_name(self, reference: Reference, unit: LoadedUnit, language: str) -> None:
        """The target leads elsewhere, or is the name of a file that should be renamed."""
        name = reference.target
        # Some systems store letters and their accents apart.
        there = {unicodedata.normalize("NFC", path) for path in self.loaded.files.entries}
        wanted = unicodedata.normalize("NFC", name)
        if any(path in there for path in media_paths(unit.unit, wanted, language)):
            self.findings.error(
                reference.mark,
                "file.name",
                NAME_RULE,
                f"rename the file, and write the new name here too: “{plain_media_name(name)}”",
            )
            return
        self.findings.error(
            reference.mark,
            "file.outside",
            f"“{name[:80]}” is not the name of a file in a media folder",
            "write the file's name as it stands in media/, without a path or address; names have "
            "letters a–z, digits, hyphens, _ and . only",
        )

    def _check_transcript(self, reference: Reference, unit: LoadedUnit, language: str) -> None:
        path = find_transcript(self.loaded.course, unit.unit, reference.target, language)
        if path is None:
            self._missing(reference, unit, language, self.loaded.course.transcripts)
            return
        if path not in self._used:
            parsed = page_facts(
                self.loaded.course.transcripts[path],
                mark=Mark(path),
                findings=self.findings,
                language=language,
                directives=False,
                headings=False,
            )
            self.check(parsed.references, unit, language)
        self._used.add(path)

    def _check_media(self, reference: Reference, unit: LoadedUnit, language: str) -> None:
        course = self.loaded.course
        media = find_media(course, unit.unit, reference.target, language)
        if media is None:
            self._missing(reference, unit, language, [item.path for item in course.media])
            return
        self._used.add(media.path)
        if reference.role == "captions":
            self._check_captions(reference, language)
        endings = _ENDINGS.get(reference.role)
        if endings and extension(media.path) not in endings:
            self.findings.error(
                reference.mark,
                "media.wrong-kind",
                f"“{reference.target}” cannot be shown as {reference.role}",
                f"use a file that ends in {' '.join(sorted(endings))}",
            )

    def _check_captions(self, reference: Reference, language: str) -> None:
        """``visit.en.vtt`` tells its language, which should be the page's."""
        tag = reference.target.removesuffix(".vtt").rpartition(".")[2]
        if tag in self.loaded.course.languages and tag != language:
            self.findings.warning(
                reference.mark,
                "media.captions-language",
                f"the captions are in “{tag}”, the page is in “{language}”",
                f"name captions in “{language}”; “{reference.target.replace(f'.{tag}.', '.')}” "
                "finds those of each page's language by itself",
            )

    def _missing(
        self, reference: Reference, unit: LoadedUnit, language: str, known: Iterable[str]
    ) -> None:
        wanted_md = reference.kind == "transcript"
        for path in media_paths(unit.unit, reference.target, language):
            there = path in self.loaded.files.entries or path in self.loaded.files.refused
            if there and wanted_md == (extension(path) == ".md"):
                return  # It was refused, which is said at the file.
        folder = f"{unit.base}/media"
        names = [path.removeprefix(f"{folder}/").removeprefix("media/") for path in known]
        near = nearest(reference.target, [name for name in names if not name.startswith("units/")])
        self.findings.error(
            reference.mark,
            "media.missing",
            f"there is no file “{reference.target}” in {folder} or media",
            f"put the file into {folder}, or correct the name" + (f": {near}" if near else ""),
        )

    def report_unused(self) -> None:
        """Warn of media that no page shows."""
        course = self.loaded.course
        for path in (*(media.path for media in course.media), *course.transcripts):
            if path not in self._used:
                self.findings.warning(
                    Mark(path),
                    "media.unused",
                    "no page uses this file",
                    "use it, or remove it; packages leave it out",
                )
