"""Registering the tool in an LMS by one URL (LTI Dynamic Registration 1.0): who asks for what,
one confirmation, and what to do next."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import structlog
from flask import Blueprint, Response, request

from lti_tool.db import writing
from lti_tool.errors import LtiToolError, PlatformError, RequestRefused
from lti_tool.languages import LANGUAGES, N_
from lti_tool.lti.registration import (
    PlatformConfiguration,
    fetch_configuration,
    register,
    tool_document,
)
from lti_tool.models import Registration, RegistrationStatus, db, now
from lti_tool.security import allow_frames, form_token, origins, same
from lti_tool.services import registrations
from lti_tool.tool import current_tool
from lti_tool.web.i18n import Words
from lti_tool.web.pages import page

blueprint = Blueprint("register", __name__)
_log = structlog.get_logger(__name__)

DESCRIPTION = N_("Units on managing the social and solidarity economy, with quizzes and scores.")


@blueprint.get("/register/<token>")
def ask(token: str) -> Response:
    """What the LMS opens. Shows who asks; with an automatic invitation it registers at once."""
    found = registrations.find_invite(db.session(), token, now())
    url = request.args.get("openid_configuration", "")
    if not url:
        return page("register/how.html", url=request.base_url, expires_at=found.expires_at)
    allow_frames(origins([url]))
    invite_id, auto, hold = found.id, found.auto, found.hold
    db.session.rollback()  # no transaction stays open while the platform is called
    try:
        configuration = fetch_configuration(current_tool().outbound, url)
    except PlatformError as error:
        return _failed(error)
    allow_frames(origins([url, configuration.issuer, configuration.auth_url]))
    asked = {
        "configuration": asdict(configuration),
        "token": request.args.get("registration_token"),
        "url": url,
    }
    if auto:
        return _register(invite_id, hold, asked, auto=True)
    with writing() as session:
        registrations.remember_request(
            session, registrations.find_invite(session, token, now()), asked
        )
    return page(
        "register/confirm.html",
        configuration=configuration,
        form_token=_form_token(token),
        hold=hold,
    )


@blueprint.post("/register/<token>")
def confirm(token: str) -> Response:
    """The administrator's yes."""
    if not same(request.form.get("form_token", ""), _form_token(token)):
        raise RequestRefused("form.forged", "This form is out of date.", 403)
    found = registrations.find_invite(db.session(), token, now())
    if not found.request:
        raise RequestRefused("invite.no-request", "Open this address from the LMS.", 409)
    asked: dict[str, Any] = found.request
    invite_id, hold = found.id, found.hold
    db.session.rollback()
    configuration = _configuration(asked)
    allow_frames(origins([asked["url"], configuration.issuer, configuration.auth_url]))
    return _register(invite_id, hold, asked)


def _register(invite_id: int, hold: bool, asked: dict[str, Any], auto: bool = False) -> Response:
    tool = current_tool()
    configuration = _configuration(asked)
    public_id = registrations.new_public_id()
    with writing() as session:
        registrations.use_invite(session, invite_id, now())
    try:
        document = tool_document(
            public_url=tool.settings.public_url,
            login_url=tool.login_url(public_id),
            launch_url=tool.launch_url,
            jwks_url=tool.jwks_url,
            names=dict.fromkeys(LANGUAGES, tool.settings.tool_name),
            descriptions={item: Words(item).gettext(DESCRIPTION) for item in LANGUAGES},
            contact=tool.settings.contact,
            configuration=configuration,
        )
        values = register(tool.outbound, configuration, asked.get("token"), document)
        status = RegistrationStatus.PENDING if hold else RegistrationStatus.ACTIVE
        with writing() as session:
            registration = registrations.add_registration(
                session, values, public_id=public_id, status=status
            )
            registrations.finish_invite(session, invite_id, registration)
            number = registration.id
    except Exception as error:
        with writing() as session:
            registrations.give_back_invite(session, invite_id)
        if isinstance(error, LtiToolError):
            return _failed(error)
        raise
    _log.info("registration.made", registration=number, status=str(status))
    return _done(number, auto)


def _done(number: int, auto: bool) -> Response:
    registration = db.session.get(Registration, number)
    assert registration is not None
    return page(
        "register/done.html",
        registration=registration,
        product="".join(item for item in registration.product.lower() if item.isalnum()),
        auto=auto,
        pending=registration.status == RegistrationStatus.PENDING,
    )


def _failed(error: LtiToolError) -> Response:
    _log.warning("registration.failed", code=error.code, reason=error.message)
    return page("register/failed.html", 424, code=error.code, reason=error.message)


def _configuration(asked: dict[str, Any]) -> PlatformConfiguration:
    values = dict(asked["configuration"])
    for name in ("scopes", "claims", "messages"):
        values[name] = tuple(values[name])
    return PlatformConfiguration(**values)


def _form_token(token: str) -> str:
    return form_token(current_tool().settings.secret_key, "register", token)
