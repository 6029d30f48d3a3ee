"""What happened: refused launches, the audit log, storage."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy import func

from lti_tool.lti.refusals import REFUSALS
from lti_tool.models import AuditEntry, LaunchRefusal, Registration, db, now
from lti_tool.services import oversight
from lti_tool.services import registrations as registrations_service
from lti_tool.services import storage as storage_service
from lti_tool.web.admin.acting import say, show
from lti_tool.web.admin.listing import Column, Listing

refusals = Blueprint("refusals", __name__, url_prefix="/refusals")
audit = Blueprint("audit", __name__, url_prefix="/audit")
storage = Blueprint("storage", __name__, url_prefix="/storage")

_REFUSALS: dict[str, Column] = {
    "code": LaunchRefusal.code,
    "platform": Registration.name,
    "count": func.count(LaunchRefusal.id),
    "last": func.max(LaunchRefusal.at),
}
_AUDIT = {
    "at": AuditEntry.at,
    "actor": AuditEntry.actor,
    "action": AuditEntry.action,
    "subject": AuditEntry.subject,
}


@refusals.get("/", endpoint="index")
def list_refusals() -> Response:
    listing = Listing(_REFUSALS, "-last", ("registration",))
    statement = oversight.refusals(now())
    if listing.q:
        statement = statement.where(listing.search(LaunchRefusal.code, Registration.name))
    if (number := listing.number("registration")) is not None:
        statement = statement.where(LaunchRefusal.registration_id == number)
    return show(
        "refusals.html",
        listing=listing.read(db.session(), statement, LaunchRefusal.code),
        platforms=registrations_service.list_registrations(db.session()),
        explain=_explain,
        days=oversight.LATELY.days,
        skewed=oversight.SKEW_SECONDS,
    )


def _explain(code: str, number: int | None) -> tuple[str, str]:
    """What happened, and the administrator's next step."""
    known = REFUSALS.get(code)
    if known is None:
        return code, ""
    return say(known.message), say(known.remedy).replace("NUMBER", str(number or "…"))


@audit.get("/", endpoint="index")
def list_audit() -> Response:
    listing = Listing(_AUDIT, "-at", ("actor",))
    statement = oversight.audit_entries()
    if listing.q:
        columns = (AuditEntry.actor, AuditEntry.action, AuditEntry.subject)
        statement = statement.where(listing.search(*columns))
    if "actor" in listing.filters:
        statement = statement.where(AuditEntry.actor == listing.filters["actor"])
    return show(
        "audit.html",
        listing=listing.read(db.session(), statement, AuditEntry.id.desc()),
        actors=oversight.audit_actors(db.session()),
    )


@storage.get("/", endpoint="index")
def show_storage() -> Response:
    session = db.session()
    return show(
        "storage.html",
        storage=storage_service.storage(session),
        shares=storage_service.shares(session),
    )
