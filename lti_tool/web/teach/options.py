"""What an instructor sets for this link."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Response, make_response, redirect, request, url_for

from lti_tool.db import writing
from lti_tool.languages import N_, NAMES
from lti_tool.models import now
from lti_tool.services.deliveries import late
from lti_tool.services.link_options import (
    ATTEMPTS,
    MAX_NOTE,
    MAX_TUTOR,
    PASS_MARKS,
    LinkOptions,
    options_of,
    set_options,
    time_zones,
)
from lti_tool.tool import current_tool
from lti_tool.web.pages import page, page_words
from lti_tool.web.teach.access import Place, blueprint, open_form, open_place

#: What is wrong with a field, in words.
PROBLEMS = {
    "language": N_("Choose a language that this course speaks."),
    "attempts": N_("Choose between 1 and 5 attempts."),
    "pass_mark": N_("Write a whole number from 50 to 100, or nothing."),
    "opens_at": N_("Write the beginning as a date and a time, such as 2027-03-01 09:00."),
    "closes_at": N_("Write the end as a date and a time, such as 2027-03-31 18:00."),
    "order": N_("The end must be later than the beginning."),
    "time_zone": N_("Choose a time zone of the list."),
    "tutor": N_("Write a shorter name: at most 120 characters."),
    "note": N_("Write a shorter note: at most 1,000 characters."),
}
_YEARS = range(2000, 2100)


@blueprint.get("/teach/<handle>/options")
def options(handle: str) -> Response:
    place = open_place(handle)
    present = options_of(place.link)
    return _page(place, _as_form(present), {}, saved=request.args.get("saved") == "1")


@blueprint.post("/teach/<handle>/options")
def save_options(handle: str) -> Response:
    place = open_form(handle)
    form = {name: text.replace("\0", "").strip() for name, text in request.form.items()}
    wanted, problems = _read(form)
    for field, code in wanted.problems(place.course.languages).items():
        problems.setdefault(field, "order" if code == "order" else field)
    if problems:
        return _page(place, form, problems)
    with writing() as session:
        held_back = options_of(place.link).ungraded and not wanted.ungraded
        set_options(place.link, wanted)
        if held_back:
            late.ask_for(session, place.link.id, place.session.user.registration_id, now())
    return make_response(redirect(url_for("teach.options", handle=handle, saved=1), 303))


def _page(
    place: Place, form: Mapping[str, str], problems: Mapping[str, str], saved: bool = False
) -> Response:
    found = current_tool().shelf.unit(place.link.course_id, place.link.unit_id)
    words = page_words()
    return page(
        "teach/options.html",
        400 if problems else 200,
        **place.shown(),
        own=found[1] if found else place.unit,
        form=form,
        problems={field: words.gettext(PROBLEMS[text]) for field, text in problems.items()},
        saved=saved,
        languages={tag: NAMES.get(tag, tag) for tag in place.course.languages},
        attempts=ATTEMPTS,
        pass_marks=PASS_MARKS,
        zones=_zones_by_area(),
        longest_tutor=MAX_TUTOR,
        longest_note=MAX_NOTE,
    )


def _as_form(present: LinkOptions) -> dict[str, str]:
    """The options as the form shows them: times as clocks in their zone have them."""
    zone = ZoneInfo(present.time_zone)

    def local(moment: datetime | None) -> str:
        return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if moment else ""

    return {
        "language": present.language or "",
        "attempts": str(present.attempts or ""),
        "pass_mark": str(present.pass_mark or ""),
        "mode": present.mode,
        "opens_at": local(present.opens_at),
        "closes_at": local(present.closes_at),
        "time_zone": present.time_zone,
        "tutor": present.tutor,
        "note": present.note,
        "ungraded": "yes" if present.ungraded else "",
    }


def _read(form: Mapping[str, str]) -> tuple[LinkOptions, dict[str, str]]:
    """What the form says, and which fields cannot be read at all."""
    problems: dict[str, str] = {}

    def number(field: str) -> int | None:
        text = form.get(field, "")
        if text and (not text.isascii() or not text.isdigit() or len(text) > 4):
            problems[field] = field
            return None
        return int(text) if text else None

    name = form.get("time_zone") or "UTC"
    if name not in time_zones():
        problems["time_zone"] = "time_zone"
        name = "UTC"

    def moment(field: str) -> datetime | None:
        text = form.get(field, "")
        try:
            clock = datetime.fromisoformat(text) if text else None
        except ValueError:
            clock = None
        if text and (clock is None or clock.tzinfo is not None or clock.year not in _YEARS):
            problems[field] = field
            return None
        return clock.replace(tzinfo=ZoneInfo(name)) if clock else None

    wanted = LinkOptions(
        language=form.get("language") or None,
        attempts=number("attempts"),
        pass_mark=number("pass_mark"),
        mode="spoc" if form.get("mode") == "spoc" else "mooc",
        opens_at=moment("opens_at"),
        closes_at=moment("closes_at"),
        time_zone=name,
        tutor=form.get("tutor", ""),
        note=form.get("note", ""),
        ungraded=form.get("ungraded") == "yes",
    )
    return wanted, problems


def _zones_by_area() -> dict[str, list[tuple[str, str]]]:
    """Names of zones and what to show for them, by continent; UTC is offered beside them."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(time_zones()):
        area, _, city = name.partition("/")
        if city and area not in ("Etc", "SystemV", "US", "posix", "right"):
            found.setdefault(area, []).append((name, city.replace("_", " ")))
    return found
