"""Classical item statistics, pure: nothing here knows of courses or of a database.

Difficulty is the mean share of a question's points that was earned. Discrimination says whether
those who do well otherwise do well here too: the corrected item–rest correlation (Pearson's, of
the question's credit with the score in all *other* questions), or, where few have answered, the
difference of the mean credits of the upper and the lower group by the whole score.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

#: With fewer answers nothing is judged.
FEW = 10
#: With fewer answers a correlation says little: the groups are compared instead.
SMALL = 30
#: Upper and lower group: this share of all each (Kelley 1939).
GROUP_SHARE = 0.27

Group = Literal["upper", "lower"]
Method = Literal["correlation", "groups"]

EASY, HARD = 0.95, 0.20
WEAK, GOOD = 0.15, 0.30
#: By how much a wrong option must be dearer to the upper group to be called misleading.
MISLEADING = 0.10


@dataclass(slots=True)
class Pairing:
    """Pearson's correlation of a stream of pairs, in constant memory (Welford's updates)."""

    count: int = 0
    mean_x: float = 0.0
    mean_y: float = 0.0
    square_x: float = 0.0
    square_y: float = 0.0
    product: float = 0.0

    def add(self, x: float, y: float) -> None:
        self.count += 1
        before_x, before_y = x - self.mean_x, y - self.mean_y
        self.mean_x += before_x / self.count
        self.mean_y += before_y / self.count
        self.square_x += before_x * (x - self.mean_x)
        self.square_y += before_y * (y - self.mean_y)
        self.product += before_x * (y - self.mean_y)

    @property
    def correlation(self) -> float | None:
        """From -1 to 1; None where either side never varies."""
        if self.square_x < 1e-9 or self.square_y < 1e-9:
            return None
        found = self.product / math.sqrt(self.square_x * self.square_y)
        return max(-1.0, min(1.0, found))


def extreme_groups(scores: Mapping[int, float]) -> dict[int, Group]:
    """Which keys are in the upper and in the lower group: 27 % of all each, and one at least, by
    score and then by key. None at all where the groups would not differ in their scores."""
    size = max(1, round(GROUP_SHARE * len(scores)))
    ranked = sorted(scores, key=lambda key: (scores[key], key))
    if len(ranked) < 2 * size or scores[ranked[size - 1]] >= scores[ranked[-size]]:
        return {}
    groups: dict[int, Group] = dict.fromkeys(ranked[:size], "lower")
    groups.update(dict.fromkeys(ranked[-size:], "upper"))
    return groups


@dataclass(slots=True)
class Tally:
    """The answers to one question, added one by one. ``options`` counts by (part, option), in all
    and by group."""

    pairing: Pairing = field(default_factory=Pairing)
    answers: int = 0
    credit: float = 0.0
    group_sizes: Counter[Group] = field(default_factory=Counter)
    group_credit: dict[Group, float] = field(default_factory=lambda: {"upper": 0.0, "lower": 0.0})
    options: Counter[tuple[str, str]] = field(default_factory=Counter)
    group_options: dict[Group, Counter[tuple[str, str]]] = field(
        default_factory=lambda: {"upper": Counter(), "lower": Counter()}
    )

    def add(
        self,
        credit: float | None,
        rest: float | None,
        chosen: Iterable[tuple[str, str]],
        group: Group | None,
    ) -> None:
        """``credit`` is None for an unscored question, ``rest`` where there is no other one."""
        self.answers += 1
        for option in chosen:
            self.options[option] += 1
            if group:
                self.group_options[group][option] += 1
        if group:
            self.group_sizes[group] += 1
            self.group_credit[group] += credit or 0.0
        if credit is not None:
            self.credit += credit
            if rest is not None:
                self.pairing.add(credit, rest)

    @property
    def difficulty(self) -> float | None:
        return self.credit / self.answers if self.answers else None

    def discrimination(self) -> tuple[float | None, Method]:
        """The figure, None where it cannot be told, and how it was come by."""
        if self.answers >= SMALL:
            return self.pairing.correlation, "correlation"
        upper, lower = self.group_sizes["upper"], self.group_sizes["lower"]
        if self.answers < FEW or not upper or not lower:
            return None, "groups"
        difference = self.group_credit["upper"] / upper - self.group_credit["lower"] / lower
        return difference, "groups"


@dataclass(frozen=True, slots=True)
class OptionCount:
    """How often an option was taken, in all and by the two groups."""

    part: str
    option: str
    right: bool
    count: int
    upper: int
    lower: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that the figures say; the pages have a sentence for each ``code``. ``about`` is
    the option that it is about."""

    code: str
    about: OptionCount | None = None


def read_figures(
    tally: Tally, options: Sequence[OptionCount], *, scored: bool
) -> tuple[Reading, ...]:
    """What to think of a question, the weightiest first. ``options`` are those to choose from."""
    if not scored:
        return (Reading("unscored"),)
    if tally.answers < FEW:
        return (Reading("few"),)
    difficulty = tally.difficulty or 0.0
    value, _ = tally.discrimination()
    found = []
    if difficulty >= EASY:
        found.append(Reading("easy"))
    elif difficulty <= HARD:
        found.append(Reading("hard"))
    if value is not None and value < 0:
        found.append(Reading("backwards"))
    elif difficulty < EASY:
        found.append(Reading(_strength(value)))
    return (*found, *_distractors(tally, options))


def _strength(value: float | None) -> str:
    if value is None:
        return "alike"
    return "weak" if value < WEAK else "fair" if value < GOOD else "good"


def _distractors(tally: Tally, options: Sequence[OptionCount]) -> list[Reading]:
    """Wrong options that draw the upper group, that outdo the right one, or that nobody takes."""
    upper, lower = tally.group_sizes["upper"], tally.group_sizes["lower"]
    found = []
    for one in options:
        if one.right:
            continue
        rights = [other.count for other in options if other.part == one.part and other.right]
        if upper >= 3 and lower and one.upper / upper - one.lower / lower >= MISLEADING:
            found.append(Reading("misleading", one))
        elif rights and one.count > max(rights):
            found.append(Reading("preferred", one))
        elif one.count == 0 and tally.answers >= SMALL:
            found.append(Reading("unused", one))
    return found
