"""``/review/<handle>``: from the gradebook to the work behind a grade (Submission Review 1.0). A
teacher comes to that learner's page, a learner to their own."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, redirect, url_for

from lti_tool.lti.text import web_url
from lti_tool.models import LaunchSession, db
from lti_tool.services import teaching
from lti_tool.services.launches import REVIEW
from lti_tool.web.pages import page
from lti_tool.web.sessions import open_session
from lti_tool.web.unit import find_unit

blueprint = Blueprint("review", __name__)


@blueprint.get("/review/<handle>")
def review(handle: str) -> Response:
    found = open_session(handle)
    if found.kind != REVIEW:
        abort(404)
    link, subject = found.link, found.for_user_id
    if link is None or find_unit(found) is None or subject is None:
        return _nothing(found)
    if found.is_instructor:
        if teaching.find_learner(db.session(), link, subject) is None:
            return _nothing(found)
        return _go(url_for("teach.learner", handle=handle, number=subject))
    if subject != found.user_id:
        abort(404)
    return _go(url_for("me.activity", handle=handle, link_pk=link.id))


def _nothing(found: LaunchSession) -> Response:
    return page("review.html", return_url=web_url(found.return_url), own=not found.is_instructor)


def _go(url: str) -> Response:
    return make_response(redirect(url, 303))
