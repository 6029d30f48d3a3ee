"""The one composition root: settings in, application out."""

from __future__ import annotations

from functools import partial

from flask import Flask
from sqlalchemy.orm import Session

from lti_tool import web
from lti_tool.db import MIGRATIONS, init_database
from lti_tool.logs import set_up_logs
from lti_tool.lti.keys import Signer, current_key
from lti_tool.lti.keysets import Keysets
from lti_tool.lti.tokens import ServiceTokens
from lti_tool.models import db
from lti_tool.outbound import Outbound
from lti_tool.security import set_headers
from lti_tool.services.courses import CourseShelf
from lti_tool.services.lately import LatelyKnown
from lti_tool.settings import Settings, load_settings
from lti_tool.tool import Tool, install

#: The largest request: a launch with a long token is well below a tenth of it.
MAX_REQUEST = 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """The tool as a WSGI application. Reads nothing from the database and no course yet."""
    settings = settings or load_settings()
    set_up_logs(settings)
    app = Flask("lti_tool", template_folder="web/templates", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_REQUEST
    app.config["MAX_FORM_PARTS"] = 200
    init_database(app, settings)
    _init_migrations(app)
    ca_bundle = str(settings.ca_bundle) if settings.ca_bundle else None
    outbound = Outbound(settings.trusted_networks, ca_bundle)
    install(
        app,
        Tool(
            settings=settings,
            shelf=CourseShelf(settings.courses),
            outbound=outbound,
            keysets=Keysets(outbound),
            tokens=ServiceTokens(outbound, partial(_signer, app, settings.secret_key)),
            lately=LatelyKnown(),
        ),
    )
    web.init_app(app)
    app.after_request(set_headers)
    return app


def _init_migrations(app: Flask) -> None:
    from flask_migrate import Migrate

    Migrate(app, db, directory=str(MIGRATIONS))


def _signer(app: Flask, secret_key: str) -> Signer:
    with app.app_context(), Session(db.engine) as session:
        return current_key(session, secret_key)
