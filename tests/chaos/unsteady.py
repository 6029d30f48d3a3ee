"""A platform that fails in every way that one can, by chance with a seed."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.conformance.emulators import Moodle
from tests.conformance.platform import RESET, Answer, Request

#: Longer than the tool waits for an answer.
LATE_SECONDS = 2.5
#: What goes wrong, of a hundred scores.
FAULTS = {"500": 6, "429": 3, "409": 3, "503": 1, "reset": 4, "lost": 4, "late": 1, "late-lost": 1}


@dataclass
class Unsteady(Moodle):
    """``lost``: the score is kept, and the answer never comes. ``accepted`` is each score that
    changed the gradebook, in order."""

    #: Called when a score is on its way, with how many there have been.
    on_score: Callable[[int], None] = lambda _: None
    received: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    steady: bool = False
    happened: Counter[str] = field(default_factory=Counter)
    accepted: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        if not request.path.endswith("/scores"):
            return super().answer(request)
        with self.lock:
            self.received += 1
            count = self.received
        self.on_score(count)
        fault = self._fault()
        if fault in ("lost", "late-lost"):
            super().answer(request)
        elif fault is None:
            return super().answer(request)
        else:
            with self.lock:
                self.requests.append(request)
        if fault.startswith("late"):
            time.sleep(LATE_SECONDS)
        if fault.isdecimal():
            wait = {"Retry-After": "1"} if fault in ("429", "503") else {}
            return Answer(int(fault), b"not now", wait)
        return Answer(RESET)

    def _fault(self) -> str | None:
        with self.lock:
            if self.steady:
                return None
            drawn, sum_ = self.chance.randrange(100), 0
            for fault, share in FAULTS.items():
                sum_ += share
                if drawn < sum_:
                    self.happened[fault] += 1
                    return fault
            return None

    def _score(self, number: str, request: Request) -> Answer:
        answer = super()._score(number, request)
        if answer.status == 200:
            self.accepted.append(request.json)
        return answer
