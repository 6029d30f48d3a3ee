from pathlib import Path

import pytest

from tests.unit.content.courses import CourseFolder, make_course


@pytest.fixture
def course(tmp_path: Path) -> CourseFolder:
    """A good tiny course, to be spoilt."""
    return make_course(tmp_path / "course")
