"""Who has not started, who is stuck, who is done: as a table, and as a file of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, request, url_for
from werkzeug.datastructures import MultiDict

from lti_tool.models import db, now
from lti_tool.services import overview as overviews
from lti_tool.services import rosters
from lti_tool.services.deliveries import can_be_graded
from lti_tool.services.link_options import options_of
from lti_tool.services.overview import FILTERS, Wanted
from lti_tool.services.overview_rows import SORTS, STILL
from lti_tool.services.results import can_be_read
from lti_tool.tool import current_tool
from lti_tool.web.pages import page
from lti_tool.web.sessions import switch_language
from lti_tool.web.teach.access import blueprint, open_place, open_teaching, place_of, to_overview
from lti_tool.web.teach.choosing import choices
from lti_tool.web.teach.deliveries import remedy
from lti_tool.web.teach.roster import roster_remedy
from lti_tool.web.teach.spreadsheet import learners_file

MAX_SEARCH = 200
#: Sorted from the top where nothing else is said: who reads these columns looks for the highest.
_HIGHEST_FIRST = frozenset({"score", "pages", "attempts", "last"})
#: Larger numbers than any row has: what a database would refuse to compare.
_LARGEST = 2**31 - 1


@blueprint.get("/teach/<handle>")
def teach(handle: str) -> Response:
    found = open_teaching(handle)
    if switch_language(found, request.args.get("language")):
        return to_overview(handle)
    place = place_of(found, handle)
    if place is None:
        return choices(found, handle)
    wanted = read_wanted(request.args)
    moment = now()
    shown = overviews.read_overview(db.session(), place.link, place.unit, wanted, moment)
    return page(
        "teach/overview.html",
        200,
        **place.shown(),
        overview=shown,
        wanted=wanted,
        link_to=lambda **changes: _link(handle, wanted, **changes),
        file_url=_link(handle, wanted, "teach.file", page=1),
        sort_of=lambda column: _sort_of(wanted, column),
        still_days=STILL.days,
        graded=can_be_graded(found.user, place.link),
        ungraded=options_of(place.link).ungraded,
        compared=can_be_read(place.link),
        context=found.context,
        reading=found.context is not None and rosters.is_being_read(db.session(), found.context),
        faulty=[item for item in current_tool().shelf.faulty() if item.served],
        remedy=remedy,
        roster_remedy=roster_remedy,
    )


@blueprint.get("/teach/<handle>/learners.csv")
def file(handle: str) -> Response:
    """Everybody whom the table would show with the same filters, for a spreadsheet."""
    place = open_place(handle)
    wanted = read_wanted(request.args)
    rows = overviews.each_learner(db.session(), place.link, place.unit, wanted, now())
    return learners_file(rows, place.unit)


def read_wanted(args: MultiDict[str, str]) -> Wanted:
    """What an address asks for; whatever it says that means nothing is passed over."""
    sort = args.get("sort", "name")
    column = sort.removeprefix("-")
    stage = args.get("stage", "")
    return Wanted(
        words=args.get("q", "").replace("\0", "")[:MAX_SEARCH].strip(),
        stage=stage if stage in FILTERS else "",
        group=_number(args.get("group")),
        sort=column if column in SORTS else "name",
        descending=sort.startswith("-") and column in SORTS,
        page=_number(args.get("page")) or 1,
    )


def _number(text: str | None) -> int | None:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 10:
        return None
    return min(int(text), _LARGEST)


def _link(
    handle: str, wanted: Wanted, endpoint: str = "teach.teach", **changes: str | int | bool | None
) -> str:
    """The address of the same table with ``changes``; any but of the page begins at page 1."""
    changed = replace(wanted, **{"page": 1, **changes})  # type: ignore[arg-type]
    fields = {
        "q": changed.words,
        "stage": changed.stage,
        "group": changed.group,
        "sort": ("-" if changed.descending else "") + changed.sort,
        "page": changed.page if changed.page > 1 else None,
    }
    if fields["sort"] == "name":
        del fields["sort"]
    given: dict[str, Any] = {key: item for key, item in fields.items() if item}
    return url_for(endpoint, handle=handle, **given)


def _sort_of(wanted: Wanted, column: str) -> tuple[str | None, bool]:
    """The ``aria-sort`` of a column, and whether its link sorts downwards."""
    if column != wanted.sort:
        return None, column in _HIGHEST_FIRST
    return ("descending" if wanted.descending else "ascending"), not wanted.descending
