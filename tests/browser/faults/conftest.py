"""A small course on each stage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from content.load import load_course
from content.model import Course, Unit
from scorm_builder.starter import make_course
from tests.browser.faults.stages import STAGES, Stage


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The starter course: two pages with a check, four questions, two attempts."""
    folder = tmp_path_factory.mktemp("faults") / "small"
    make_course(folder)
    return load_course(folder)


@pytest.fixture
def unit(course: Course) -> Unit:
    return course.units[0]


@pytest.fixture(params=list(STAGES))
def stage(
    request: pytest.FixtureRequest, course: Course, tmp_path: Path, context: BrowserContext
) -> Iterator[Stage]:
    """The unit in each medium in turn, or in those that the test names."""
    stage = STAGES[request.param](course, tmp_path, context)
    yield stage
    stage.close()
