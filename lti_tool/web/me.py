"""``/me/<handle>``: what a learner has done in the LMS's course, what the LMS was told about them,
and their data."""

from __future__ import annotations

import json

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from markupsafe import Markup

from content.model import direction
from content.render import result_as_json
from content.render.inline import inline_html
from lti_tool.db import writing
from lti_tool.errors import RequestRefused
from lti_tool.lti.text import web_url
from lti_tool.models import LaunchSession, ScoreDelivery, db, now
from lti_tool.services import my_progress, personal_data
from lti_tool.services.launches import PICKER
from lti_tool.services.my_progress import MyAttempt, MyUnit, Reviewed
from lti_tool.tool import current_tool
from lti_tool.web.given import given_answer
from lti_tool.web.pages import page
from lti_tool.web.sessions import (
    check_form_token,
    open_session,
    session_form_token,
    switch_language,
)
from lti_tool.web.unit import language_of

blueprint = Blueprint("me", __name__)


@blueprint.get("/me/<handle>")
def me(handle: str) -> Response:
    found = _open(handle)
    if switch_language(found, request.args.get("language")):
        return _go(url_for("me.me", handle=handle))
    if found.is_instructor:
        return page("me/preview.html", handle=handle)
    units: list[MyUnit] = []
    if found.context is not None:
        shelf = current_tool().shelf.unit
        units = my_progress.read_units(db.session(), found.user, found.context.id, shelf)
    return page(
        "me/overview.html",
        handle=handle,
        units=units,
        title_of=lambda mine: mine.unit.title[language_of(found, mine.course)],
        current=found.link_pk,
        context_title=found.context.title if found.context else None,
        form_token=session_form_token("me", handle),
        told_state=_told_state,
        return_url=web_url(found.return_url),
    )


@blueprint.get("/me/<handle>/activity/<int(max=2147483647):link_pk>")
def activity(handle: str, link_pk: int) -> Response:
    """The attempts at one activity, each with its answers and what was said of them."""
    found = _open_learner(handle)
    if switch_language(found, request.args.get("language")):
        return _go(url_for("me.activity", handle=handle, link_pk=link_pk))
    session = db.session()
    shelf = current_tool().shelf.unit
    context = found.context.id if found.context else 0
    mine = my_progress.read_unit(session, found.user, context, link_pk, shelf)
    if mine is None:
        raise RequestRefused("unit.unknown", "There is no such activity in this course.", 404)
    language = language_of(found, mine.course)
    return page(
        "me/activity.html",
        handle=handle,
        mine=mine,
        title=mine.unit.title[language],
        attempts=my_progress.read_attempts(session, mine, language),
        told=my_progress.read_told(session, found.user, mine.link),
        held=my_progress.read_held(session, found.user, mine.link),
        here=found.link_pk == link_pk,
        told_state=_told_state,
        review=_review,
        direction=direction,
    )


@blueprint.post("/me/<handle>/data")
def data(handle: str) -> Response:
    """All that is held of the learner, as a file."""
    found = _open_learner(handle)
    check_form_token("me", handle)
    with writing() as session:
        values = personal_data.export_person(session, found.user)
        personal_data.note_export(session, found.user, asked_by="learner", now=now())
    response = make_response(json.dumps(values, ensure_ascii=False, indent=2) + "\n")
    response.content_type = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@blueprint.get("/me/<handle>/erasure")
def erasure(handle: str) -> Response:
    """What is deleted and what is not, before it is asked for."""
    found = _open_learner(handle)
    if switch_language(found, request.args.get("language")):
        return _go(url_for("me.erasure", handle=handle))
    return _erasure(handle)


@blueprint.post("/me/<handle>/erasure")
def erase(handle: str) -> Response:
    found = _open_learner(handle)
    check_form_token("me", handle)
    if "sure" not in request.form:
        return _erasure(handle, missing=True)
    return_url = web_url(found.return_url)
    with writing() as session:
        personal_data.erase_person(session, found.user, asked_by="learner", now=now())
    return page("me/erased.html", return_url=return_url)


def _open(handle: str) -> LaunchSession:
    found = open_session(handle)
    if found.kind == PICKER:
        abort(404)
    return found


def _open_learner(handle: str) -> LaunchSession:
    found = _open(handle)
    if found.is_instructor:
        raise RequestRefused(
            "session.not-learner", "This page is for learners.", 403, found.return_url
        )
    return found


def _erasure(handle: str, missing: bool = False) -> Response:
    return page(
        "me/erasure.html",
        400 if missing else 200,
        handle=handle,
        missing=missing,
        form_token=session_form_token("me", handle),
    )


def _told_state(row: ScoreDelivery) -> str:
    """``delivered``, ``replaced``, ``failed``, ``retried`` or ``waiting``."""
    if row.state == "due":
        return "retried" if row.tries and row.last_error else "waiting"
    return "replaced" if row.state == "superseded" else str(row.state)


def _review(item: Reviewed, attempt: MyAttempt) -> dict[str, object]:
    """The values that the template shows of a question: its text, the answer, the verdict, and
    what was said of it, as the player said it when the quiz was handed in."""
    said = result_as_json(item.result, item.question, attempt.language)
    credit = item.result.credit
    given = given_answer(item.question, item.answer, attempt.language)
    if credit is None:
        verdict = "unscored"
    elif not given:
        verdict = "unanswered"
    else:
        verdict = "right" if credit == 1 else "partly" if credit else "wrong"
    return {
        "prompt": Markup(inline_html(item.question.prompt, attempt.language)),  # noqa: S704 - cleaned
        "given": given,
        "verdict": verdict,
        "feedback": [Markup(one["html"]) for one in said["feedback"]],  # noqa: S704 - cleaned
        "model": Markup(said.get("model_answer_html", "")),  # noqa: S704 - cleaned
    }


def _go(url: str) -> Response:
    return make_response(redirect(url, 303))
