"""The page that needs no launch: what this is."""

from __future__ import annotations

from flask import Blueprint, Response

from lti_tool.tool import current_tool
from lti_tool.web.pages import page

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> Response:
    tool = current_tool()
    return page("home.html", launch_url=tool.launch_url, jwks_url=tool.jwks_url)
