"""What is asked of a build or a weighing: which outputs of a course, and what to keep to.

The command line and the Python API say it each in their own way; from here on they are one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scorm_builder.tool_address import wrong_with

if TYPE_CHECKING:
    from content.model import Course
    from scorm_builder.order import Order

#: In place of names of formats: every one that can be made.
ALL = "all"
_MOST_JOBS = 64


class UnknownNameError(ValueError):
    """A format, language, unit, template or profile that there is not; the message lists those
    there are. Of ``new_course`` also what is no language tag."""

    def __init__(self, message: str, option: str) -> None:
        self.option = option
        super().__init__(message)


class RequestError(ValueError):
    """What was asked for contradicts itself. ``option`` is the name of the parameter at fault."""

    def __init__(self, message: str, option: str) -> None:
        self.option = option
        super().__init__(message)


def check_known(kind: str, given: Iterable[str], choices: Sequence[str]) -> None:
    """Raises ``UnknownNameError`` where ``choices`` lack one of the names ``given``."""
    for name in given:
        if name not in choices:
            raise UnknownNameError(
                f"there is no {kind} “{name}” here; choose from {', '.join(choices)}", kind
            )


def usual_jobs() -> int:
    """How many outputs and files are worked on at once unless somebody says otherwise."""
    return min(4, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The outputs meant, one order each; ``notes`` tell what was decided on the way."""

    orders: tuple[Order, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """``formats``, ``languages`` and ``units`` are those named; none of them named stands for the
    usual format, every language and the whole course. ``sign`` is the file of a secret key."""

    formats: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    together: bool = False
    sco_per_unit: bool = False
    light: bool = False
    max_bytes: int | None = None
    profile: str | None = None
    tool: str | None = None
    locked: bool = False
    accept_changes: bool = False
    sign: Path | None = None
    jobs: int | None = None

    @property
    def hands(self) -> int:
        """How many outputs and files are worked on at once."""
        return self.jobs or usual_jobs()

    def check(self) -> None:
        """What can be said without knowing the course. Raises ``RequestError``."""
        if self.locked and self.accept_changes:
            raise RequestError(
                "locked refuses every change, and accept-changes allows them: give one of the two",
                "locked",
            )
        if self.tool is not None and (wrong := wrong_with(self.tool)):
            raise RequestError(f"{self.tool!r}: {wrong}", "tool")
        if self.max_bytes is not None and self.max_bytes < 1:
            raise RequestError(f"{self.max_bytes} is not a size", "max-bytes")
        if self.jobs is not None and not 1 <= self.jobs <= _MOST_JOBS:
            raise RequestError(f"give a number from 1 to {_MOST_JOBS}", "jobs")

    def check_names(self) -> None:
        """Raises ``UnknownNameError`` for a format or profile that there is not."""
        from scorm_builder.formats import FORMATS

        check_known("format", self.formats, (*FORMATS, ALL))
        if self.profile is not None:
            from scorm_builder.profiles import LIMITS

            check_known("profile", [self.profile], tuple(LIMITS))

    def choose(self, course: Course) -> Chosen:
        """The outputs of ``course`` that are meant.

        Raises ``UnknownNameError``; ``RequestError`` where they contradict each other; and
        ``BuildError`` for a format that the profile's LMS does not take.
        """
        from scorm_builder.formats import FORMATS
        from scorm_builder.order import orders

        self.check()
        self.check_names()
        check_known("language", self.languages, course.languages)
        check_known("unit", self.units, [unit.id for unit in course.units])
        notes: list[str] = []
        most = self._most(notes)
        names = self._names()
        self._check_division(names, notes)
        wanted = orders(
            course,
            formats=[FORMATS[name] for name in names],
            languages=list(dict.fromkeys(self.languages)),
            units=[unit for unit in course.units if unit.id in self.units],
            together=self.together,
            sco_per_unit=self.sco_per_unit,
            light=self.light,
            max_bytes=most,
            profile=self.profile,
            tool=self.tool,
            signed=self.sign is not None,
        )
        return Chosen(tuple(wanted), tuple(notes))

    def _names(self) -> list[str]:
        from scorm_builder.formats import DEFAULT_FORMAT

        named = [name for name in dict.fromkeys(self.formats) if name != ALL]
        every = ALL in self.formats
        if self.profile is None:
            return makeable(self.tool) if every else named or [DEFAULT_FORMAT]
        from scorm_builder.profiles import formats_for

        fit = formats_for(self.profile, [] if every else named, every=every)
        return [name for name in fit if name in makeable(self.tool) or name in named]

    def _most(self, notes: list[str]) -> int | None:
        if self.profile is None:
            return self.max_bytes
        from scorm_builder.profiles import LIMITS

        limit = LIMITS[self.profile]
        if self.max_bytes is None:
            notes.append(f"size limit: {limit.where}")
        return self.max_bytes or limit.most

    def _check_division(self, names: Sequence[str], notes: list[str]) -> None:
        from scorm_builder.formats import FORMATS

        whole = [name for name in names if not FORMATS[name].divisible]
        if not self.sco_per_unit or not whole:
            return
        if len(whole) == len(names):
            raise RequestError(
                f"nothing to divide into activities in {', '.join(names)}; "
                "it is for SCORM and cmi5 packages",
                "sco",
            )
        notes.append(f"note: --sco unit leaves undivided: {', '.join(whole)}")


def makeable(tool: str | None) -> list[str]:
    """What ``all`` stands for: a cartridge of links needs to know where they lead."""
    from scorm_builder.formats import FORMATS

    return [name for name in FORMATS if tool or name != "thincc"]
