"""What the worker has not done yet: scores, and jobs."""

from __future__ import annotations

from flask import Blueprint, Response, request

from lti_tool.errors import RequestRefused
from lti_tool.languages import N_
from lti_tool.models import Job, JobState, Registration, ScoreDelivery, db, now
from lti_tool.services import audit, connection_check, oversight
from lti_tool.services import jobs as service
from lti_tool.services import registrations as registrations_service
from lti_tool.web.admin.acting import after, changing, say, show
from lti_tool.web.admin.listing import Listing
from lti_tool.web.admin.registrations import NUMBER

deliveries = Blueprint("deliveries", __name__, url_prefix="/scores")
jobs = Blueprint("jobs", __name__, url_prefix="/jobs")

_DELIVERIES = {
    "platform": Registration.name,
    "state": ScoreDelivery.state,
    "made": ScoreDelivery.created_at,
    "due": ScoreDelivery.due_at,
}
_JOBS = {"kind": Job.kind, "state": Job.state, "made": Job.created_at, "due": Job.due_at}


@deliveries.get("/")
def index() -> Response:
    listing = Listing(_DELIVERIES, "-made", ("state", "registration"))
    statement = oversight.undelivered()
    if listing.q:
        statement = statement.where(listing.search(ScoreDelivery.last_error, Registration.name))
    if "state" in listing.filters:
        statement = statement.where(ScoreDelivery.state == listing.filters["state"])
    if (number := listing.number("registration")) is not None:
        statement = statement.where(ScoreDelivery.registration_id == number)
    return show(
        "deliveries.html",
        listing=listing.read(db.session(), statement, ScoreDelivery.id),
        platforms=registrations_service.list_registrations(db.session()),
        remedy=_remedy,
    )


@deliveries.post(f"/{NUMBER}/resend")
def resend(number: int) -> Response:
    with changing() as change:
        if not oversight.resend(change.session, now(), one=number):
            raise RequestRefused("delivery.unknown", "This score waits no more.", 404)
        change.note("score.resent", f"score {number}")
    return after(".index", say(N_("The score is sent again at once.")))


@deliveries.post("/resend")
def resend_all() -> Response:
    """All of one platform that failed or wait."""
    number = request.form.get("registration", type=int)
    if number is None:
        raise RequestRefused("request.wrong", "The form says nothing to do.")
    with changing() as change:
        found = change.registration(number)
        count = oversight.resend(change.session, now(), registration=number)
        change.note("scores.resent", audit.about(found), count=count)
    said = say(N_("Scores that are sent again at once: %(count)s")) % {"count": count}
    return after(".index", said, registration=number)


@jobs.get("/", endpoint="index")
def list_jobs() -> Response:
    listing = Listing(_JOBS, "-due", ("state",))
    statement = oversight.background()
    if listing.q:
        statement = statement.where(listing.search(Job.kind, Job.last_error))
    if "state" in listing.filters:
        statement = statement.where(Job.state == listing.filters["state"])
    read = listing.read(db.session(), statement, Job.id)
    return show("jobs.html", listing=read, remedy=_remedy, present=now())


@jobs.post(f"/{NUMBER}/retry")
def retry(number: int) -> Response:
    with changing() as change:
        job = change.session.get(Job, number)
        if job is None or job.state == JobState.DONE:
            raise RequestRefused("job.unknown", "There is no such work to do.", 404)
        service.ask_for(
            change.session,
            job.kind,
            job.key,
            now=now(),
            registration_id=job.registration_id,
            payload=job.payload,
        )
        change.note("job.retried", f"{job.kind} {number}")
    return after(".index", say(N_("It is tried again at once.")))


def _remedy(cause: str | None) -> str:
    code, _, said = (cause or "").partition(": ")
    return say(connection_check.remedy_for(code, said)) if code else ""
