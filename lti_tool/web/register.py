"""Registering the tool in an LMS by one URL (LTI Dynamic Registration 1.0): who asks for what,
one confirmation, and what to do next."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, request
from sqlalchemy.orm import Session

from lti_tool.db import writing
from lti_tool.errors import LtiToolError, PlatformError, RequestRefused
from lti_tool.languages import LANGUAGES, N_
from lti_tool.lti.canvas import canvas_document
from lti_tool.lti.configuration import PlatformConfiguration, fetch_configuration
from lti_tool.lti.products import PRODUCTS, product_of
from lti_tool.lti.registration import (
    RegistrationValues,
    register,
    tool_document,
)
from lti_tool.models import Invite, Registration, RegistrationStatus, db, now
from lti_tool.security import allow_frames, form_token, origins, same
from lti_tool.services import audit, invites, registrations
from lti_tool.tool import current_tool
from lti_tool.web.i18n import Words
from lti_tool.web.pages import page

blueprint = Blueprint("register", __name__)
_log = structlog.get_logger(__name__)

DESCRIPTION = N_("Units on managing the social and solidarity economy, with quizzes and scores.")


@blueprint.get("/register/canvas.json")
def canvas_json() -> Response:
    """The configuration that Canvas reads when a key is made by hand, for the login address that
    the query names."""
    tool = current_tool()
    public_id = request.args.get("registration", "")
    if not registrations.is_public_id(public_id):
        raise RequestRefused(
            "registration.unknown",
            "Copy the whole address, with all that follows the question mark.",
            404,
        )
    document = canvas_document(
        title=tool.settings.tool_name,
        description=DESCRIPTION,
        login_url=tool.login_url(public_id),
        launch_url=tool.launch_url,
        jwks_url=tool.jwks_url,
    )
    return jsonify(document)


@blueprint.get("/register/<token>")
def ask(token: str) -> Response:
    """What the LMS opens. Shows who asks; with an automatic invitation it registers at once."""
    found = invites.find(db.session(), token, now())
    url = request.args.get("openid_configuration", "")
    if not url:
        return page(
            "register/how.html",
            url=request.base_url,
            expires_at=found.expires_at,
            products=[item for item in PRODUCTS.values() if item.paste],
        )
    allow_frames(origins([url]))
    order = _Order.of(found)
    db.session.rollback()  # no transaction stays open while the platform is called
    sent = request.args.get("registration_token")
    try:
        configuration = fetch_configuration(current_tool().outbound, url, sent)
    except PlatformError as error:
        return _failed(error)
    allow_frames(origins([url, configuration.issuer, configuration.auth_url]))
    asked = {"configuration": asdict(configuration), "token": sent, "url": url}
    if order.auto:
        return _register(order, asked)
    with writing() as session:
        invites.remember_request(session, invites.find(session, token, now()), asked)
    replaced = db.session.get(Registration, order.replaces_id) if order.replaces_id else None
    return page(
        "register/confirm.html",
        configuration=configuration,
        product=product_of(configuration.product, configuration.issuer),
        replaced=replaced,
        form_token=_form_token(token),
        hold=order.hold,
    )


@blueprint.post("/register/<token>")
def confirm(token: str) -> Response:
    """The administrator's yes."""
    if not same(request.form.get("form_token", ""), _form_token(token)):
        raise RequestRefused("form.forged", "This form is out of date.", 403)
    found = invites.find(db.session(), token, now())
    if not found.request:
        raise RequestRefused("invite.no-request", "Open this address from the LMS.", 409)
    asked: dict[str, Any] = found.request
    order = _Order.of(found)
    db.session.rollback()
    configuration = PlatformConfiguration.of(asked["configuration"])
    allow_frames(origins([asked["url"], configuration.issuer, configuration.auth_url]))
    return _register(order, asked)


@dataclass(frozen=True, slots=True)
class _Order:
    """What the invitation says, as plain values: no transaction stays open."""

    invite_id: int
    hold: bool
    auto: bool
    replaces_id: int | None

    @classmethod
    def of(cls, found: Invite) -> _Order:
        return cls(found.id, found.hold, found.auto, found.replaces_id)


def _register(order: _Order, asked: dict[str, Any]) -> Response:
    tool = current_tool()
    configuration = PlatformConfiguration.of(asked["configuration"])
    with writing() as session:
        invites.use(session, order.invite_id, now())
        replaced = session.get(Registration, order.replaces_id) if order.replaces_id else None
        public_id = replaced.public_id if replaced else registrations.new_public_id()
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
        with writing() as session:
            number, updated, entered = _keep(session, order, values, public_id)
    except Exception as error:
        with writing() as session:
            invites.give_back(session, order.invite_id)
        if isinstance(error, LtiToolError):
            return _failed(error)
        raise
    _log.info("registration.updated" if updated else "registration.made", registration=number)
    return _done(number, order.auto, updated, entered)


def _keep(
    session: Session, order: _Order, values: RegistrationValues, public_id: str
) -> tuple[int, bool, bool]:
    """Write down what the platform answered; the registration's number; whether it was there
    before: named by the invitation, or known by issuer and client id; and whether the platform
    entered the tool anew, so that the entry is still to be set up there."""
    if order.replaces_id:
        existing = session.get(Registration, order.replaces_id)
    else:
        existing = registrations.by_client(session, values.issuer, values.client_id)
    entered = existing is None or existing.client_id != values.client_id
    if existing is None:
        status = RegistrationStatus.PENDING if order.hold else RegistrationStatus.ACTIVE
        kept = registrations.add_registration(session, values, public_id=public_id, status=status)
    else:
        # The platform now knows the tool by this login address.
        existing.public_id = public_id
        registrations.update_registration(session, existing, values)
        kept = existing
    invites.finish(session, order.invite_id, kept)
    action = "registration.made" if existing is None else "registration.updated"
    audit.note(session, f"invitation {order.invite_id}", action, audit.about(kept))
    return kept.id, existing is not None, entered


def _done(number: int, auto: bool, updated: bool, entered: bool) -> Response:
    registration = db.session.get(Registration, number)
    assert registration is not None
    return page(
        "register/done.html",
        registration=registration,
        product=product_of(registration.product, registration.issuer),
        auto=auto,
        updated=updated,
        entered=entered,
        pending=registration.status == RegistrationStatus.PENDING,
        suspended=registration.status == RegistrationStatus.SUSPENDED,
    )


def _failed(error: LtiToolError) -> Response:
    _log.warning("registration.failed", code=error.code, reason=error.message)
    return page("register/failed.html", 424, code=error.code, reason=error.message)


def _form_token(token: str) -> str:
    return form_token(current_tool().settings.secret_key, "register", token)
