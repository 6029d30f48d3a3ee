"""The pages: a blueprint a family, each of the form parse → service → render."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Hang the pages, the API and the refusals into ``app``."""
    from lti_tool.web import api, errors, home, lti, media, pages, pick, play, register, requests
    from lti_tool.web import teach

    pages.init_app(app)
    requests.init_app(app)
    errors.init_app(app)
    for module in (home, lti, register, play, api, media, teach, pick):
        app.register_blueprint(module.blueprint)
