"""A course whose pages say something else and are otherwise what they were: read in a moment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import partial

from content.files import digest_of
from content.loaded import Loaded, LoadedUnit
from content.model import Page, Unit
from content.wording import reread, shape_of

#: A page that was edited, as it is now, with its unit and the language.
Edited = tuple[Unit, Page, str]


def reword(loaded: Loaded, paths: Collection[str]) -> tuple[Loaded, list[Edited]] | None:
    """``loaded`` with the files at ``paths``, which have changed, as they are now; None where more
    than the wording of pages is different, or may be: then the course is to be read again. Problems
    and places are what they were, whose lines stay right because none concerns these files."""
    if loaded.findings.has_errors or not paths:
        return None
    if any(problem.path in paths for problem in loaded.findings.sorted()):
        return None
    waiting = set(paths)
    used = dict(loaded.files.used)
    units: list[LoadedUnit] = []
    places: list[tuple[int, int, str]] = []
    for known in loaded.units:
        pages: list[Page] = []
        for page in known.unit.pages:
            for language, path in page.paths.items():
                if path not in waiting:
                    continue
                waiting.discard(path)
                shape = shape_of(page.body[language], language, page.body_line[language])
                found = reread(loaded.files.root / path, known.heads[path], language, shape)
                if found is None:
                    return None
                body, sha256 = found
                used[path] = partial(bytes, sha256)
                page = replace(page, body={**page.body, language: body})
                places.append((len(units), len(pages), language))
            pages.append(page)
        units.append(replace(known, unit=replace(known.unit, pages=tuple(pages))))
    if waiting:
        return None
    files = replace(loaded.files, used=used)
    course = replace(
        loaded.course,
        units=tuple(one.unit for one in units),
        digest=files.digest(),
        text_digest=digest_of(files.texts()),
    )
    edited = [
        (course.units[unit], course.units[unit].pages[page], language)
        for unit, page, language in places
    ]
    return replace(loaded, course=course, files=files, units=tuple(units)), edited
