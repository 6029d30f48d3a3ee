"""Where the author's ids stand, file and line: for telling how one that would vanish is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath

from content.findings import Mark
from content.load import survey_course
from content.loaded import Loaded, LoadedUnit
from scorm_builder.identifiers import Kind, Named

_FILES: dict[Kind, str] = {
    "outcome": "unit.yaml",
    "question": "questions.yaml",
}
_FREE: dict[Kind, str] = {
    "course": "the title may change freely",
    "unit": "its title and folder may change freely",
    "page": "its title may change freely",
    "question": "its text may change freely",
    "outcome": "its text may change freely",
}
_ID = re.compile(r"^id:", re.MULTILINE)


class Places:
    """Of the course in ``root``, which is read when the first place is asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def back(self, gone: Named, new: Named | None) -> str:
        """What to do with which file so that ``gone`` stays, which may be called ``new`` now."""
        if new is None:
            return f"to keep it, {self._restored(gone)}"
        if gone.kind == "page":
            how = self._page_back(gone, new)
        else:
            how = f"write id: {gone.name} again in {_shown(self._mark(new))}"
        return f"if you renamed it to {new.name}, {how}; {_FREE[gone.kind]}"

    @cached_property
    def _loaded(self) -> Loaded | None:
        return survey_course(self._root, _Unread())[0]

    def _unit(self, unit_id: str) -> LoadedUnit | None:
        units = self._loaded.units if self._loaded else ()
        return next((one for one in units if one.unit.id == unit_id), None)

    def _page_back(self, gone: Named, new: Named) -> str:
        """A page's id is the name of its files, and stands in the unit's list."""
        unit = self._unit(new.unit)
        page = next((one for one in unit.unit.pages if one.id == new.name), None) if unit else None
        names = [PurePosixPath(path) for path in sorted(page.paths.values())] if page else []
        moves = [f"{path} to {gone.name}.{_rest(path.name, new.name)}" for path in names]
        return f"rename {_listed(moves)}, and write {gone.name} in {_shown(self._mark(new))}"

    def _restored(self, gone: Named) -> str:
        if gone.kind == "unit":
            return "put its folder back, and the folder's name into course.yaml under units"
        if gone.kind == "course":
            return f"write id: {gone.name} again in {self._line_of_course()}"
        unit = self._unit(gone.unit)
        base = unit.base if unit else f"the folder of the unit {gone.unit}"
        if gone.kind == "page":
            tags = self._loaded.course.languages if self._loaded else ()
            files = _listed([f"{base}/pages/{gone.name}.{tag}.md" for tag in tags])
            return f"put back {files}, and {gone.name} into the pages of {base}/unit.yaml"
        return f"put it back into {base}/{_FILES[gone.kind]}"

    def _mark(self, named: Named) -> Mark:
        if named.kind == "course":
            path, _, line = self._line_of_course().partition(":")
            return Mark(path, int(line or 0))
        unit = self._unit(named.unit or named.name)
        if unit is None:
            return Mark("unit.yaml")
        if named.kind == "unit":
            return unit.mark
        return unit.marks.get((named.kind, named.name), unit.mark)

    def _line_of_course(self) -> str:
        try:
            text = (self._root / "course.yaml").read_text("utf-8", errors="replace")
        except OSError:
            return "course.yaml"
        found = _ID.search(text)
        return (
            f"course.yaml:{text.count(chr(10), 0, found.start()) + 1}" if found else "course.yaml"
        )


class _Unread:
    """Media are not read: nothing is asked of the course but where things stand."""

    def begin(self, opened: Callable[[], int]) -> Callable[[], bytes]:
        return lambda: b""


def _rest(name: str, page_id: str) -> str:
    """Language and ending of a page's file."""
    return name.removeprefix(f"{page_id}.")


def _listed(items: Sequence[str]) -> str:
    if len(items) < 2:
        return "".join(items) or "its files"
    return f"{', '.join(items[:-1])} and {items[-1]}"


def _shown(mark: Mark) -> str:
    return f"{mark.path}:{mark.line}" if mark.line else mark.path
