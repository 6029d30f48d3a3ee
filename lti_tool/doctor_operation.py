"""The part of ``lti-tool doctor`` that looks at the tool at work: its worker and what waits, disk
and certificate, and what is kept or open to others."""

from __future__ import annotations

import shutil
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from lti_tool.broker import check_broker
from lti_tool.errors import ConfigError
from lti_tool.findings import Finding
from lti_tool.models import DeliveryState, JobState
from lti_tool.services import heartbeat
from lti_tool.services.figures import figures
from lti_tool.settings import Settings

LITTLE_DISK = 500_000_000
LATE_SCORE = timedelta(hours=1)
CERTIFICATE_WARNING = timedelta(days=14)
_SECONDS = 10


def at_work(session: Session, now: datetime) -> Iterator[Finding]:
    """The worker, and what waits for it or has failed."""
    found = figures(session)
    beat = found.last_beat
    if beat is None or now - beat > heartbeat.LATE:
        since = f"not seen since {_minute(beat)}" if beat else "none has been seen yet"
        start = 'Run "lti-tool worker" (or serve without --no-worker).'
        yield Finding("problem" if beat else "advice", "worker", since, start)
    else:
        yield Finding("ok", "worker", f"last seen {_minute(beat)}")
    waiting, failed = (
        found.deliveries[DeliveryState.DUE],
        found.deliveries[DeliveryState.FAILED],
    )
    if failed:
        yield Finding(
            "problem",
            "scores",
            f"{failed} did not reach an LMS",
            "The activity's page for teachers shows each with its cause, and sends it again.",
        )
    late = found.oldest_due is not None and now - found.oldest_due > LATE_SCORE
    if late and found.oldest_due:
        yield Finding(
            "problem",
            "scores",
            f"{waiting} wait, the oldest since {_minute(found.oldest_due)}",
            "Look at the worker, and at the platforms.",
        )
    if not failed and not late:
        delivered = found.deliveries[DeliveryState.DELIVERED]
        yield Finding("ok", "scores", f"{delivered} delivered, {waiting} on their way")
    if found.jobs[JobState.FAILED]:
        yield Finding(
            "advice",
            "jobs",
            f"{found.jobs[JobState.FAILED]} background job(s) failed",
            "The log says why (job.failed); pages that need one of them tell it too.",
        )


def disk(settings: Settings) -> Iterator[Finding]:
    """Whether the data folder has room left."""
    folder = settings.data_dir
    there = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(there).free
    if free < LITTLE_DISK:
        yield Finding(
            "problem",
            "disk",
            f"{free / 1e6:,.0f} MB left for {settings.data_dir}",
            "Make room: a full disk loses what learners hand in.",
        )
    else:
        yield Finding("ok", "disk", f"{free / 1e9:,.1f} GB left for {settings.data_dir}")


def certificate(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Until when the certificate of the public URL (our own address) is good."""
    parts = urlsplit(settings.public_url)
    if parts.scheme != "https" or not parts.hostname:
        return
    trusted = ssl.create_default_context()
    if settings.ca_bundle:
        trusted.load_verify_locations(settings.ca_bundle)
    try:
        with (
            socket.create_connection((parts.hostname, parts.port or 443), _SECONDS) as plain,
            trusted.wrap_socket(plain, server_hostname=parts.hostname) as secured,
        ):
            ends = str((secured.getpeercert() or {})["notAfter"])
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or error.reason or str(error)
        yield Finding(
            "problem",
            "certificate",
            f"browsers and LMSs will not trust it: {why}",
            "Give the reverse proxy a certificate for this name, with its whole chain.",
        )
        return
    except OSError:
        return  # that the address does not answer is told elsewhere
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC)
    if until - now < CERTIFICATE_WARNING:
        yield Finding("problem", "certificate", f"ends {_minute(until)}", "Renew it.")
    else:
        yield Finding("ok", "certificate", f"good until {until:%Y-%m-%d}")


def kept(settings: Settings) -> Iterator[Finding]:
    """How long people and traces of them are kept: said, since only the institution can judge."""
    months = settings.forget_people_months
    people = f"people {months} months after their last launch" if months else "people for good"
    days = {
        "refusals": settings.keep_refusals_days,
        "scores sent": settings.keep_deliveries_days,
        "notices": settings.keep_notices_days,
        "jobs": settings.keep_jobs_days,
        "audit log": settings.keep_audit_days,
    }
    rest = ", ".join(f"{name} {f'{n} days' if n else 'for good'}" for name, n in days.items())
    yield Finding("ok", "kept", f"{people}; {rest}")


def broker(settings: Settings) -> Iterator[Finding]:
    """Whether Celery's broker answers, where one is set."""
    if not settings.broker_url:
        return
    try:
        yield Finding("ok", "broker", f"{check_broker(settings)} answers")
    except ConfigError as error:
        remedy = "Correct or unset LTI_TOOL_BROKER_URL; scores wait in the database meanwhile."
        yield Finding("problem", "broker", error.message, remedy)


def open_metrics(settings: Settings) -> Iterator[Finding]:
    """Whether anybody may read the metrics."""
    everybody = [item for item in settings.metrics_networks if item.prefixlen == 0]
    if everybody:
        yield Finding(
            "problem",
            "metrics",
            "/metrics is open to all",
            "Set LTI_TOOL_METRICS_TOKEN, or networks of your own in LTI_TOOL_METRICS_NETWORKS.",
        )
    elif settings.metrics_token or settings.metrics_networks:
        yield Finding("ok", "metrics", "/metrics is for those that the settings name")


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
