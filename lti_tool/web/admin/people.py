"""Requests about a person's data: given out or erased in the name of the operators, who are asked
by mail or on paper."""

from __future__ import annotations

import json

from flask import Blueprint, Response, make_response, request
from sqlalchemy import select

from lti_tool.languages import N_
from lti_tool.models import DataRequest, Registration, User, db, now
from lti_tool.services import audit, personal_data
from lti_tool.services import registrations as registrations_service
from lti_tool.web.admin.acting import after, changing, say, show
from lti_tool.web.admin.listing import Listing

blueprint = Blueprint("people", __name__, url_prefix="/people")

_SORTS = {
    "requested": DataRequest.requested_at,
    "done": DataRequest.done_at,
    "kind": DataRequest.kind,
    "platform": Registration.name,
}
OPERATOR = "operator"


@blueprint.get("/")
def index() -> Response:
    return _page({}, {})


@blueprint.post("/")
def act() -> Response:
    """Export, or erase: the person's id must be typed twice for that."""
    given = {name: value.strip() for name, value in request.form.items()}
    number = request.form.get("registration", type=int)
    person = (
        personal_data.find_person(db.session(), number, given["sub"])
        if (number is not None and given.get("sub"))
        else None
    )
    if person is None:
        unknown = N_("The platform has told of nobody by this id. Look it up in the platform.")
        return _page(given, {"sub": say(unknown)}, 404)
    if given.get("what") == "export":
        return _export(person)
    if given.get("again") != given["sub"]:
        differs = N_("To erase, write the id once more, just the same. Nothing brings it back.")
        return _page(given, {"again": say(differs)}, 422)
    with changing() as change:
        found = change.session.get(User, person.id)
        assert found is not None, "read a moment ago"
        about = f"{audit.about(found.registration)}, person {found.id}"
        personal_data.erase_person(change.session, found, asked_by=OPERATOR, now=now())
        change.note("person.erased", about)
    said = N_("The person is erased here. What the platform holds stays there.")
    return after(".index", say(said))


def _export(person: User) -> Response:
    with changing() as change:
        found = change.session.get(User, person.id)
        assert found is not None, "read a moment ago"
        value = personal_data.export_person(change.session, found)
        personal_data.note_export(change.session, found, asked_by=OPERATOR, now=now())
        change.note("person.exported", f"{audit.about(found.registration)}, person {found.id}")
        number = found.id
    answer = make_response(json.dumps(value, indent=2, ensure_ascii=False))
    answer.headers["Content-Type"] = "application/json"
    answer.headers["Content-Disposition"] = f'attachment; filename="person-{number}.json"'
    return answer


def _page(given: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    listing = Listing(_SORTS, "-requested")
    statement = select(DataRequest, Registration.name).join(
        Registration, Registration.id == DataRequest.registration_id
    )
    return show(
        "people.html",
        status,
        listing=listing.read(db.session(), statement, DataRequest.id),
        platforms=registrations_service.list_registrations(db.session()),
        given=given,
        errors=errors,
    )
