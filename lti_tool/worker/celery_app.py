"""The worker's work in Celery's hands, for many machines
(docs/decisions/0012-celery-only-calls.md). A message only calls a worker to look: what is to be
done stands in the database, and each row goes to one worker. So a message may be lost, late or
there twice. Every worker has a clock of its own that sends the calls; they expire, so that none
heap up while nobody takes them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import structlog
from celery import Celery, signals  # type: ignore[import-untyped]
from celery.beat import EmbeddedService, Scheduler  # type: ignore[import-untyped]
from flask import Flask

from lti_tool.broker import options_for
from lti_tool.models import now
from lti_tool.services import heartbeat
from lti_tool.services.deliveries import Lanes, due_platforms
from lti_tool.services.deliveries.lanes import MAX_LANES
from lti_tool.tool import tool_of
from lti_tool.worker import loop
from lti_tool.worker.tidying import delete_old

_log = structlog.get_logger(__name__)

QUEUE = "lti-tool"
#: Threads of one worker: a lane for each platform, and some for the rest.
THREADS = MAX_LANES + 4
#: A call that nobody has taken by then is worth nothing: there are newer ones.
EXPIRES_SECONDS = 10


class Calls:
    """What the messages call for, in one worker."""

    def __init__(self, app: Flask, celery: Celery, stop: threading.Event) -> None:
        self._app, self._stop = app, stop
        self._transaction = loop.transactions_of(app)
        self._lanes = Lanes(self._transaction, tool_of(app).tokens, now, stop)
        self._jobs = threading.Lock()
        # Its check of arguments takes a method for a function.
        self._deliver = celery.task(name="lti_tool.deliver", typing=False)(self._lanes.serve)
        work: dict[str, tuple[Callable[[], object], float]] = {
            "look": (self.look, loop.IDLE_SECONDS),
            "jobs": (self.do_jobs, loop.IDLE_SECONDS),
            "heartbeat": (self.beat, heartbeat.EVERY.total_seconds()),
            "tidy": (self.tidy, loop.PURGE_SECONDS),
        }
        for name, (action, _) in work.items():
            celery.task(name=f"lti_tool.{name}", typing=False)(action)
        celery.conf.beat_schedule = {
            name: {
                "task": f"lti_tool.{name}",
                "schedule": seconds,
                "options": {"expires": EXPIRES_SECONDS},
            }
            for name, (_, seconds) in work.items()
        }

    def look(self) -> None:
        """Call for each platform that has something due; any worker may take it."""
        with self._transaction() as session:
            due = due_platforms(session, now(), MAX_LANES)
        for registration_id in due:
            self._deliver.apply_async((registration_id,), expires=EXPIRES_SECONDS)

    def do_jobs(self) -> None:
        """Jobs, in one thread of a worker at most: scores never wait for them."""
        if not self._jobs.acquire(blocking=False):
            return
        try:
            while not self._stop.is_set() and loop.work_off(self._app):
                pass
        finally:
            self._jobs.release()

    def beat(self) -> None:
        loop.beat(self._app)

    def tidy(self) -> None:
        loop.purge(self._app)
        delete_old(self._app)
        loop.renew_key(self._app)


def run_celery(app: Flask) -> int:
    """Work for Celery until a signal says stop; the exit code. The broker may go and come back."""
    stop = threading.Event()
    celery = make_celery(app, stop)
    clock = EmbeddedService(celery, thread=True, scheduler_cls=Scheduler)

    def begin(**_: Any) -> None:
        loop.beat(app)
        clock.start()
        _log.info("worker.started", broker=celery.connection().as_uri())

    def end(**_: Any) -> None:
        stop.set()

    # Celery would replace our logging, which masks secrets, by its own.
    signals.setup_logging.connect(_keep_logging, weak=False)
    signals.worker_ready.connect(begin, weak=False)
    signals.worker_shutting_down.connect(end, weak=False)
    worker = celery.Worker(
        pool="threads",
        concurrency=THREADS,
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    _log.info("worker.stopped")
    return int(worker.exitcode or 0)


def make_celery(app: Flask, stop: threading.Event) -> Celery:
    """Celery with its tasks and their times. ``stop`` ends what is being done soon."""
    url = tool_of(app).settings.broker_url
    celery = Celery("lti_tool", broker=url, set_as_current=False)
    celery.conf.update(
        broker_transport_options=options_for(url),
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        task_default_queue=QUEUE,
        # Taken is confirmed: calls that come back would be too old, and RabbitMQ closes the channel
        # of who confirms later than half an hour, which a platform that is slow can take.
        task_acks_late=False,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
    )
    Calls(app, celery, stop)
    return celery


def _keep_logging(**_: Any) -> None:
    """It tells of each message, several times a second."""
    for name in ("celery.beat", "celery.worker.strategy", "celery.app.trace", "kombu"):
        logging.getLogger(name).setLevel("WARNING")
