"""No score is lost: server and workers are killed with -9, and the platform fails in every way,
while learners hand in. ``CHAOS_SCORES`` says how many scores (``make chaos``: a thousand)."""

from __future__ import annotations

import itertools
import json
import os
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models import DeliveryState, Registration, ScoreDelivery
from tests.chaos.fleet import Fleet
from tests.chaos.unsteady import FAULTS, Unsteady
from tests.conformance.browsing import Browser, arrives
from tests.conformance.platform import running_platform
from tests.databases import KINDS, Databases, engine_of
from tests.integration.lti_tool.course import write_course

SCORES = int(os.environ.get("CHAOS_SCORES", "80"))
SEED = int(os.environ.get("CHAOS_SEED", "20260301"))
SERVER_KILLS, WORKER_KILLS = max(1, SCORES // 100), max(3, SCORES // 50)
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


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    with databases.new(request.param) as url:
        yield url


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


@pytest.mark.slow
def test_every_score_arrives_or_is_a_visible_dead_letter(url: str, tmp_path: Path) -> None:
    courses = tmp_path / "courses"
    courses.mkdir()
    write_course(courses / "small")
    with running_platform(Unsteady) as platform:
        platform.chance.seed(SEED)
        platform.line_items["1"] = {"id": f"{platform.url}/lineitems/1/lineitem?type_id=1"}
        public_id = register(url, platform)
        with Fleet(tmp_path, url, courses) as fleet:
            pupils = Class(fleet, platform, public_id)
            # At random moments: while a learner hands in, while a worker's score is on its way.
            chance = random.Random(SEED)
            pupils.fatal = set(chance.sample(range(1, SCORES), SERVER_KILLS))
            fatal = set(chance.sample(range(1, SCORES // 2), WORKER_KILLS))

            def kill_worker(count: int) -> None:
                if count in fatal:
                    fleet.kill(1 + count % 2)

            platform.on_score = kill_worker
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(pupils.learn, range(SCORES // 2)))
            rows = settled(url)

            # Every score arrived, or can be seen with its cause.
            dead = [row for row in rows if row.state == DeliveryState.FAILED]
            listed = json.loads(fleet.command("scores", "list", "--failed", "--json"))
            assert {item["id"] for item in listed} == {row.id for row in dead}
            assert all(item["error"] for item in listed)
            found = grades(platform)
            with engine_of(url) as engine, Session(engine) as session:
                failed = {session.get_one(ScoreDelivery, row.id).user.sub for row in dead}
            lost = {s for s, best in pupils.best.items() if found.get(s) != best} - failed
            assert not lost, {sub: (pupils.best[sub], found.get(sub)) for sub in lost}
            repeats_say_the_same(platform)
            assert fleet.kills == SERVER_KILLS + WORKER_KILLS
            assert len(platform.happened) >= min(len(FAULTS), SCORES // 30)

            # What died is sent again, and arrives.
            platform.steady = True
            fleet.command("scores", "send-again", "--all")
            if dead:
                settled(url)
            assert grades(platform) == pupils.best
            repeats_say_the_same(platform)


def repeats_say_the_same(platform: Unsteady) -> None:
    """One time, one score; and the gradebook only ever went to a later time and a better score."""
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for request in platform.requests:
        if request.path.endswith("/scores"):
            said[request.json["userId"], request.json["timestamp"]].add(
                json.dumps(request.json, sort_keys=True)
            )
    assert said
    assert all(len(bodies) == 1 for bodies in said.values())
    last: dict[str, tuple[datetime, float]] = {}
    for score in platform.accepted:
        now = datetime.fromisoformat(score["timestamp"]), score["scoreGiven"]
        before = last.get(score["userId"])
        assert before is None or (now[0] > before[0] and now[1] >= before[1])
        last[score["userId"]] = now
