"""The preview tells what ``build`` would refuse and ``check`` proves: too much for an LMS to keep,
and requests to the network."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from scorm_builder.starter import make_course
from tests.previewing import HOLED_COMMAND, Preview, running_preview

UNIT = "units/01-quiz/unit.yaml"
PAGE = "units/01-first-steps/pages/an-assembly.{}.md"


def edit(preview: Preview, path: str, old: str, new: str) -> None:
    text = (preview.course / path).read_text("utf-8")
    assert old in text
    preview.save(path, text.replace(old, new))


def told(preview: Preview, code: str, path: str) -> list[dict[str, Any]]:
    """The problems of that code that a document carries."""
    data = re.search(r'id="preview-data">(.*?)</script>', preview.page(path))
    assert data
    return [one for one in json.loads(data[1])["problems"] if one["code"] == code]


def listed(preview: Preview, code: str) -> list[dict[str, Any]]:
    found = json.loads(preview.page("/_preview/state.json"))["problems"]
    return [one for one in found if one["code"] == code]


def refused(course: Path, *options: str) -> str:
    """What ``build`` says to it."""
    command = [sys.executable, "-m", "scorm_builder", "build", str(course), "--no-cache"]
    out = f"--output={course.parent / 'out'}"
    done = subprocess.run([*command, out, *options], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    return done.stderr


def test_what_no_lms_has_room_for_is_told_in_its_format(tmp_path: Path) -> None:
    make_course(tmp_path / "small", template="quiz")
    code = "room.suspend-data"
    with running_preview(tmp_path / "small") as preview:
        assert listed(preview, code) == []
        edit(preview, UNIT, "attempts: 3", "attempts: 100")
        preview.next_reading(1)
        (problem,) = told(preview, code, "/show/scorm12/en/")
        assert (problem["place"], problem["at"]) == (UNIT, {"top": True})
        assert problem["message"] in (said := refused(preview.course, "--format=scorm12"))
        assert problem["hint"] in said
        assert told(preview, code, "/show/scorm12/fr/principles-quiz/") == [problem]
        assert "SCORM 2004 2nd" in told(preview, code, "/show/scorm2004-2nd/en/")[0]["message"]
        for enough in ("local", "scorm2004", "cmi5", "web"):
            assert told(preview, code, f"/show/{enough}/en/") == [], enough
        formats = [one["message"].partition(", and ")[2] for one in listed(preview, code)]
        assert len(formats) == len(set(formats)) == 2
        edit(preview, UNIT, "attempts: 100", "attempts: 3")
        preview.next_reading(2)
        assert listed(preview, code) == told(preview, code, "/show/scorm12/en/") == []


def test_a_request_to_the_network_is_told_in_its_page_and_language(tmp_path: Path) -> None:
    make_course(tmp_path / "small")
    code = "outside.request"
    with running_preview(tmp_path / "small", HOLED_COMMAND) as preview:
        page, number = PAGE.format("fr"), 0
        text = (preview.course / page).read_text("utf-8")
        # New wording alone, then a new title: both ways of reading a save.
        for wrong in (text + "\nHOLE\n", text.replace("title: ", "title: Or ") + "\nHOLE\n"):
            preview.save(page, wrong)
            while not listed(preview, code):
                number = preview.next_reading(number)
            (problem,) = told(preview, code, "/show/local/fr/")
            assert "//evil.example/a.png" in problem["message"]
            assert problem["at"]["view"] == "first-steps/an-assembly"
            assert (problem["at"]["language"], problem["severity"]) == ("fr", "error")
            assert json.loads(preview.page("/_preview/state.json"))["hasErrors"] is True
            preview.save(page, text)
            while listed(preview, code):
                number = preview.next_reading(number)
            assert told(preview, code, "/show/local/fr/") == []
