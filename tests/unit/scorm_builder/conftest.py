from __future__ import annotations

from pathlib import Path

import pytest

from content.load import load_course
from content.model import Course
from scorm_builder.identifiers import Identifiers
from scorm_builder.lock import write_lock
from scorm_builder.starter import make_course


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    folder = tmp_path_factory.mktemp("courses") / "small"
    make_course(folder)
    return load_course(folder)


@pytest.fixture
def folder(course: Course, tmp_path: Path) -> Path:
    """A folder with the lock of the course."""
    write_lock(tmp_path, Identifiers.of(course))
    return tmp_path
