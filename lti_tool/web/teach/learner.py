"""One learner's way, and what an instructor may do for them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request
from sqlalchemy.orm import Session

from lti_tool.db import writing
from lti_tool.errors import RequestRefused
from lti_tool.models import User, db, now
from lti_tool.services import grants, teaching
from lti_tool.services.overview import find_row
from lti_tool.services.paths import read_path
from lti_tool.services.results import differences
from lti_tool.web.pages import page
from lti_tool.web.teach.access import Place, blueprint, open_form, open_place, to_learner
from lti_tool.web.teach.deliveries import remedy

#: A learner's number; no database has larger ones.
_NUMBER = "<int(max=2147483647):number>"


@blueprint.get(f"/teach/<handle>/learner/{_NUMBER}")
def learner(handle: str, number: int) -> Response:
    return _page(open_place(handle), number, "teach/learner.html")


@blueprint.get(f"/teach/<handle>/learner/{_NUMBER}/reset")
def confirm_reset(handle: str, number: int) -> Response:
    """What setting back would do, before it is done."""
    return _page(open_place(handle), number, "teach/reset.html")


@blueprint.post(f"/teach/<handle>/learner/{_NUMBER}/reset")
def reset(handle: str, number: int) -> Response:
    clear = request.form.get("pages") == "clear"
    return _change(
        handle,
        number,
        lambda session, place, user: grants.reset(
            session, place.link, user, clear_pages=clear, now=now()
        ),
    )


@blueprint.post(f"/teach/<handle>/learner/{_NUMBER}/put-back")
def put_back(handle: str, number: int) -> Response:
    return _change(
        handle,
        number,
        lambda session, place, user: grants.put_back(session, place.link, place.unit, user, now()),
    )


@blueprint.post(f"/teach/<handle>/learner/{_NUMBER}/grant")
def grant(handle: str, number: int) -> Response:
    return _change(
        handle,
        number,
        lambda session, place, user: grants.grant_attempt(
            session, place.link, place.unit, user, now()
        ),
    )


@blueprint.post(f"/teach/<handle>/learner/{_NUMBER}/take-back")
def take_back(handle: str, number: int) -> Response:
    return _change(
        handle,
        number,
        lambda session, place, user: grants.take_back_attempt(
            session, place.link, place.unit, user
        ),
    )


def _page(place: Place, number: int, template: str) -> Response:
    session = db.session()
    row = find_row(session, place.link, place.unit, number, now())
    user = session.get(User, number) if row is not None else None
    if row is None or user is None:
        raise _unknown()
    return page(
        template,
        200,
        **place.shown(),
        row=row,
        path=read_path(session, place.link, place.unit, user, place.language),
        language=place.language,
        differences=differences(session, place.link, user),
        remedy=remedy,
    )


def _change(handle: str, number: int, do: Callable[[Session, Place, User], object]) -> Response:
    """Do something for a learner of the link's course, and show them again."""
    place = open_form(handle)
    with writing() as session:
        enrolment = teaching.find_learner(session, place.link, number)
        if enrolment is None:
            raise _unknown()
        do(session, place, enrolment.user)
    return to_learner(handle, number)


def _unknown() -> RequestRefused:
    return RequestRefused("learner.unknown", "There is no such learner in this course.", 404)
