"""Where problems are gathered while a course is read, so that all come out at once."""

from __future__ import annotations

from typing import NamedTuple

from content.problems import Problem, Severity

#: More than this from one course helps nobody, and a hostile course could make millions.
MAX_PROBLEMS = 2000


class Mark(NamedTuple):
    """A place in a course: ``path`` as in ``Problem``; line 0 means the whole file."""

    path: str
    line: int = 0
    column: int = 0

    def at(self, line: int, column: int = 1) -> Mark:
        return Mark(self.path, line, column)


class Findings:
    """An ordered set of problems."""

    def __init__(self) -> None:
        self._problems: dict[Problem, None] = {}
        self.has_errors = False

    def error(self, mark: Mark, code: str, message: str, hint: str) -> None:
        self.has_errors = True
        self._add(mark, "error", code, message, hint)

    def warning(self, mark: Mark, code: str, message: str, hint: str) -> None:
        self._add(mark, "warning", code, message, hint)

    def _add(self, mark: Mark, severity: Severity, code: str, message: str, hint: str) -> None:
        if len(self._problems) < MAX_PROBLEMS:
            problem = Problem(mark.path, mark.line, mark.column, severity, code, message, hint)
            self._problems[problem] = None

    @property
    def count(self) -> int:
        return len(self._problems)

    def sorted(self) -> tuple[Problem, ...]:
        return tuple(sorted(self._problems))
