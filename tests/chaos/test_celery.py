"""Scores by Celery, with a Redis and a RabbitMQ of the tests' own: workers die, the broker dies
with all that it holds, and every score arrives, once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.chaos.fleet import Fleet
from tests.chaos.learners import PATIENCE, Class, grades, register, settled
from tests.chaos.unsteady import Unsteady
from tests.conformance.platform import running_platform
from tests.databases import Databases
from tests.integration.lti_tool.course import write_course
from tests.rabbitmq_server import RabbitMQ, running_rabbitmq
from tests.redis_server import PASSWORD, Redis, running_redis
from tests.tool import eventually

PUPILS = 10
Broker = Redis | RabbitMQ


@pytest.fixture
def url(databases: Databases) -> Iterator[str]:
    with databases.new("postgresql") as url:
        yield url


@pytest.fixture(params=[running_redis, running_rabbitmq], ids=["redis", "rabbitmq"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    with request.param(tmp_path) as broker:
        yield broker


@pytest.fixture
def platform(url: str) -> Iterator[Unsteady]:
    with running_platform(Unsteady) as platform:
        platform.steady = True
        platform.line_items["1"] = {"id": f"{platform.url}/lineitems/1/lineitem?type_id=1"}
        register(url, platform)
        yield platform


@pytest.fixture
def fleet(url: str, broker: Broker, platform: Unsteady, tmp_path: Path) -> Iterator[Fleet]:
    """A server and two workers."""
    courses = write_course(tmp_path / "courses" / "small").parent
    command = ("worker", "--celery")
    with Fleet(
        tmp_path, url, courses, command, broker_url=broker.url, metrics_token="x" * 16
    ) as fleet:
        yield fleet
    for number in (1, 2):
        log = (tmp_path / f"process-{number}.log").read_text(errors="replace")
        assert PASSWORD not in log
        assert broker.url not in log


def learn(fleet: Fleet, platform: Unsteady) -> Class:
    pupils = Class(fleet, platform, "chaos")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(pupils.learn, range(PUPILS)))
    return pupils


def posts(platform: Unsteady) -> Counter[tuple[str, str]]:
    """How often each score was sent."""
    sent = [one.json for one in platform.requests if one.path.endswith("/scores")]
    return Counter((one["userId"], one["timestamp"]) for one in sent)


@pytest.fixture
def unhurried_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine, no call is given up and made again."""
    monkeypatch.setenv("CHAOS_CALL_SECONDS", "60")


@pytest.mark.slow
@pytest.mark.usefixtures("unhurried_calls")
def test_two_workers_deliver_each_score_once(
    fleet: Fleet, platform: Unsteady, broker: Broker, url: str
) -> None:
    pupils = learn(fleet, platform)
    assert {row.state for row in settled(url)} <= {"delivered", "superseded"}
    assert grades(platform) == pupils.best
    assert set(posts(platform).values()) == {1}
    # Calls, not scores: nothing heaps up for good, however late a busy machine takes them.
    assert eventually(lambda: True if broker.waiting() < 50 else None, PATIENCE)
    # The other chores are called for too.
    headers = {"Authorization": f"Bearer {'x' * 16}"}

    def seen() -> bool | None:
        text = requests.get(f"{fleet.url}/metrics", headers=headers, timeout=10).text
        found = [line for line in text.splitlines() if line.startswith("lti_tool_worker_seen")]
        return True if found and float(found[0].split()[-1]) < 60 else None

    assert eventually(seen, PATIENCE)
    found = json.loads(fleet.command("doctor", "--json", fails=True))
    assert [item["level"] for item in found if item["check"] == "broker"] == ["ok"]


@pytest.mark.slow
def test_killed_workers_and_a_broker_that_forgot_lose_nothing(
    fleet: Fleet, platform: Unsteady, broker: Broker, url: str, tmp_path: Path
) -> None:
    """In the middle: a score is on its way when its worker dies. The broker stays away until a
    worker that has started anew has found none, and waits."""
    found_none: list[Future[bool]] = []

    def come_back() -> bool:
        log = tmp_path / "process-2.log"
        eventually(lambda: True if b"broker.away" in log.read_bytes() else None, PATIENCE)
        broker.start()
        return True

    def strike(count: int) -> None:
        if count == 3:
            fleet.kill(1)
        elif count == 5:
            broker.kill()
            fleet.kill(2)
            found_none.append(pool.submit(come_back))

    with ThreadPoolExecutor(1) as pool:
        platform.on_score = strike
        pupils = learn(fleet, platform)
        assert {row.state for row in settled(url)} <= {"delivered", "superseded"}
    assert [one.result() for one in found_none] == [True]
    assert grades(platform) == pupils.best
    assert fleet.kills == 2
