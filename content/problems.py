"""What is wrong with a course, where, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning"]
#: What acts on a terminal, breaks a line, or turns what follows around.
_ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding about a course's files.

    ``path`` is relative to the course folder, with forward slashes. ``line`` and ``column`` count
    from 1; 0 means that the whole file or folder is meant. ``code`` is stable and documented in
    docs/course-format.md; ``message`` says what is wrong, ``hint`` what to do.
    """

    path: str
    line: int
    column: int
    severity: Severity
    code: str
    message: str
    hint: str

    def as_dict(self) -> dict[str, str | int]:
        """The JSON form of ``check --json``: keys in the documented order."""
        fields = asdict(self)
        order = ("severity", "code", "path", "line", "column", "message", "hint")
        return {key: fields[key] for key in order}

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        line = f"{where}: {self.severity} {self.code}: {self.message} ({self.hint})"
        return _ACTING.sub(lambda sign: sign.group().encode("unicode_escape").decode(), line)


class ContentError(Exception):
    """A course cannot be used. Carries *all* its problems, sorted by place, not just the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        errors = [problem for problem in self.problems if problem.severity == "error"]
        super().__init__(f"{len(errors)} error(s) in the course; first: {(*errors, None)[0]}")
