"""The cmi5 package of a small course, and the LMS that launches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from content.load import load_course
from content.model import Course, Unit
from scorm_builder.build import build_package
from scorm_builder.formats import FORMATS
from scorm_builder.order import Order
from scorm_builder.starter import make_course
from tests.learner import Learner
from tests.scorm_packages.lrs import Cmi5Launch, Cmi5Lms


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The starter course: two pages with a check, four questions, two attempts."""
    folder = tmp_path_factory.mktemp("cmi5") / "small"
    make_course(folder)
    return load_course(folder)


@pytest.fixture
def unit(course: Course) -> Unit:
    return course.units[0]


@pytest.fixture
def launch() -> Cmi5Launch:
    return Cmi5Launch("unit", mastery=0.7)


@pytest.fixture
def lms(course: Course, tmp_path: Path) -> Iterator[Cmi5Lms]:
    form, unit = FORMATS["cmi5"], course.units[0]
    order = Order(course=course, form=form, languages=("en", "fr"), unit=unit)
    with Cmi5Lms() as lms:
        lms.upload("unit", build_package(order, tmp_path).path)
        yield lms


Begin = Callable[[Page], Learner]


@pytest.fixture
def begin(unit: Unit) -> Begin:
    """The learner, once the player is ready."""

    def arrived(page: Page) -> Learner:
        learner = Learner(page, unit)
        learner.arrive()
        return learner

    return arrived
