"""``/lti/<registration>/notices``: where platforms send their notices (PNS 1.0 §4)."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, jsonify, request

from lti_tool.db import writing
from lti_tool.errors import LaunchRejected
from lti_tool.lti.notices import check_notice
from lti_tool.lti.platform import Platform
from lti_tool.lti.text import mapping
from lti_tool.models import RegistrationStatus, db, now
from lti_tool.services import notices, registrations
from lti_tool.tool import current_tool

blueprint = Blueprint("notices", __name__, url_prefix="/lti")
_log = structlog.get_logger(__name__)

#: In one request; each may cost a signature check.
MANY = 50


@blueprint.post("/<public_id>/notices")
def receive(public_id: str) -> Response:
    """Take each notice that is the platform's. 200 says that all were; one that is refused does
    not stop the others."""
    registration = registrations.by_public_id(db.session(), public_id)
    if registration is None:
        return _refused("registration.unknown", "There is no such registration.", 404)
    if registration.status != RegistrationStatus.ACTIVE:
        return _refused("registration.suspended", "This registration is not active.", 403)
    number, platform = registration.id, Platform.of(registration)
    db.session.rollback()  # no transaction stays open while a keyset is fetched
    sent = mapping(request.get_json(force=True, silent=True)).get("notices")
    if not isinstance(sent, list) or not 0 < len(sent) <= MANY:
        return _refused("request.wrong", f"Send 1 to {MANY} notices.", 400)
    refused: LaunchRejected | None = None
    for entry in sent:
        moment = now()
        try:
            notice = check_notice(
                current_tool().keysets, platform, mapping(entry).get("jwt"), moment
            )
            with writing() as session:
                notices.take(session, number, notice, moment)
        except LaunchRejected as error:
            _log.warning("notice.refused", registration=number, code=error.code)
            refused = error
    if refused is not None:
        return _refused(refused.code, refused.message, refused.status)
    return Response(status=200)


def _refused(code: str, message: str, status: int) -> Response:
    answer = jsonify(error={"code": code, "message": message})
    answer.status_code = status
    return answer
