"""Each platform in a lane of its own: one that is slow, throttles or is down holds up nobody
else's scores."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from lti_tool.errors import PlatformError
from lti_tool.lti.ags import SCOPE_RESULT_READ
from lti_tool.lti.tokens import ServiceTokens
from lti_tool.services import results
from lti_tool.services.deliveries.claiming import (
    Parcel,
    Transaction,
    claim,
    due_platforms,
    give_back,
)
from lti_tool.services.deliveries.sending import Outcome, send
from lti_tool.services.pausing import asks_for_pause, pause

_log = structlog.get_logger(__name__)

#: A platform's share of a round.
SHARE = 20
#: Platforms served at a time, by one process.
MAX_LANES = 32
#: Shares that a lane serves before it makes room for another platform.
SHARES_IN_A_ROW = 10
#: So many failures in a row of the connection, the token or the platform as a whole mean that it
#: is down: the rest of the share is given back untried, and it is left alone for a while.
DOWN_AFTER = 3
DOWN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one round. ``waiting``: their column is being made by another worker."""

    delivered: int = 0
    superseded: int = 0
    postponed: int = 0
    failed: int = 0
    waiting: int = 0

    @property
    def total(self) -> int:
        return self.delivered + self.superseded + self.postponed + self.failed + self.waiting

    def __add__(self, other: Round) -> Round:
        return Round(
            self.delivered + other.delivered,
            self.superseded + other.superseded,
            self.postponed + other.postponed,
            self.failed + other.failed,
            self.waiting + other.waiting,
        )


def deliver_due(
    transaction: Transaction, tokens: ServiceTokens, now: Callable[[], datetime], share: int = SHARE
) -> Round:
    """One round: of every platform that has something due, at most ``share`` scores. Any number of
    workers may call this at once; ``transaction`` is called in threads of its own."""
    with transaction() as session:
        due = due_platforms(session, now(), MAX_LANES)
    serve = partial(deliver_platform, transaction, tokens, now, share=share)
    if len(due) < 2:
        return sum(map(serve, due), Round())
    with ThreadPoolExecutor(len(due)) as pool:
        return sum(pool.map(serve, due), Round())


def deliver_platform(
    transaction: Transaction,
    tokens: ServiceTokens,
    now: Callable[[], datetime],
    registration_id: int,
    share: int = SHARE,
    stop: threading.Event | None = None,
) -> Round:
    """Deliver at most ``share`` due scores of one platform, as many at a time as it is known to
    bear. What is not tried (``stop`` was set, it throttles, it is down) is given back."""
    with transaction() as session:
        superseded, parcels = claim(session, registration_id, now(), share)
    if not parcels:
        return Round(superseded=superseded)
    batch = _Batch(transaction, tokens, now, registration_id, stop)
    at_once = min(parcels[0].platform.quirks.parallel_calls, len(parcels))
    if at_once == 1:
        done = list(map(batch.deliver, parcels))
    else:
        with ThreadPoolExecutor(at_once) as pool:
            done = list(pool.map(batch.deliver, parcels))
    batch.close(parcels, done)
    counts = {outcome.value: done.count(outcome) for outcome in Outcome}
    return Round(superseded=superseded) + Round(**counts)


class _Batch:
    """One platform's share on its way."""

    def __init__(
        self,
        transaction: Transaction,
        tokens: ServiceTokens,
        now: Callable[[], datetime],
        registration_id: int,
        stop: threading.Event | None,
    ) -> None:
        self._transaction, self._tokens, self._now = transaction, tokens, now
        self._registration_id = registration_id
        self._stop = stop or threading.Event()
        self._halted = threading.Event()
        self._lock = threading.Lock()
        self._failures = 0

    def deliver(self, parcel: Parcel) -> Outcome | None:
        """What came of it; None where it was not tried."""
        if self._stop.is_set() or self._halted.is_set():
            return None
        outcome, error = send(self._transaction, self._tokens, parcel, self._now)
        self._judge(parcel, error)
        return outcome

    def close(self, parcels: Sequence[Parcel], done: Sequence[Outcome | None]) -> None:
        """Give back what was not tried; have the results read of what arrived."""
        pairs = list(zip(parcels, done, strict=True))
        left = [parcel for parcel, outcome in pairs if outcome is None]
        links = {
            parcel.link_pk
            for parcel, outcome in pairs
            if outcome is Outcome.DELIVERED and SCOPE_RESULT_READ in parcel.target.scopes
        }
        if not left and not links:
            return
        with self._transaction() as session:
            if left:
                give_back(session, left)
            for link_pk in links:
                results.ask_later(session, link_pk, self._registration_id, self._now())

    def _judge(self, parcel: Parcel, error: PlatformError | None) -> None:
        """Whether the platform wants a pause, or seems to be down."""
        if error is not None and asks_for_pause(error):
            wish = error.retry_after
            self._halt(parcel.platform.quirks.pause_seconds if wish is None else wish)
            return
        with self._lock:
            self._failures = self._failures + 1 if error is not None and _is_down(error) else 0
            down = self._failures >= DOWN_AFTER
        if down:
            self._halt(DOWN_SECONDS)

    def _halt(self, seconds: float) -> None:
        self._halted.set()
        pause(self._transaction, self._registration_id, seconds, self._now())


def _is_down(error: PlatformError) -> bool:
    """A failure that is not this score's own."""
    whole = error.code.startswith(("outbound.", "token.")) or error.status in (502, 503, 504)
    return whole and error.retryable


class Lanes:
    """The lanes of one process, for a worker that runs on. ``stop`` ends them after the scores
    that travel at that moment."""

    def __init__(
        self,
        transaction: Transaction,
        tokens: ServiceTokens,
        now: Callable[[], datetime],
        stop: threading.Event,
    ) -> None:
        self._transaction, self._tokens, self._now, self._stop = transaction, tokens, now, stop
        self._pool = ThreadPoolExecutor(MAX_LANES, thread_name_prefix="lane")
        self._busy: set[int] = set()
        self._lock = threading.Lock()

    def begin(self) -> int:
        """Open a lane for each platform that has something due and none open; how many."""
        with self._lock:
            busy = set(self._busy)
        with self._transaction() as session:
            due = due_platforms(session, self._now(), MAX_LANES - len(busy), busy)
        for registration_id in due:
            with self._lock:
                self._busy.add(registration_id)
            self._pool.submit(self._serve, registration_id)
        return len(due)

    def serve(self, registration_id: int) -> None:
        """Serve the platform in the calling thread; not at all where it has a lane already."""
        with self._lock:
            if registration_id in self._busy:
                return
            self._busy.add(registration_id)
        self._serve(registration_id)

    def close(self) -> None:
        """Wait for what travels."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _serve(self, registration_id: int) -> None:
        serve = partial(
            deliver_platform, self._transaction, self._tokens, self._now, registration_id
        )
        try:
            for _ in range(SHARES_IN_A_ROW):
                if self._stop.is_set() or not serve(stop=self._stop).total:
                    break
        except Exception:  # the database gone for a while: the next round tries again
            _log.exception("lane.failed", registration=registration_id)
        finally:
            with self._lock:
                self._busy.discard(registration_id)
