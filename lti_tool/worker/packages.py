"""Builds the packages that instructors asked for: the one module of the tool that knows
``scorm_builder``."""

from __future__ import annotations

from flask import Flask

from content.load import load_course
from content.model import Course
from content.problems import ContentError
from lti_tool.db import writing
from lti_tool.errors import LtiToolError
from lti_tool.models import now
from lti_tool.services import package_cache, packages
from lti_tool.services.jobs import Task
from lti_tool.services.packages import Wish
from lti_tool.tool import Tool, tool_of
from scorm_builder.build import BuiltPackage, build_package
from scorm_builder.errors import BuildError, VerificationError
from scorm_builder.formats import FORMATS
from scorm_builder.order import Order

_MEGABYTE = 1_000_000


class PackageError(LtiToolError):
    """A package that cannot be built; ``lines`` tell the instructor why, a line a problem."""

    def __init__(self, code: str, lines: list[str]) -> None:
        super().__init__(code, lines[0])
        self.lines = lines


def build(app: Flask, task: Task) -> None:
    """Do a job of kind ``package``. Raises ``PackageError`` where trying again cannot help; what
    is wrong then stands in the package's row too."""
    tool = tool_of(app)
    wish = Wish.from_json(task.payload)
    try:
        built = _build(tool, wish)
    except PackageError as error:
        with writing() as session:
            packages.note_failed(session, wish, error.lines, now())
        raise
    folder = packages.folder_of(tool.settings.data_dir)
    limit = tool.settings.package_cache_mb * _MEGABYTE
    with writing() as session:
        packages.note_built(session, wish, built.path, built.bytes, built.notes, now())
        package_cache.sweep(session, folder, limit, wish.key, now())


def _build(tool: Tool, wish: Wish) -> BuiltPackage:
    course = _course(tool, wish)
    unit, form = course.unit(wish.unit_id), FORMATS.get(wish.format)
    if unit is None or form is None or wish.language not in course.languages:
        raise PackageError("package.unknown", ["This unit is not on offer in that form."])
    output = packages.folder_of(tool.settings.data_dir) / wish.key
    try:
        order = Order(course=course, form=form, languages=(wish.language,), unit=unit)
        return build_package(order, output)
    except VerificationError as error:
        raise PackageError(error.code, [str(one) for one in error.problems]) from error
    except BuildError as error:
        raise PackageError(error.code, [str(error)]) from error


def _course(tool: Tool, wish: Wish) -> Course:
    """The course as its files are now, since the package is made of these: the shelf may hold an
    older version where they have problems."""
    known = tool.shelf.course(wish.course_id)
    if known is None:
        raise PackageError("package.unknown", ["This course is not on offer any more."])
    try:
        course = load_course(known.root)
    except ContentError as error:
        lines = [str(one) for one in error.problems if one.severity == "error"]
        raise PackageError("package.content", lines) from error
    if course.digest != wish.digest:
        raise PackageError(
            "package.changed", ["The course has changed meanwhile: ask for the package again."]
        )
    return course
