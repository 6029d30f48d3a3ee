"""The identifiers that a course gives out, and what changes between two versions of it.

LMSs and the player know courses, units, pages, questions and outcomes by the author's ids alone:
titles, texts and order may change freely. Where an id vanishes, what hangs on it is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from content.ids import nearest
from content.model import Course

if TYPE_CHECKING:
    from scorm_builder.id_places import Places

#: What an LMS tracks: the course as one activity, or each unit as one of its own.
Sco = Literal["course", "unit"]
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
_DIVIDED: Mapping[Sco, str] = {
    "course": "the whole course as one activity (--sco course)",
    "unit": "each unit as an activity of its own (--sco unit)",
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


@dataclass(frozen=True, slots=True)
class Identifiers:
    """``units`` has, by unit, the ids of its parts by their kind; ``scos`` are the ways in which
    the course was divided into activities, as far as that is known."""

    course: str
    units: Mapping[str, Mapping[Kind, frozenset[str]]]
    scos: frozenset[Sco] = frozenset()

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
    whole are not listed one by one. ``divided`` is how the course is divided into activities for
    the first time, where it was divided otherwise before."""

    vanished: tuple[Named, ...]
    appeared: tuple[Named, ...]
    divided: frozenset[Sco] = frozenset()

    @classmethod
    def between(cls, old: Identifiers, new: Identifiers) -> Changes:
        before, after = set(old), set(new)
        return cls(
            tuple(_roots(one for one in old if one not in after)),
            tuple(_roots(one for one in new if one not in before)),
            new.scos - old.scos if old.scos else frozenset(),
        )

    def __bool__(self) -> bool:
        return bool(self.vanished or self.appeared or self.divided)

    def diff(self, places: Places | None = None) -> str:
        """A line an identifier, with what is lost; and how to keep it, where ``places`` are
        known."""
        lines = []
        for gone in self.vanished:
            lines.append(f"  - {gone}: {gone.loss}")
            if places is not None:
                lines.append(f"      {places.back(gone, self.renamed(gone))}")
        lines += [f"  + {new}" for new in self.appeared]
        lines += [f"  + {_DIVIDED[way]}" for way in sorted(self.divided)]
        return "\n".join(lines)

    def renamed(self, gone: Named) -> Named | None:
        """What it may be called now."""
        alike = [new for new in self.appeared if (new.unit, new.kind) == (gone.unit, gone.kind)]
        if len(alike) == 1:
            return alike[0]
        near = nearest(gone.name, [new.name for new in alike])
        return next((new for new in alike if f"“{new.name}”" in near), None)


def _roots(changed: Iterable[Named]) -> Iterator[Named]:
    whole: set[str] = set()
    for one in changed:
        if one.kind == "unit":
            whole.add(one.name)
        if one.unit not in whole:
            yield one
