"""A course with a recording in it."""

from __future__ import annotations

from pathlib import Path

from content.load import load_course
from content.model import Course
from scorm_builder.starter import make_course

CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:02.000\nWelcome to the assembly\n"
VIDEO = """
::: video welcome.webm
title: A welcome
credit: The authors, CC BY-SA 4.0
captions: welcome.vtt
transcript_text: Welcome to the assembly.
:::

::: download grid.csv
title: A grid
:::
"""


def recorded_course(folder: Path) -> Course:
    """The starter course with a film, captions and a download on its first page."""
    make_course(folder)
    unit = folder / "units/01-first-steps"
    (unit / "media/welcome.webm").write_bytes(b"\x1a\x45\xdf\xa3" + b"\0" * 3000)
    (unit / "media/welcome.vtt").write_text(CAPTIONS, "utf-8")
    (unit / "media/grid.csv").write_text("a,b\n1,2\n", "utf-8")
    for language in ("en", "fr"):
        page = unit / f"pages/who-decides.{language}.md"
        page.write_text(page.read_text("utf-8") + VIDEO, "utf-8")
    return load_course(folder)
