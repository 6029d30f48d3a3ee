"""What logins and launches found a moment ago. Where a class begins its lesson, hundreds of them
ask for the same rows within a second: these journeys to the database took a third of their time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Engine, event

from lti_tool.services.known import Known, Place, find_platform

#: How long what another one read is believed: by a login as it is; by a launch only where the
#: database still finds it so when the launch is written (``known.still``), so that a platform
#: suspended meanwhile gets nobody in.
SECONDS = 1.0
#: Anybody may name deployments that are none: no more are kept than this.
LIMIT = 500


class _Commits:
    """How often this process has committed: what it changed itself counts at once."""

    count = 0


@event.listens_for(Engine, "commit")
def _committed(_connection: object) -> None:
    _Commits.count += 1


class _Read(NamedTuple):
    known: Known
    until: float
    commits: int


class LatelyKnown:
    """The registrations of login addresses, each read at most once a second, and what launches from
    one place read of it. Thread-safe; make one a database."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._reads: dict[tuple[str, str | None], _Read] = {}
        self._places: dict[Place, tuple[Known, float]] = {}

    def find(self, engine: Engine, public_id: str, deployment_id: str | None) -> Known | None:
        """See ``find_platform``. One that is not there is looked for each time."""
        address, commits = (public_id, deployment_id), _Commits.count
        read = self._reads.get(address)
        if read is not None and read.commits == commits and self._clock() < read.until:
            return read.known
        until = self._clock() + SECONDS
        known = find_platform(engine, public_id, deployment_id)
        if known is not None:
            if len(self._reads) >= LIMIT:
                self._reads.clear()
            self._reads[address] = _Read(known, until, commits)
        return known

    def recall(self, place: Place) -> Known | None:
        """What a launch from ``place`` read a moment ago."""
        known, until = self._places.get(place, (None, 0.0))
        return known if self._clock() < until else None

    def remember(self, place: Place, known: Known, asked_at: float) -> None:
        """For the next launches. ``asked_at`` is what ``now`` gave before it was read."""
        if len(self._places) >= LIMIT:
            self._places.clear()
        self._places[place] = known, asked_at + SECONDS

    def forget(self, place: Place) -> None:
        self._places.pop(place, None)

    def now(self) -> float:
        return self._clock()
