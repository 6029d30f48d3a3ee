"""Where the parts of a course lie."""

from __future__ import annotations

import os
import re
from pathlib import Path

COURSE_FILE = "course.yaml"
#: What some editors make of that name.
_NEARLY = re.compile(r"course\.ya?ml(?:\.txt)?", re.IGNORECASE)
#: The folders beside course.yaml that a course is made of. Others are passed over: packages that
#: were built, environments, and whatever else a repository holds.
COURSE_FOLDERS = frozenset({"units", "media"})


def way_to_a_course(folder: Path) -> str:
    """What to do where ``folder`` has no course.yaml."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        names = []
    for name in names:
        if _NEARLY.fullmatch(name):
            return f"rename “{name}” to {COURSE_FILE}"
    for name in names:
        if os.path.isfile(folder / name / COURSE_FILE):
            return f"give the course's own folder: is it “{name}” in here?"
    for above in folder.parents:
        if os.path.isfile(above / COURSE_FILE):
            return f"give the course's own folder: is it “{above.name}”, of which this is a part?"
    return "give the folder that holds it, or make a course: scorm-builder new my-course"
