"""What a document loads of the player: one style sheet and one script, each put together from the
files of its subjects. Some LMSs start a program for every file that is asked for, and many small
files pack worse than one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Medium = Literal["lti", "scorm12", "scorm2004", "cmi5", "web", "local"]

PLAYER = Path(__file__).resolve().parent.parent / "player"

#: The variables of the style sheet, for pages beside the player too.
LOOK = PLAYER / "styles" / "look.css"
_STYLES = tuple(
    f"styles/{name}.css"
    for name in ("look", "base", "frame", "text", "questions", "messages", "devices")
)
STYLE_SHEET = "player.css"
#: In the head, before the first paint.
HEAD_SCRIPT = "boot.js"

_BEFORE = ("data.js", "dom.js", "papers.js")
_GRADING = (
    "grading/fractions.js",
    "grading/reading.js",
    "grading/grade.js",
    "engine.js",
    "tabs.js",
)
_VIEWS = (
    "questions/parts.js",
    "questions/choices.js",
    "questions/menus.js",
    "questions/texts.js",
    "questions/view.js",
    "pages.js",
    "checks.js",
    "quiz.js",
    "result.js",
    "glossary.js",
    "contents.js",
    "app.js",
)
_PACK = ("pack/bits.js", "pack/answers.js", "pack/state.js")
# A package that meets only the other version's API still works, so both come along.
_SCORM = (
    "trackers/local.js",
    *_PACK,
    "trackers/copies.js",
    "trackers/lms.js",
    "trackers/session-time.js",
    "trackers/interactions.js",
    "trackers/scorm12.js",
    "trackers/scorm2004.js",
    "trackers/scorm-api.js",
    "trackers/scorm-records.js",
    "trackers/scorm.js",
)
_OWN = ("trackers/local.js", "progress-file.js", "own.js")
_TRACKERS: dict[str, tuple[str, ...]] = {
    "lti": ("trackers/lti.js",),
    "scorm12": _SCORM,
    "scorm2004": _SCORM,
    "cmi5": (
        "trackers/local.js",
        *_PACK,
        "trackers/copies.js",
        "trackers/lms.js",
        "trackers/session-time.js",
        "trackers/interactions.js",
        "trackers/lrs.js",
        "trackers/statements.js",
        "trackers/cmi5-page.js",
        "trackers/cmi5-report.js",
        "trackers/cmi5.js",
    ),
    "web": (*_OWN, "keeping.js", "device.js", "trackers/site.js"),
    "local": (*_OWN, "trackers/site.js"),
}
_ICONS = ("icons/icon.svg", "icons/icon-192.png", "icons/icon-512.png")


@dataclass(frozen=True, slots=True)
class PlayerFile:
    """``name`` is where it lies below ``player_base``, with slashes; ``parts`` are the files that
    it is put together from, in their order."""

    name: str
    parts: tuple[Path, ...]

    def read(self) -> bytes:
        """Raises ``OSError``."""
        return b"".join(part.read_bytes() for part in self.parts)


def body_script(medium: Medium) -> str:
    """The name of the script at the end of the body."""
    return f"{medium}.js"


def _scripts(medium: Medium) -> tuple[str, ...]:
    """What it is put together from. In LTI the server grades, so that grading stays away."""
    grading = () if medium == "lti" else _GRADING
    frame = ("sight.js",) if medium == "lti" else ()
    # In LTI another language is another page of the server's.
    languages = () if medium == "lti" else ("languages.js",)
    return (*frame, *_BEFORE, *grading, *_VIEWS, *languages, *_TRACKERS[medium], "start.js")


def player_files(medium: Medium) -> tuple[PlayerFile, ...]:
    """Every file that a document of ``medium`` asks for below its ``player_base``."""
    icons = _ICONS if medium == "web" else ()
    files = {
        STYLE_SHEET: _STYLES,
        HEAD_SCRIPT: (HEAD_SCRIPT,),
        body_script(medium): _scripts(medium),
        **{name: (name,) for name in icons},
    }
    return tuple(
        PlayerFile(name, tuple(PLAYER / part for part in parts)) for name, parts in files.items()
    )
