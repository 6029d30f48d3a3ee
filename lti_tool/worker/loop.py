"""The loop that delivers and does what is written down. It may run as often as one likes: in the
embedded server's thread, and in any number of ``lti-tool worker`` processes."""

from __future__ import annotations

import threading
import time

import structlog
from flask import Flask

from lti_tool.db import writing
from lti_tool.lti.login_state import purge_expired
from lti_tool.models import now
from lti_tool.services.deliveries import Round, deliver_due
from lti_tool.services.jobs import do_due
from lti_tool.services.launches import purge_sessions
from lti_tool.services.registrations import purge_invites
from lti_tool.tool import tool_of
from lti_tool.worker.handlers import handlers

_log = structlog.get_logger(__name__)

IDLE_SECONDS = 1.0
PURGE_SECONDS = 300.0
LONGEST_PAUSE = 60.0


def run_worker(app: Flask, stop: threading.Event) -> None:
    """Deliver and tidy up until ``stop`` is set. Failures (the database gone for a while) are
    logged and tried again after a growing pause."""
    _log.info("worker.started")
    pause = IDLE_SECONDS
    purged = float("-inf")
    while not stop.is_set():
        try:
            if time.monotonic() - purged >= PURGE_SECONDS:
                purge(app)
                purged = time.monotonic()
            done = deliver(app).total + work_off(app)
            pause = IDLE_SECONDS
            if done:
                continue
        except Exception:  # the loop must outlive whatever happens in one round
            _log.exception("worker.failed", again_in=pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        stop.wait(pause)
    _log.info("worker.stopped")


def deliver(app: Flask) -> Round:
    """One round of deliveries."""
    with app.app_context():
        return deliver_due(writing, tool_of(app).tokens, now)


def work_off(app: Flask) -> int:
    """One round of jobs."""
    with app.app_context():
        return do_due(writing, handlers(app), now)


def purge(app: Flask) -> int:
    """Delete logins, nonces, sessions and invitations whose time is over."""
    with app.app_context(), writing() as session:
        moment = now()
        count = purge_expired(session, moment)
        count += purge_sessions(session, moment)
        return count + purge_invites(session, moment)
