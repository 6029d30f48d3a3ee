"""The identifiers that a course gives out, and what changes between two versions of it.

LMSs and the player know courses, units, pages, questions and outcomes by the author's ids alone:
titles, texts and order may change freely. Where an id vanishes, what hangs on it is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from content.ids import nearest
from content.model import Course

Kind = Literal["course", "unit", "page", "question", "outcome"]
#: What stands in a unit, in the order of the lock file.
PARTS: tuple[tuple[str, Kind], ...] = (
    ("outcomes", "outcome"),
    ("pages", "page"),
    ("questions", "question"),
)

_LOST: Mapping[Kind, str] = {
    "course": "LMSs take it for another course: every attempt stays with the old one",
    "unit": "LMSs delete its attempts and scores where the package is uploaded anew",
    "page": "learners who have read it are told to read it again",
    "question": "answers to it are forgotten",
    "outcome": "reports on it end",
}
_RENAMED: Mapping[Kind, str] = {
    "course": "give course.yaml its old id again; the title may change freely",
    "unit": "give unit.yaml its old id again; title and folder may change freely",
    "page": "give its files their old name again; the title may change freely",
    "question": "give it its old id again in questions.yaml; its text may change freely",
    "outcome": "give it its old id again in unit.yaml; its text may change freely",
}


class Named(NamedTuple):
    """One identifier: ``unit`` is that of a part, empty for a unit or the course itself."""

    unit: str
    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.unit}/{self.name}" if self.unit else f"{self.kind} {self.name}"

    @property
    def loss(self) -> str:
        """What goes where it vanishes."""
        return _LOST[self.kind]

    @property
    def remedy(self) -> str:
        """What its author can do, who only wanted to rename something."""
        return _RENAMED[self.kind]


@dataclass(frozen=True, slots=True)
class Identifiers:
    """``units`` has, by unit, the ids of its parts by their kind."""

    course: str
    units: Mapping[str, Mapping[Kind, frozenset[str]]]

    @classmethod
    def of(cls, course: Course) -> Identifiers:
        return cls(
            course.id,
            {
                unit.id: {
                    "outcome": frozenset(one.id for one in unit.outcomes),
                    "page": frozenset(one.id for one in unit.pages),
                    "question": frozenset(one.id for one in (*unit.quiz, *unit.checks)),
                }
                for unit in course.units
            },
        )

    def __iter__(self) -> Iterator[Named]:
        yield Named("", "course", self.course)
        for unit, parts in sorted(self.units.items()):
            yield Named("", "unit", unit)
            for _, kind in PARTS:
                for name in sorted(parts.get(kind, ())):
                    yield Named(unit, kind, name)


@dataclass(frozen=True, slots=True)
class Changes:
    """What of the old identifiers is gone, and what is new. The parts of a unit that is gone as a
    whole are not listed one by one."""

    vanished: tuple[Named, ...]
    appeared: tuple[Named, ...]

    @classmethod
    def between(cls, old: Identifiers, new: Identifiers) -> Changes:
        before, after = set(old), set(new)
        return cls(
            tuple(_roots(one for one in old if one not in after)),
            tuple(_roots(one for one in new if one not in before)),
        )

    def __bool__(self) -> bool:
        return bool(self.vanished or self.appeared)

    def diff(self) -> str:
        """A line an identifier, with what is lost and how to keep it."""
        lines = []
        for gone in self.vanished:
            lines.append(f"  - {gone}: {gone.loss}")
            alike = [n.name for n in self.appeared if (n.unit, n.kind) == (gone.unit, gone.kind)]
            if alike and (nearest(gone.name, alike) or len(alike) == 1):
                lines.append(f"      if you renamed it, {gone.remedy}")
        lines += [f"  + {new}" for new in self.appeared]
        return "\n".join(lines)


def _roots(changed: Iterable[Named]) -> Iterator[Named]:
    whole: set[str] = set()
    for one in changed:
        if one.kind == "unit":
            whole.add(one.name)
        if one.unit not in whole:
            yield one
