"""The pages that need no launch: what this is, and whether it is well."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from lti_tool.models import db
from lti_tool.tool import current_tool
from lti_tool.web.pages import page

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> Response:
    tool = current_tool()
    return page("home.html", launch_url=tool.launch_url, jwks_url=tool.jwks_url)


@blueprint.get("/health")
def health() -> Response:
    """200 where the tool can reach its database; a load balancer asks this."""
    db.session.execute(text("SELECT 1"))
    return jsonify(status="ok")
