"""What a teacher has ticked in the picker, from the fields of a form to content items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from content.model import Course, Unit
from lti_tool.languages import LANGUAGES
from lti_tool.lti.deep_linking import TITLE_LIMIT, ContentItem, content_item
from lti_tool.services.link_options import QUIZ, LinkOptions, time_zones, to_custom
from lti_tool.tool import current_tool
from lti_tool.web.i18n import Words, choose
from lti_tool.web.pages import page_words

#: More links than this are not made at once.
MOST = 100
#: The form's names of what the options call otherwise.
FIELDS = {"opens_at": "opens", "closes_at": "closes"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A unit, or its quiz alone. ``key`` is what the form sends: ``course/unit`` or
    ``course/unit/quiz``."""

    key: str
    course: Course
    unit: Unit
    quiz_only: bool

    @property
    def unit_key(self) -> str:
        return f"{self.course.id}/{self.unit.id}"

    def title(self, wish: str | None) -> str:
        """What the link is called, in the course's language nearest to ``wish``."""
        language = choose(wish, self.course.languages, self.course.default_language)
        title = self.unit.title[language]
        if not self.quiz_only:
            return title
        words = Words(language) if language in LANGUAGES else page_words()
        return words.gettext("Quiz: %(title)s") % {"title": title}


@dataclass(frozen=True, slots=True)
class ItemWish:
    """What was set for one link. The platform takes its dates as its own where it can; the link
    begins with all of ``options`` whatever the platform does."""

    chosen: Chosen
    options: LinkOptions
    graded: bool
    title: str = ""

    def item(self, wish: str | None, context_id: str | None) -> ContentItem:
        """For the LMS's course ``context_id``, where the launch names one."""
        course, unit, options = self.chosen.course, self.chosen.unit, self.options
        spoken = choose(options.language or wish, course.languages, course.default_language)
        return content_item(
            launch_url=current_tool().launch_url,
            course_id=course.id,
            unit_id=unit.id,
            title=self.title or self.chosen.title(spoken),
            # The summary tells of the pages, which a quiz alone does not have.
            text="" if self.chosen.quiz_only else unit.summary[spoken],
            options=to_custom(options, context_id),
            graded=self.graded and bool(unit.quiz),
            part=QUIZ if self.chosen.quiz_only else None,
            opens=options.opens_at,
            closes=options.closes_at,
        )


def read_choice(values: MultiDict[str, str]) -> list[Chosen]:
    """What the fields ``programme`` and ``unit`` name and the shelf has, each once, in the order
    of the courses. What is unknown is passed over."""
    programmes, keys = set(values.getlist("programme")), set(values.getlist("unit"))
    return [one for one in _all() if one.key in keys or _whole(one, programmes)][:MOST]


def read_wishes(
    values: Mapping[str, str], asks_for_columns: bool
) -> tuple[list[ItemWish], dict[str, str]]:
    """The links of the form with each one's options, and what is wrong, by field: a code. Where
    the form ``asks_for_columns``, not to want one is a choice."""
    known = {one.key: one for one in _all()}
    zone = values.get("zone") or "UTC"
    if zone not in time_zones():
        return [], {"zone": "unknown"}
    wishes, wrong = [], {}
    for number in range(MOST):
        chosen = known.get(values.get(f"item-{number}", ""))
        if chosen is None:
            continue
        moments: dict[str, datetime | None] = {}
        for name in ("opens", "closes"):
            field = f"{name}-{number}"
            try:
                moments[name] = _moment(values.get(field, ""), zone)
            except (ValueError, OverflowError):
                moments[name], wrong[field] = None, "form"
        language = values.get(f"language-{number}", "")
        graded = f"graded-{number}" in values
        options = LinkOptions(
            language=language if language in chosen.course.languages else None,
            attempts=_number(values.get(f"attempts-{number}", "")),
            pass_mark=_number(values.get(f"pass_mark-{number}", "")),
            mode="spoc" if any(moments.values()) else "mooc",
            opens_at=moments["opens"],
            closes_at=moments["closes"],
            time_zone=zone,
            ungraded=asks_for_columns and not graded,
        )
        for name, code in options.problems(chosen.course.languages).items():
            wrong[f"{FIELDS.get(name, name)}-{number}"] = code
        title = " ".join(values.get(f"title-{number}", "").split())
        if len(title) > TITLE_LIMIT:
            wrong[f"title-{number}"] = "length"
        wishes.append(ItemWish(chosen, options, graded, title))
    return wishes, wrong


def _number(text: str) -> int | None:
    """None is the unit's own; what is no number is out of every range."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1


def _moment(text: str, zone: str) -> datetime | None:
    """A time as ``datetime-local`` fields send it, by the clocks of ``zone``."""
    if not text:
        return None
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _all() -> Iterator[Chosen]:
    for course in current_tool().shelf.courses():
        for unit in course.units:
            key = f"{course.id}/{unit.id}"
            yield Chosen(key, course, unit, False)
            if unit.quiz:
                yield Chosen(f"{key}/{QUIZ}", course, unit, True)


def _whole(one: Chosen, programmes: set[str]) -> bool:
    return one.course.id in programmes and not one.quiz_only
