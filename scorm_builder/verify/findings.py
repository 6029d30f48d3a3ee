"""Collecting what is wrong with a package: capped, so that a hostile one cannot flood a reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from content.problems import Problem, Severity
from scorm_builder.verify.rules import RULES

if TYPE_CHECKING:
    from scorm_builder.manifest.tree import Element

#: Findings kept of one code; the rest are counted.
KEPT_OF_ONE_CODE = 25


@dataclass(frozen=True, slots=True, order=True)
class Finding(Problem):
    """A problem of a package. ``path`` is the entry, "" the archive itself; ``element`` is the
    way to an XML element, as ``/manifest/resources/resource[2]``, or ""."""

    element: str = ""

    def as_dict(self) -> dict[str, str | int]:
        return {**Problem.as_dict(self), "element": self.element}

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        at = f" [{self.element}]" if self.element else ""
        lead = f"{where}: " if where else ""
        return f"{lead}{self.severity} {self.code}: {self.message}{at} ({self.hint})"


@dataclass(slots=True)
class Findings:
    """Findings so far. ``own`` is true for a package that we have just built: there, what is only
    doubtful in another tool's package is a fault. ``lms`` are the LMSs that were named: their
    traps are told, and what they refuse is a fault."""

    own: bool = False
    lms: frozenset[str] = frozenset()
    problems: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    #: Elements that a rule has called wrong: the schema need not say so again.
    faulty: set[str] = field(default_factory=set)

    def report(
        self,
        code: str,
        path: str,
        message: str,
        *,
        at: Element | None = None,
        line: int = 0,
        column: int = 0,
        hint: str = "",
        severity: Severity | None = None,
        strict: bool = False,
    ) -> None:
        """Add a finding of a rule. ``at`` is the element; ``hint`` says more than the rule's
        remedy; ``severity`` overrules its weight; ``strict`` says that the LMS was named."""
        rule = RULES[code]
        self.counts[code] = self.counts.get(code, 0) + 1
        if severity is None:
            severity = self._severity(rule.weight, strict)
        if self.counts[code] > KEPT_OF_ONE_CODE:
            return
        place = way_to(at) if at is not None else ""
        if at is not None:
            line = line_of(at)
            if severity == "error":
                self.faulty.add(place)
        column = max(0, column if line and column else (1 if line else 0))
        self.problems.append(
            Finding(
                printable(path),
                max(0, line),
                column,
                severity,
                code,
                printable(message),
                hint or rule.remedy,
                place,
            )
        )

    def _severity(self, weight: str, strict: bool) -> Severity:
        if weight == "error" or (weight in ("doubt", "refused") and self.own):
            return "error"
        return "error" if weight == "refused" and strict else "warning"

    def finish(self) -> tuple[Finding, ...]:
        """All of them, sorted by place; codes with many findings say how many were left out."""
        for code, count in sorted(self.counts.items()):
            if count > KEPT_OF_ONE_CODE:
                left_out = f"{count - KEPT_OF_ONE_CODE} further findings of {code} are not shown"
                self.report("findings.more", "", left_out)
        return tuple(sorted(self.problems))

    @property
    def failed(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


def line_of(element: Element) -> int:
    """The line an element begins on, from 1."""
    line: object = element.sourceline
    return line if isinstance(line, int) else 1


def way_to(element: Element) -> str:
    """The element's place in its document: names, and numbers where several stand side by side."""
    parts: list[str] = []
    here: Element | None = element
    while here is not None:
        name, parent = etree.QName(here).localname, here.getparent()
        if parent is not None:
            before = sum(1 for _ in here.itersiblings(here.tag, preceding=True))
            if before or next(here.itersiblings(here.tag), None) is not None:
                name += f"[{before + 1}]"
        parts.append(name)
        here = parent
    return "/" + "/".join(reversed(parts))


def printable(text: str, limit: int = 300) -> str:
    """``text`` without anything that could act on a terminal or break a line."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in cut)


def shown(names: Iterable[str], limit: int = 5) -> str:
    """The first few of many names."""
    listed = list(names)
    more = f" and {len(listed) - limit} more" if len(listed) > limit else ""
    return ", ".join(listed[:limit]) + more
