"""Packages of small courses, and the LMS that plays them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from content.load import load_course
from content.model import Course, Unit
from scorm_builder.build import build_package
from scorm_builder.formats import FORMATS
from scorm_builder.order import Order
from scorm_builder.starter import make_course
from tests.scorm_packages.lms import Lms

Packaged = Callable[[Course], Path]


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The starter course: two pages with a check, four questions, two attempts."""
    folder = tmp_path_factory.mktemp("scorm") / "small"
    make_course(folder)
    return load_course(folder)


@pytest.fixture
def unit(course: Course) -> Unit:
    return course.units[0]


@pytest.fixture(params=["scorm12", "scorm2004"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def packaged(version: str, tmp_path: Path) -> Packaged:
    """A course → the package of its first unit."""

    def build(course: Course) -> Path:
        folder = tmp_path / course.version
        return build_package(
            Order(course=course, form=FORMATS[version], languages=("en",), unit=course.units[0]),
            folder,
        ).path

    return build


@pytest.fixture
def lms(packaged: Packaged, course: Course) -> Iterator[Lms]:
    """An LMS with the starter unit imported as ``unit``."""
    with Lms() as lms:
        lms.upload("unit", packaged(course))
        yield lms


def with_unit(course: Course, **changed: object) -> Course:
    return replace(course, units=(replace(course.units[0], **changed),))  # type: ignore[arg-type]
