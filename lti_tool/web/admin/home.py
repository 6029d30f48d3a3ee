"""The console's first page, and the operator's own account."""

from __future__ import annotations

from flask import Blueprint, Response

from lti_tool.models import db, now
from lti_tool.services import oversight
from lti_tool.web.admin.acting import show

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> Response:
    return show("home.html", glance=oversight.glance(db.session(), now()))


@blueprint.get("/account")
def account() -> Response:
    return show("account/account.html")
