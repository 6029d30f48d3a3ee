"""The loop that delivers and does what is written down. It may run as often as one likes: in the
embedded server's thread, and in any number of ``lti-tool worker`` processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from flask import Flask
from sqlalchemy.orm import Session

from lti_tool.db import writing
from lti_tool.lti.keys import rotate_old
from lti_tool.lti.login_state import purge_expired
from lti_tool.models import db, now
from lti_tool.services import audit, heartbeat, invites, rosters
from lti_tool.services.deliveries import Lanes, Round, Transaction, deliver_due
from lti_tool.services.jobs import do_due
from lti_tool.services.launches import purge_sessions
from lti_tool.tool import tool_of
from lti_tool.worker.handlers import handlers
from lti_tool.worker.tidying import delete_old

_log = structlog.get_logger(__name__)

IDLE_SECONDS = 1.0
PURGE_SECONDS = 300.0
LONGEST_PAUSE = 60.0
#: How long a job at work may go on when the worker stops.
GRACE_SECONDS = 10.0


def run_worker(app: Flask, stop: threading.Event) -> None:
    """Deliver, work and tidy up until ``stop`` is set. Scores never wait for other work: they have
    a thread to themselves, and each platform a lane of its own."""
    _log.info("worker.started")
    others = threading.Thread(target=_repeat, args=(_chores(app), stop), name="jobs", daemon=True)
    others.start()
    lanes = Lanes(transactions_of(app), tool_of(app).tokens, now, stop)

    def open_lanes() -> bool:
        lanes.begin()
        return False  # they go on by themselves

    _repeat(open_lanes, stop)
    lanes.close()
    others.join(GRACE_SECONDS)
    _log.info("worker.stopped")


def _repeat(action: Callable[[], bool], stop: threading.Event) -> None:
    """Call ``action`` until ``stop`` is set, at once again where it says that there is more.
    Failures (the database gone for a while) are logged, and followed by a growing pause."""
    pause = IDLE_SECONDS
    while not stop.is_set():
        try:
            more = action()
            pause = IDLE_SECONDS
            if more:
                continue
        except Exception:  # the loop must outlive whatever happens in one round
            _log.exception("worker.failed", again_in=pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        stop.wait(pause)


def _chores(app: Flask) -> Callable[[], bool]:
    """What is done beside the deliveries: jobs, a sign of life, and now and then tidying up."""
    purged = beaten = float("-inf")

    def do() -> bool:
        nonlocal purged, beaten
        if time.monotonic() - beaten >= heartbeat.EVERY.total_seconds():
            beat(app)
            beaten = time.monotonic()
        if time.monotonic() - purged >= PURGE_SECONDS:
            purge(app)
            delete_old(app)
            renew_key(app)
            purged = time.monotonic()
        return work_off(app) > 0

    return do


def transactions_of(app: Flask) -> Transaction:
    """Transactions that any thread may open: each in an application context of its own."""

    @contextmanager
    def transaction() -> Iterator[Session]:
        with app.app_context(), writing() as session:
            yield session

    return transaction


def deliver(app: Flask) -> Round:
    """One round of deliveries."""
    return deliver_due(transactions_of(app), tool_of(app).tokens, now)


def work_off(app: Flask) -> int:
    """One round of jobs."""
    with app.app_context():
        return do_due(writing, handlers(app), now)


def renew_key(app: Flask) -> None:
    """Sign with a new key where the present one has grown old (the setting ``key_days``)."""
    settings = tool_of(app).settings
    if not settings.key_days:
        return
    with app.app_context():
        age = timedelta(days=settings.key_days)
        if rotate_old(db.session(), settings.secret_key, age):
            with writing() as session:
                audit.note(session, "worker", "key.rotated", "signing key", after_days=age.days)
            _log.info("key.rotated")


def beat(app: Flask) -> None:
    """Leave a sign of life, for ``/ready`` and ``lti-tool doctor``."""
    with app.app_context(), writing() as session:
        heartbeat.beat(session, now())


def purge(app: Flask) -> int:
    """Delete nonces, sessions and invitations whose time is over; see that rosters are read."""
    with app.app_context(), writing() as session:
        moment = now()
        count = purge_expired(session, moment)
        count += purge_sessions(session, moment)
        rosters.watch(session, moment)
        return count + invites.purge(session, moment)
