"""``scorm-builder new``: a small course to write over, copied from ``templates/course``."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from scorm_builder.names import slug

_PLACEHOLDER = "COURSE-ID"


class FolderInUseError(Exception):
    """The folder holds something already; nothing was written."""


def make_course(folder: Path) -> list[Path]:
    """Write the starter course into ``folder``, new or empty; returns the files made.

    Its id comes from the folder's name.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUseError(f"{folder} is not empty: name a new folder, or an empty one.")
    made: list[Path] = []
    _copy(files("scorm_builder") / "templates" / "course", folder, course_id(folder), made)
    return made


def course_id(folder: Path) -> str:
    """The folder's name as an id: lower-case ASCII, beginning with a letter."""
    name = slug(folder.resolve().name)
    return name if name[0].isalpha() else f"course-{name}"


def _copy(source: Traversable, target: Path, identifier: str, made: list[Path]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for entry in sorted(source.iterdir(), key=lambda entry: entry.name):
        path = target / entry.name
        if entry.is_dir():
            _copy(entry, path, identifier, made)
            continue
        text = entry.read_text(encoding="utf-8").replace(_PLACEHOLDER, identifier)
        path.write_text(text, encoding="utf-8", newline="\n")
        made.append(path)
