"""A second programme for the tool of a trial: small, and of several units."""

from __future__ import annotations

import shutil
from pathlib import Path

from scorm_builder.starter import make_course

_UNIT = "01-first-steps"
_NEXT = "02-next-steps"


def make_programme(folder: Path) -> None:
    """Write the course that ``scorm-builder new`` makes into ``folder``, its unit there twice."""
    make_course(folder)
    shutil.copytree(folder / "units" / _UNIT, folder / "units" / _NEXT)
    _change(
        folder / "units" / _NEXT / "unit.yaml",
        {"first-steps": "next-steps", "First steps": "Next steps", "Premiers pas": "Pas suivants"},
    )
    _change(folder / "course.yaml", {f"[{_UNIT}]": f"[{_UNIT}, {_NEXT}]"})


def _change(path: Path, words: dict[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in words.items():
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
