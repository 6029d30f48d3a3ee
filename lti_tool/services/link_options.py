"""What an instructor sets for one link: language, attempts, pass mark, and, where people learn
together, dates and who accompanies them. Stored in ``ResourceLink.options``, applied here alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Literal
from zoneinfo import available_timezones

from content.model import Unit
from lti_tool.models import ResourceLink

ATTEMPTS = range(1, 6)
PASS_MARKS = range(50, 101)
MAX_TUTOR = 120
MAX_NOTE = 1000
#: The options in which an instructor may have named people.
NAMING = ("tutor", "note")
#: ``ResourceLink.part`` of a link that holds a unit's quiz without its pages.
QUIZ = "quiz"

#: Learners work at their own pace, or as a group with dates and somebody who accompanies them.
Mode = Literal["mooc", "spoc"]
#: Where a moment stands to the dates.
Window = Literal["early", "open", "over"]


@cache
def time_zones() -> frozenset[str]:
    """The names of the zones that dates can be set in."""
    return frozenset(available_timezones())


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """``None`` is the unit's own. Dates, tutor and note are kept in MOOC mode too, and not
    applied."""

    language: str | None = None
    attempts: int | None = None
    pass_mark: int | None = None
    mode: Mode = "mooc"
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    #: The zone in which the dates were set, and are shown to the instructor again.
    time_zone: str = "UTC"
    tutor: str = ""
    note: str = ""
    #: The gradebook is told nothing, whatever column there is.
    ungraded: bool = False

    @property
    def accompanied(self) -> bool:
        return self.mode == "spoc"

    def problems(self, languages: Collection[str]) -> dict[str, str]:
        """What is wrong, by field: a code. Empty where the options may be stored."""
        found = {}
        if self.language is not None and self.language not in languages:
            found["language"] = "unknown"
        if self.attempts is not None and self.attempts not in ATTEMPTS:
            found["attempts"] = "range"
        if self.pass_mark is not None and self.pass_mark not in PASS_MARKS:
            found["pass_mark"] = "range"  # noqa: S105 - a mark, no password
        if self.time_zone not in time_zones():
            found["time_zone"] = "unknown"
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            found["closes_at"] = "order"
        if len(self.tutor) > MAX_TUTOR:
            found["tutor"] = "length"
        if len(self.note) > MAX_NOTE:
            found["note"] = "length"
        return found

    def window(self, now: datetime) -> Window:
        """Whether answers are taken at ``now``; always, in MOOC mode."""
        if not self.accompanied:
            return "open"
        if self.opens_at is not None and now < self.opens_at:
            return "early"
        if self.closes_at is not None and now >= self.closes_at:
            return "over"
        return "open"

    def to_json(self) -> dict[str, Any]:
        """Only what differs from the unit's own."""
        values = {
            "language": self.language,
            "attempts": self.attempts,
            "pass_mark": self.pass_mark,
            "mode": self.mode if self.accompanied else None,
            "opens_at": _written(self.opens_at),
            "closes_at": _written(self.closes_at),
            "time_zone": self.time_zone if self.time_zone != "UTC" else None,
            "tutor": self.tutor or None,
            "note": self.note or None,
            "ungraded": self.ungraded or None,
        }
        return {name: value for name, value in values.items() if value is not None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LinkOptions:
        """The options that ``to_json`` wrote. What is missing or no longer allowed is the unit's
        own: a link must open whatever became of the limits since."""
        language, zone = data.get("language"), data.get("time_zone")
        return cls(
            language=language if isinstance(language, str) else None,
            attempts=_within(data.get("attempts"), ATTEMPTS),
            pass_mark=_within(data.get("pass_mark"), PASS_MARKS),
            mode="spoc" if data.get("mode") == "spoc" else "mooc",
            opens_at=_read(data.get("opens_at")),
            closes_at=_read(data.get("closes_at")),
            time_zone=zone if isinstance(zone, str) and zone in time_zones() else "UTC",
            tutor=str(data.get("tutor") or "")[:MAX_TUTOR],
            note=str(data.get("note") or "")[:MAX_NOTE],
            ungraded=data.get("ungraded") is True,
        )


#: Custom parameters of a link that was picked: what its teacher set while picking.
_PICKED = ("language", "attempts", "pass_mark", "opens_at", "closes_at", "time_zone")
_PICKED_FOR = "set_for"
_UNGRADED = "set_ungraded"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")


def to_custom(options: LinkOptions, context_id: str | None) -> dict[str, str]:
    """``options`` as custom parameters of a deep-linking item, for ``from_custom``. The dates are
    those of the course ``context_id`` alone."""
    written = options.to_json()
    found = {f"set_{name}": str(written[name]) for name in _PICKED if name in written}
    if options.ungraded:
        found[_UNGRADED] = "yes"
    if options.accompanied and context_id is not None:
        found[_PICKED_FOR] = _course_mark(context_id)
    return found


def from_custom(custom: Mapping[str, str], context_id: str | None) -> LinkOptions:
    """What was set when the link was picked, for its first launch. Copies of a course bring the
    parameters along as they are: there the dates, which were the old course's, do not count.
    Whatever is not allowed is the unit's own."""
    data: dict[str, Any] = {
        name: custom[f"set_{name}"] for name in _PICKED if f"set_{name}" in custom
    }
    ungraded = custom.get(_UNGRADED) == "yes"
    if not data:
        return LinkOptions(ungraded=ungraded)
    for name in ("attempts", "pass_mark"):
        text = str(data.get(name, ""))
        data[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None
    if not _LANGUAGE.fullmatch(data.get("language", "")):
        data.pop("language", None)
    mark = custom.get(_PICKED_FOR)
    here = mark is None or (context_id is not None and mark == _course_mark(context_id))
    if not here:
        data = {name: data.get(name) for name in ("language", "attempts", "pass_mark")}
    options = LinkOptions.from_json(data)
    if options.opens_at and options.closes_at and options.closes_at <= options.opens_at:
        options = replace(options, opens_at=None, closes_at=None)
    dated = options.opens_at is not None or options.closes_at is not None
    return replace(options, mode="spoc" if dated else "mooc", ungraded=ungraded)


def _course_mark(context_id: str) -> str:
    return hashlib.sha256(context_id.encode()).hexdigest()[:16]


def without_past_dates(data: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The stored options of a link for its copy: a group that is over has left its dates."""
    closes = _read(data.get("closes_at"))
    gone = ("opens_at", "closes_at") if closes is not None and closes <= now else ()
    return {name: value for name, value in data.items() if name not in gone}


def options_of(link: ResourceLink) -> LinkOptions:
    return LinkOptions.from_json(link.options or {})


def set_options(link: ResourceLink, options: LinkOptions) -> None:
    """Store ``options``. Statuses follow at once, since they are worked out whenever they are
    shown; scores that were handed in stay as they are. The caller commits."""
    link.options = options.to_json()


def unit_for_link(unit: Unit, link: ResourceLink) -> Unit:
    """``unit`` as the link has it: its attempts and pass mark, and without pages where the link
    holds the quiz alone."""
    options = options_of(link)
    changed = replace(
        unit,
        attempts=options.attempts or unit.attempts,
        mastery_score=Decimal(options.pass_mark) if options.pass_mark else unit.mastery_score,
    )
    return replace(changed, pages=(), checks=()) if link.part == QUIZ else changed


def _within(value: object, limits: range) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if value in limits else None


def _written(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def _read(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
