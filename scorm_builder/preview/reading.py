"""What the preview knows of a course folder at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from content.loaded import Loaded
from content.model import Course
from content.problems import Problem


class Section(TypedDict):
    """What stands in a page of a document in ``language``, by the name of its view."""

    view: str
    language: str
    html: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the folder: ``number`` grows with each. ``sound`` is the last course without
    errors, ``loaded`` what was read now, ``requests`` what it was found to load from the network.
    Where there are ``sections``, nothing else of the documents is different from the reading
    before."""

    number: int
    loaded: Loaded | None
    sound: Course | None
    problems: tuple[Problem, ...]
    sections: tuple[Section, ...] = ()
    requests: tuple[Problem, ...] = ()

    @property
    def course(self) -> Course | None:
        """As it stands now, errors or not."""
        return self.loaded.course if self.loaded else self.sound

    @property
    def digest(self) -> str | None:
        return self.loaded.course.digest if self.loaded else None

    @property
    def has_errors(self) -> bool:
        return self.loaded is None or self.loaded.findings.has_errors

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        return self.problems if self.has_errors else (*self.problems, *self.requests)
