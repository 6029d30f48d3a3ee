"""The platforms: which there are, and everything about one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType

from flask import Blueprint, Response, request
from sqlalchemy import select

from lti_tool.errors import RequestRefused
from lti_tool.languages import N_
from lti_tool.lti.platform import Platform
from lti_tool.lti.products import product_of
from lti_tool.lti.text import identifier
from lti_tool.models import LegacyConsumer, Registration, RegistrationStatus, db, now
from lti_tool.services import audit, connection_check, invites, legacy, oversight
from lti_tool.services import registrations as service
from lti_tool.tool import current_tool
from lti_tool.web.admin.acting import after, changing, say, show
from lti_tool.web.admin.listing import Listing

blueprint = Blueprint("registrations", __name__, url_prefix="/registrations")

NUMBER = "<int(max=2147483647):number>"
_SORTS = {
    "name": Registration.name,
    "product": Registration.product,
    "status": Registration.status,
    "last": oversight.LAST_LAUNCH,
    "waiting": oversight.WAITING,
    "failed": oversight.FAILED,
    "skew": Registration.skew_seconds,
}


@blueprint.get("/")
def index() -> Response:
    listing = Listing(_SORTS, "name", ("status",))
    statement = oversight.platforms()
    if listing.q:
        columns = (Registration.name, Registration.issuer, Registration.client_id)
        statement = statement.where(listing.search(*columns))
    if "status" in listing.filters:
        statement = statement.where(Registration.status == listing.filters["status"])
    return show(
        "registrations/index.html",
        listing=listing.read(db.session(), statement, Registration.id),
        invites=invites.open_count(db.session(), now()),
        product_of=product_of,
        skewed=oversight.SKEW_SECONDS,
    )


@blueprint.get(f"/{NUMBER}")
def one(number: int) -> Response:
    return _page(service.find_registration(db.session(), str(number)))


@blueprint.post(f"/{NUMBER}/check")
def check(number: int) -> Response:
    """Try its addresses; nothing is changed."""
    found = service.find_registration(db.session(), str(number))
    platform = Platform.of(found)
    services = connection_check.known_services(db.session(), found)
    db.session.rollback()  # no transaction stays open while the platform is called
    tool = current_tool()
    findings = connection_check.check(tool.outbound, tool.tokens, platform, services)
    return _page(service.find_registration(db.session(), str(number)), findings)


@blueprint.post(f"/{NUMBER}/rename")
def rename(number: int) -> Response:
    with changing() as change:
        found = change.registration(number)
        before = found.name
        service.rename(found, request.form.get("name", ""))
        change.note("registration.renamed", audit.about(found), before=before)
    return after(".one", say(N_("The platform has its new name.")), number=number)


_CHANGES = {
    "approve": (service.approve, N_("The platform may launch now.")),
    "suspend": (
        service.suspend,
        N_("The platform is suspended: open pages have ended, scores wait."),
    ),
    "resume": (service.resume, N_("The platform may launch again.")),
}
_DONE = {"approve": "approved", "suspend": "suspended", "resume": "resumed"}


@blueprint.post(f"/{NUMBER}/<any(approve, suspend, resume):what>")
def set_status(number: int, what: str) -> Response:
    do, said = _CHANGES[what]
    with changing() as change:
        found = change.registration(number)
        do(change.session, found)
        change.note(f"registration.{_DONE[what]}", audit.about(found))
    return after(".one", say(said), number=number)


@blueprint.post(f"/{NUMBER}/options")
def options(number: int) -> Response:
    anonymous = "allow_anonymous" in request.form
    hold = "hold_deployments" in request.form
    with changing() as change:
        found = change.registration(number)
        found.allow_anonymous, found.hold_deployments = anonymous, hold
        detail = {"allow_anonymous": anonymous, "hold_deployments": hold}
        change.note("registration.options", audit.about(found), **detail)
    return after(".one", say(N_("The settings are kept.")), number=number)


@blueprint.post(f"/{NUMBER}/deployments/<int(max=2147483647):deployment>")
def deployment(number: int, deployment: int) -> Response:
    """Let one deployment in, or out."""
    status = request.form.get("status", "")
    if status not in (RegistrationStatus.ACTIVE, RegistrationStatus.SUSPENDED):
        raise RequestRefused("request.wrong", "The form says nothing to do.")
    with changing() as change:
        found = change.registration(number)
        row = service.find_deployment(found, deployment)
        row.status = status
        action = "approved" if status == RegistrationStatus.ACTIVE else "suspended"
        about = f"{audit.about(found)}, deployment {row.deployment_id}"
        change.note(f"deployment.{action}", about)
    said = N_("The deployment may launch now.") if action == "approved" else N_("It is suspended.")
    return after(".one", say(said), number=number)


@blueprint.post(f"/{NUMBER}/legacy")
def keep_legacy(number: int) -> Response:
    """An LTI 1.1 consumer of the platform, or its new secret. The secret is shown nowhere."""
    key, secret = (request.form.get(name, "").strip() for name in ("legacy_key", "legacy_secret"))
    wrong = {}
    if identifier(key) is None:
        wrong["legacy_key"] = say(N_("Write the consumer key as the platform shows it."))
    if not secret:
        wrong["legacy_secret"] = say(N_("Write the secret that belongs to the key."))
    if wrong:
        found = service.find_registration(db.session(), str(number))
        return _page(found, errors=wrong, legacy_key=key)
    with changing() as change:
        found = change.registration(number)
        secret_key = current_tool().settings.secret_key
        legacy.keep_consumer(change.session, found.id, key, secret, secret_key, now())
        change.note("registration.legacy-key", audit.about(found), key=key)
    return after(".one", say(N_("The LTI 1.1 key is kept.")), number=number)


@blueprint.post(f"/{NUMBER}/legacy/<int(max=2147483647):consumer>/remove")
def remove_legacy(number: int, consumer: int) -> Response:
    with changing() as change:
        found = change.registration(number)
        key = legacy.forget_consumer(change.session, found.id, consumer)
        if key is None:
            raise RequestRefused("legacy.unknown", "There is no such LTI 1.1 key.", 404)
        change.note("registration.legacy-key-removed", audit.about(found), key=key)
    return after(".one", say(N_("The LTI 1.1 key is removed.")), number=number)


@blueprint.get(f"/{NUMBER}/delete")
def ask_delete(number: int) -> Response:
    found = service.find_registration(db.session(), str(number))
    return show(
        "registrations/delete.html",
        registration=found,
        holdings=service.holdings(db.session(), found),
        errors={},
    )


@blueprint.post(f"/{NUMBER}/delete")
def delete(number: int) -> Response:
    """The name must be typed: nothing brings people and scores back."""
    found = service.find_registration(db.session(), str(number))
    held = service.holdings(db.session(), found)
    if request.form.get("name", "").strip() != found.name:
        wrong = {"name": say(N_("Write the platform's name just as it stands above."))}
        values = {"registration": found, "holdings": held, "errors": wrong}
        return show("registrations/delete.html", 422, **values)
    with changing() as change:
        found = change.registration(number)
        about = audit.about(found)
        service.delete_registration(change.session, found)
        change.note("registration.deleted", about, **asdict(held))
    return after(".index", say(N_("The platform is deleted, with all that belonged to it.")))


def _page(
    found: Registration,
    findings: list[connection_check.Finding] | None = None,
    errors: Mapping[str, str] = MappingProxyType({}),
    legacy_key: str = "",
) -> Response:
    """``errors``: what is wrong in its form, by field."""
    tool = current_tool()
    consumers = db.session.scalars(
        select(LegacyConsumer)
        .where(LegacyConsumer.registration_id == found.id)
        .order_by(LegacyConsumer.key)
    ).all()
    state = db.session.execute(oversight.platforms().where(Registration.id == found.id)).one()
    return show(
        "registrations/one.html",
        422 if errors else 200,
        registration=found,
        state=state,
        product=product_of(found.product, found.issuer),
        login_url=tool.login_url(found.public_id),
        launch_url=tool.launch_url,
        jwks_url=tool.jwks_url,
        canvas_json=tool.url(f"/register/canvas.json?registration={found.public_id}"),
        legacy=consumers,
        legacy_key=legacy_key,
        errors=errors,
        findings=findings,
        skewed=oversight.SKEW_SECONDS,
    )
