"""The ways to a new platform: an invitation, or the values of both sides by hand."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, redirect, request, url_for

from lti_tool.errors import RequestRefused
from lti_tool.languages import N_
from lti_tool.lti.products import (
    CANVAS_JSON,
    DOMAIN,
    HOME,
    KEYSET,
    LAUNCH,
    LOGIN,
    OTHER,
    PRODUCTS,
    TITLE,
    Product,
    presets,
)
from lti_tool.lti.registration import RegistrationValues
from lti_tool.lti.text import identifier, web_url
from lti_tool.models import db, now
from lti_tool.services import audit, invites
from lti_tool.services import registrations as service
from lti_tool.tool import current_tool
from lti_tool.web.admin.acting import after, changing, say, show
from lti_tool.web.admin.registrations import NUMBER

blueprint = Blueprint("connecting", __name__, url_prefix="/registrations")

_URLS = ("issuer", "auth_url", "token_url", "jwks_url")


@blueprint.get("/invite")
def ask_invite() -> Response:
    """The form; below it the invitations that are open."""
    number = request.args.get("update", type=int)
    return show(
        "registrations/invite.html",
        replaces=service.find_registration(db.session(), str(number)) if number else None,
        open=invites.list_open(db.session(), now()),
        hours=current_tool().settings.invite_hours,
    )


@blueprint.post("/invite")
def invite() -> Response:
    """The address is shown in the answer and nowhere else again."""
    tool = current_tool()
    hold = "hold" in request.form
    number = request.form.get("update", type=int)
    with changing() as change:
        replaces = change.registration(number) if number else None
        made = invites.invite(
            change.session,
            lifetime=timedelta(hours=tool.settings.invite_hours),
            hold=hold,
            auto=False,
            now=now(),
            replaces=replaces,
        )
        about = audit.about(replaces) if replaces else "a new registration"
        change.note("invite.made", about, hold=hold)
    return show(
        "registrations/invited.html",
        url=tool.url(f"/register/{made.token}"),
        expires_at=made.expires_at,
        replaces=replaces,
        products=[item for item in PRODUCTS.values() if item.paste],
    )


@blueprint.post(f"/invites/{NUMBER}/revoke")
def revoke(number: int) -> Response:
    with changing() as change:
        invites.revoke(change.session, number)
        change.note("invite.revoked", f"invitation {number}")
    return after(".ask_invite", say(N_("The address cannot be used any more.")))


@blueprint.get("/new")
def new() -> Response:
    """Our values and the form for theirs. The login address is made first, since many an LMS wants
    it before it gives its own values; it stands in the page's address until then."""
    if not service.is_public_id(request.args.get("login", "")):
        given = {name: request.args[name] for name in ("lms", "base") if name in request.args}
        address = url_for(".new", login=service.new_public_id())
        return redirect(f"{address}&{urlencode(given)}")  # type: ignore[return-value]
    product = PRODUCTS.get(request.args.get("lms", ""), OTHER)
    known = presets(product, web_url(request.args.get("base", "")) or "")
    return _form(product, request.args["login"], known, {})


@blueprint.post("/new")
def add() -> Response:
    """Register with the LMS's values."""
    login_id = request.form.get("login", "")
    if not service.is_public_id(login_id):
        raise RequestRefused("request.wrong", "The form's login address is damaged.")
    product = PRODUCTS.get(request.form.get("lms", ""), OTHER)
    given = {name: value.strip() for name, value in request.form.items()}
    values, errors = _read(given, product)
    if values is None:
        return _form(product, login_id, given, errors, 422)
    existing = service.by_client(db.session(), values.issuer, values.client_id)
    if existing is not None:
        said = say(N_("This client id of this platform is registered already: %(name)s"))
        return _form(product, login_id, given, {"client_id": said % {"name": existing.name}}, 409)
    with changing() as change:
        made = service.add_registration(
            change.session,
            values,
            public_id=login_id,
            hold_deployments="hold_deployments" in given,
            allow_anonymous="allow_anonymous" in given,
        )
        change.session.flush()
        change.note("registration.made", audit.about(made))
        number = made.id
    said = say(N_("The platform is registered. Try its addresses next."))
    return after("registrations.one", said, number=number)


@blueprint.get(f"/{NUMBER}/edit")
def edit(number: int) -> Response:
    found = service.find_registration(db.session(), str(number))
    given = {
        "name": found.name,
        "issuer": found.issuer,
        "client_id": found.client_id,
        "auth_url": found.auth_url,
        "token_url": found.token_url,
        "jwks_url": found.jwks_url,
        "token_audience": found.token_audience or "",
    }
    return show("registrations/edit.html", registration=found, given=given, errors={})


@blueprint.post(f"/{NUMBER}/edit")
def save(number: int) -> Response:
    """Bring the registration up to date by hand; people and scores stay."""
    found = service.find_registration(db.session(), str(number))
    given = {name: value.strip() for name, value in request.form.items()}
    product = PRODUCTS.get(found.product, OTHER)
    values, errors = _read(given, product)
    other = values and service.by_client(db.session(), values.issuer, values.client_id)
    if other and other.id != number:
        said = say(N_("This client id of this platform is registered already: %(name)s"))
        errors["client_id"] = said % {"name": other.name}
    if values is None or errors:
        template = "registrations/edit.html"
        return show(template, 422, registration=found, given=given, errors=errors)
    with changing() as change:
        found = change.registration(number)
        before = {name: getattr(found, name) for name in (*_URLS, "client_id")}
        service.update_registration(change.session, found, values)
        service.rename(found, values.name)
        changed = {name: old for name, old in before.items() if old != getattr(found, name)}
        change.note("registration.updated", audit.about(found), before=changed)
    return after("registrations.one", say(N_("The values are kept.")), number=number)


def _read(
    given: dict[str, str], product: Product
) -> tuple[RegistrationValues | None, dict[str, str]]:
    """The form's values, or what is wrong with them by field."""
    errors = {
        name: say(N_("Write a whole address, such as https://lms.example.org/…"))
        for name in _URLS
        if web_url(given.get(name)) is None
    }
    if identifier(given.get("client_id")) is None:
        errors["client_id"] = say(N_("Write the client id that the platform shows for this tool."))
    if errors:
        return None, errors
    host = urlsplit(given["issuer"]).hostname or given["issuer"]
    values = RegistrationValues(
        name=given.get("name") or host,
        issuer=given["issuer"],
        client_id=given["client_id"],
        auth_url=given["auth_url"],
        token_url=given["token_url"],
        jwks_url=given["jwks_url"],
        token_audience=identifier(given.get("token_audience"), 2000),
        product=product.key,
        deployment_ids=tuple(filter(None, (identifier(given.get("deployment_id")),))),
    )
    return values, {}


def _form(
    product: Product,
    login_id: str,
    given: dict[str, str],
    errors: dict[str, str],
    status: int = 200,
) -> Response:
    tool = current_tool()
    ours = {
        LOGIN: tool.login_url(login_id),
        LAUNCH: tool.launch_url,
        KEYSET: tool.jwks_url,
        DOMAIN: urlsplit(tool.launch_url).netloc,
        HOME: tool.settings.public_url,
        TITLE: tool.settings.tool_name,
        CANVAS_JSON: tool.url(f"/register/canvas.json?registration={login_id}"),
    }
    return show(
        "registrations/new.html",
        status,
        product=product,
        products=PRODUCTS.values(),
        ours=ours,
        login_id=login_id,
        base=request.values.get("base", ""),
        given=given,
        errors=errors,
    )
