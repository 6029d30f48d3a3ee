"""No score is lost: server and workers are killed with -9, and the platform fails in every way,
while learners hand in. ``CHAOS_SCORES`` says how many scores (``make chaos``: a thousand)."""

from __future__ import annotations

import json
import os
import random
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from lti_tool.models import DeliveryState, ScoreDelivery
from tests.chaos.fleet import Fleet
from tests.chaos.learners import SEED, Class, grades, register, settled
from tests.chaos.unsteady import FAULTS, Unsteady
from tests.conformance.platform import running_platform
from tests.databases import KINDS, Databases, engine_of
from tests.integration.lti_tool.course import write_course

SCORES = int(os.environ.get("CHAOS_SCORES", "40"))
SERVER_KILLS, WORKER_KILLS = max(1, SCORES // 100), max(2, SCORES // 50)


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    with databases.new(request.param) as url:
        yield url


@pytest.fixture
def told(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Iterator[list[str]]:
    """What the run counted: printed at its end, with the date, the duration and the seed, whether
    it held or not."""
    began, counted = datetime.now(UTC), ["broke before its end"]
    yield counted
    took = datetime.now(UTC) - began
    with capsys.disabled():
        print(
            f"\n{request.node.name}: {began:%Y-%m-%d %H:%M} UTC, {took.total_seconds():.0f} s,"
            f" seed {SEED}, {SCORES} scores: {'; '.join(counted)}"
        )


@pytest.mark.slow
def test_every_score_arrives_or_is_a_visible_dead_letter(
    url: str, tmp_path: Path, told: list[str]
) -> None:
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
            told[:] = [
                f"{len(pupils.best)} learners' best scores stand in the gradebook",
                f"{fleet.kills} kills",
                f"{platform.received} posts",
                f"faults {dict(sorted(platform.happened.items()))}",
                f"{len(dead)} dead letters, sent again",
            ]


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
