"""Which media the pages show, where, and with what beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from content.directives import Directive
from content.known_texts import Block, page_parts
from content.media import find_media
from content.model import Course, MediaFile, Unit


@dataclass(frozen=True, slots=True)
class Use:
    """``directive`` shows ``media`` on line ``line`` of the page ``path`` in ``language``.

    ``beside`` are the directive's other files by field: ``poster``, ``captions``.
    """

    media: MediaFile
    directive: Directive
    beside: dict[str, MediaFile]
    path: str
    line: int
    language: str

    @property
    def shown(self) -> Iterator[MediaFile]:
        """The files that a page shows and that may be made to fit; downloads stay as they are."""
        if self.directive.name != "download":
            yield self.media
            if "poster" in self.beside:
                yield self.beside["poster"]


def uses(course: Course, units: Iterable[Unit], languages: Iterable[str]) -> Iterator[Use]:
    """Every use of a medium in the pages of ``units``, in order."""
    wanted = tuple(languages)
    for unit in units:
        for page in unit.pages:
            for language in wanted:
                for block in page_parts(
                    page.body[language], language=language, directives=True, first_line=None
                ):
                    if isinstance(block, Block) and block.kind == "whole":
                        use = _use(course, unit, block, language)
                        if use is not None:
                            media, beside = use
                            line = page.body_line[language] + (block.line or 0)
                            path = page.paths[language]
                            yield Use(media, block.directive, beside, path, line, language)


def _use(
    course: Course, unit: Unit, block: Block, language: str
) -> tuple[MediaFile, dict[str, MediaFile]] | None:
    directive = block.directive
    if directive.name == "check":
        return None
    media = find_media(course, unit, directive.argument, language)
    if media is None:
        return None
    beside = {}
    for field in ("poster", "captions"):
        name = directive.text(field)
        found = find_media(course, unit, name, language) if name else None
        if found:
            beside[field] = found
    return media, beside


def shown_media(found: Iterable[Use]) -> list[MediaFile]:
    """Each file that is shown, once."""
    return list({file.path: file for use in found for file in use.shown}.values())
