"""The keys that the tool signs with."""

from __future__ import annotations

from flask import Blueprint, Response

from lti_tool.languages import N_
from lti_tool.lti.keys import current_key, published, rotate
from lti_tool.models import db, now
from lti_tool.tool import current_tool
from lti_tool.web.admin.acting import after, changing, say, show

blueprint = Blueprint("keys", __name__, url_prefix="/keys")


@blueprint.get("/")
def index() -> Response:
    tool = current_tool()
    session = db.session()
    signer = current_key(session, tool.settings.secret_key)
    return show(
        "keys.html",
        keys=published(session, now()),
        signs=signer.kid,
        jwks_url=tool.jwks_url,
        days=tool.settings.key_days,
    )


@blueprint.post("/rotate")
def rotate_now() -> Response:
    """A new key signs from now on; the old ones stay in the keyset for a week."""
    signer = rotate(db.session(), current_tool().settings.secret_key)
    with changing() as change:
        change.note("key.rotated", signer.kid)
    return after(".index", say(N_("A new key signs from now on. No platform has to be told.")))
