"""Collecting what is wrong with a package: capped, so that a hostile one cannot flood a reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from content.problems import Problem, Severity
from scorm_builder.manifest.tree import Element

#: Findings kept of one code; the rest are counted.
KEPT_OF_ONE_CODE = 25


@dataclass(slots=True)
class Findings:
    """Problems found so far. ``own`` is true for a package that we have just built: there, what
    is only doubtful in another tool's package is a fault."""

    own: bool = False
    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(
        self,
        severity: Severity,
        code: str,
        path: str,
        message: str,
        hint: str,
        *,
        line: int = 0,
        column: int = 0,
    ) -> None:
        self.counts[code] = self.counts.get(code, 0) + 1
        if self.counts[code] <= KEPT_OF_ONE_CODE:
            column = column if line and column else (1 if line else 0)
            self.problems.append(
                Problem(path, line, column, severity, code, printable(message), hint)
            )

    def error(self, code: str, path: str, message: str, hint: str, line: int = 0) -> None:
        self.add("error", code, path, message, hint, line=line)

    def warning(self, code: str, path: str, message: str, hint: str, line: int = 0) -> None:
        self.add("warning", code, path, message, hint, line=line)

    def doubt(self, code: str, path: str, message: str, hint: str, line: int = 0) -> None:
        """A warning in a package of others, an error in one of ours."""
        self.add("error" if self.own else "warning", code, path, message, hint, line=line)

    def finish(self) -> tuple[Problem, ...]:
        """All of them, sorted by place; codes with many findings say how many were left out."""
        left_out = [
            Problem(
                "",
                0,
                0,
                "warning",
                "findings.more",
                f"{count - KEPT_OF_ONE_CODE} further findings of {code} are not shown",
                "mend those shown, then validate again",
            )
            for code, count in sorted(self.counts.items())
            if count > KEPT_OF_ONE_CODE
        ]
        return tuple(sorted([*self.problems, *left_out]))

    @property
    def failed(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


def line_of(element: Element) -> int:
    """The line an element begins on, from 1."""
    line: object = element.sourceline
    return line if isinstance(line, int) else 1


def printable(text: str, limit: int = 300) -> str:
    """``text`` without anything that could act on a terminal or break a line."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in cut)


def shown(names: Iterable[str], limit: int = 5) -> str:
    """The first few of many names."""
    listed = list(names)
    more = f" and {len(listed) - limit} more" if len(listed) > limit else ""
    return ", ".join(listed[:limit]) + more
