"""The pages: a blueprint a family, each of the form parse → service → render."""

from __future__ import annotations

from flask import Flask

from lti_tool.web import (
    admin,
    api,
    door,
    errors,
    health,
    home,
    lti,
    me,
    media,
    notices,
    pages,
    pick,
    play,
    privacy,
    register,
    requests,
    review,
    teach,
)


def init_app(app: Flask) -> None:
    """Hang the pages, the API and the refusals into ``app``."""
    pages.init_app(app)
    requests.init_app(app)
    errors.init_app(app)
    health.init_app(app)
    for module in (
        home,
        lti,
        notices,
        register,
        play,
        me,
        api,
        media,
        teach,
        pick,
        review,
        privacy,
    ):
        app.register_blueprint(module.blueprint)
    admin.init_app(app)
    door.init_app(app)
