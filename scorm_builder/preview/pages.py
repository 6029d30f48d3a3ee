"""The preview's own HTML: the page around the document, and what goes into the document's head."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from content.problems import Problem
from content.render.assets import STYLE_SHEET
from content.render.document import script_json

STATIC = Path(__file__).resolve().parent / "static"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("scorm_builder.preview", "static"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


def shell_page(state: Mapping[str, object]) -> str:
    """The controls, the frame for the document, the problems, and the LMS."""
    template = _environment().get_template("shell.html")
    data = Markup(script_json(state))  # noqa: S704 - escaped by script_json
    return template.render(state=state, data=data)


def problems_page(folder: Path, problems: Iterable[Problem]) -> str:
    """Stands in the frame while nothing of the course can be shown."""
    template = _environment().get_template("problems.html")
    return template.render(folder=folder, problems=[problem.as_dict() for problem in problems])


def guide_page(
    language: str, direction: str, player_base: str, guides: Iterable[Mapping[str, object]]
) -> str:
    """Trainer guides, in the player's look but without the player."""
    return (
        _environment()
        .get_template("guide.html")
        .render(
            language=language,
            direction=direction,
            style_sheet=player_base + STYLE_SHEET,
            guides=list(guides),
        )
    )


def inside_head(data: str) -> str:
    """What a document gets: its problems, and the script that shows them at their place."""
    return (
        f'<link rel="stylesheet" href="{_kept_address("inside.css")}">'
        f'<script type="application/json" id="preview-data">{data}</script>'
        f'<script src="{_kept_address("inside.js")}"></script>'
    )


def _kept_address(name: str) -> str:
    """Another one whenever the file changes, so that browsers may keep what they have."""
    return f"/_preview/{name}?{(STATIC / name).stat().st_mtime_ns}"


def static_file(name: str) -> Path | None:
    """One of the preview's own scripts and style sheets."""
    known = {path.name: path for path in STATIC.iterdir() if path.suffix in (".js", ".css")}
    return known.get(name)


def not_found(path: str) -> str:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Not in this course</title>'
        f"<p>This course has no {escape(path)}. "
        '<a href="/" target="_top">To the preview</a></p></html>'
    )
