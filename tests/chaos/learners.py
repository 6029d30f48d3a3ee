"""Learners who hand in whatever happens, and what is found afterwards."""

from __future__ import annotations

import itertools
import os
import random
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models import DeliveryState, Registration, ScoreDelivery
from tests.chaos.fleet import Fleet
from tests.chaos.unsteady import Unsteady
from tests.conformance.browsing import Browser, arrives
from tests.databases import engine_of

SEED = int(os.environ.get("CHAOS_SEED", "20260301"))
#: Wrong, half right, right. Every learner hands in twice, and most do better then.
ANSWERS = ({"q1": "b", "q2": "b"}, {"q1": "a", "q2": "b"}, {"q1": "a", "q2": "a"})
PATIENCE = 240.0
T = TypeVar("T")


class Class:
    """Learners who do not give up: what gets no answer is done again, as browsers do."""

    def __init__(self, fleet: Fleet, platform: Unsteady, public_id: str) -> None:
        self.fleet, self.platform, self.public_id = fleet, platform, public_id
        #: The best score that the tool confirmed to each.
        self.best: dict[str, Decimal] = {}
        self.handed_in = itertools.count(1)
        self.fatal: set[int] = set()

    def learn(self, number: int) -> None:
        sub = f"learner-{number}"
        chance = random.Random(SEED + number)
        first, second = chance.choice([(0, 1), (0, 2), (1, 2), (2, 0), (1, 1)])
        browser, handle = self._until(lambda: self._launch(sub))
        for attempt, answers in enumerate((ANSWERS[first], ANSWERS[second]), 1):
            body = {"number": attempt, "answers": answers}
            if next(self.handed_in) in self.fatal:
                threading.Thread(target=self.fleet.kill, args=(0,)).start()
            state = self._until(partial(self._hand_in, browser, handle, body))
            self.best[sub] = Decimal(state["value"])

    def _launch(self, sub: str) -> tuple[Browser, str]:
        browser = Browser(self.fleet.url, self.public_id, self.platform)
        claims = self.platform.claims(sub=sub, custom={"course": "small", "unit": "first"})
        return browser, arrives(browser.launch(claims), "play").rpartition("/")[2]

    def _hand_in(self, browser: Browser, handle: str, body: Any) -> Any:
        headers = {"Authorization": f"Bearer {handle}"}
        answer = browser.request("POST", "/api/units/first/hand-in", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["state"]

    def _until(self, action: Callable[[], T]) -> T:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return action()
            except (requests.RequestException, AssertionError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)


def register(url: str, platform: Unsteady) -> str:
    with engine_of(url) as engine, Session(engine) as session:
        names = ("auth", "token", "jwks")
        session.add(
            Registration(
                public_id="chaos",
                name="Campus",
                issuer=platform.issuer,
                client_id=platform.client_id,
                product="moodle",
                **{f"{name}_url": f"{platform.url}/{name}" for name in names},
            )
        )
        session.commit()
    return "chaos"


def settled(url: str) -> list[ScoreDelivery]:
    """Every delivery, once none waits any more."""
    until = time.monotonic() + PATIENCE
    with engine_of(url) as engine:
        while True:
            with Session(engine) as session:
                rows = list(session.scalars(select(ScoreDelivery)))
            waiting = [row for row in rows if row.state == DeliveryState.DUE]
            if rows and not waiting:
                return rows
            assert time.monotonic() < until, [(row.tries, row.last_error) for row in waiting][:20]
            time.sleep(0.3)


def grades(platform: Unsteady) -> dict[str, Decimal]:
    return {user: Decimal(str(value)) for user, value in platform.grades().items()}
