"""Which of the player's files a document loads, in order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Medium = Literal["lti", "scorm12", "scorm2004", "cmi5", "web", "local"]

PLAYER = Path(__file__).resolve().parent.parent / "player"

STYLES = ("player.css",)
#: In the head, before the first paint.
HEAD_SCRIPTS = ("boot.js",)

_BEFORE = ("data.js", "dom.js", "papers.js")
_GRADING = ("grading.js", "engine.js", "tabs.js")
_VIEWS = (
    "questions.js",
    "pages.js",
    "checks.js",
    "quiz.js",
    "result.js",
    "glossary.js",
    "contents.js",
    "app.js",
)
# A package that meets only the other version's API still works, so both come along.
_SCORM = (
    "trackers/local.js",
    "pack.js",
    "trackers/copies.js",
    "trackers/interactions.js",
    "trackers/scorm12.js",
    "trackers/scorm2004.js",
    "trackers/scorm.js",
)
_TRACKERS: dict[str, tuple[str, ...]] = {
    "lti": ("trackers/lti.js",),
    "scorm12": _SCORM,
    "scorm2004": _SCORM,
    "cmi5": (
        "trackers/local.js",
        "pack.js",
        "trackers/copies.js",
        "trackers/interactions.js",
        "trackers/lrs.js",
        "trackers/statements.js",
        "trackers/cmi5.js",
    ),
    "web": ("trackers/local.js", "keeping.js", "device.js", "trackers/web.js"),
    "local": ("trackers/local.js",),
}
_ICONS = ("icons/icon.svg", "icons/icon-192.png", "icons/icon-512.png")


@dataclass(frozen=True, slots=True)
class PlayerFile:
    """A script or style sheet. ``name`` is where it lies below ``player_base``, with slashes."""

    name: str
    source: Path


def body_scripts(medium: Medium) -> tuple[str, ...]:
    """The scripts at the end of the body. In LTI the server grades, so that grading stays away."""
    grading = () if medium == "lti" else _GRADING
    frame = ("sight.js",) if medium == "lti" else ()
    # In LTI another language is another page of the server's.
    languages = () if medium == "lti" else ("languages.js",)
    return (*frame, *_BEFORE, *grading, *_VIEWS, *languages, *_TRACKERS[medium], "start.js")


def player_files(medium: Medium) -> tuple[PlayerFile, ...]:
    """Every file that a document of ``medium`` asks for below its ``player_base``."""
    icons = _ICONS if medium == "web" else ()
    names = (*STYLES, *HEAD_SCRIPTS, *body_scripts(medium), *icons)
    return tuple(PlayerFile(name, PLAYER / name) for name in names)
