"""Scores are rows: claimed, sent, waited for, given up, each apart from the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, cast

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from lti_tool.errors import PlatformError
from lti_tool.lti import ags
from lti_tool.models import (
    Context,
    DeliveryState,
    Deployment,
    Registration,
    RegistrationStatus,
    ResourceLink,
    ScoreDelivery,
    User,
)
from lti_tool.services import deliveries
from lti_tool.services.deliveries import Round, deliver_due, send_again, write_delivery

START = datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)
Answer = Callable[..., object]


class Post:
    """Where scores go in these tests, and what the clock says."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now = START
        self.sent: list[dict[str, Any]] = []
        self.answer: Answer = lambda **_: ags.Delivered("https://lms.example/item")

    def __call__(self, _tokens: object, _platform: object, target: object, **call: Any) -> object:
        self.sent.append({"target": target, **call})
        return self.answer(**call)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with Session(self.engine) as session:
            session.connection(execution_options={"writes": True})
            yield session
            session.commit()

    def round(self) -> Round:
        return deliver_due(self.transaction, cast(Any, None), lambda: self.now)

    def write(self, user: int, value: str, completed: bool = True) -> int | None:
        with self.transaction() as session:
            row = write_delivery(
                session,
                session.get_one(User, user),
                session.get_one(ResourceLink, 1),
                Decimal(value),
                completed,
                self.now,
            )
            return row.id if row else None

    def row(self, number: int) -> ScoreDelivery:
        with Session(self.engine) as session:
            return session.get_one(ScoreDelivery, number)


@pytest.fixture
def post(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Post:
    with Session(engine) as session:
        urls = dict.fromkeys(("auth_url", "token_url", "jwks_url"), "https://lms.example/x")
        registration = Registration(
            public_id="p", name="n", issuer="https://lms.example", client_id="c", **urls
        )
        deployment = Deployment(registration=registration, deployment_id="d")
        link = ResourceLink(
            context=Context(deployment=deployment, context_id="k"),
            resource_link_id="l",
            course_id="small",
            unit_id="first",
            line_item_url="https://lms.example/item",
            ags_scopes=[ags.SCOPE_SCORE],
        )
        people = [User(registration=registration, sub=f"u{number}") for number in range(1, 6)]
        session.add_all([link, *people])
        session.commit()
    made = Post(engine)
    monkeypatch.setattr(ags, "post_score", made)
    return made


def test_a_score_is_delivered_once(post: Post) -> None:
    number = post.write(1, "83.333")
    assert number is not None
    assert post.round() == Round(delivered=1)
    assert post.round() == Round()
    assert post.row(number).state == DeliveryState.DELIVERED
    sent = post.sent[0]
    assert sent["user_sub"] == "u1"
    assert sent["value"] == Decimal("83.33")
    assert sent["timestamp"] == START.replace(microsecond=0)
    assert sent["target"].resource_id == "small/first"


def test_timestamps_rise_within_a_second(post: Post) -> None:
    numbers = [post.write(1, str(value)) for value in (10, 20, 30)]
    times = [post.row(number or 0).timestamp for number in numbers]
    first = START.replace(microsecond=0)
    assert times == [first, first + timedelta(seconds=1), first + timedelta(seconds=2)]


def test_only_the_last_of_one_learner_is_sent(post: Post) -> None:
    old, new = post.write(1, "10"), post.write(1, "20")
    assert post.round() == Round(delivered=1, superseded=1)
    assert [call["value"] for call in post.sent] == [Decimal("20.00")]
    assert post.row(old or 0).state == DeliveryState.SUPERSEDED
    assert post.row(new or 0).state == DeliveryState.DELIVERED


def test_a_failure_waits_longer_each_time_with_the_same_score(post: Post) -> None:
    number = post.write(1, "50") or 0

    def fail(**_: Any) -> object:
        raise PlatformError("outbound.refused", "it is down", retryable=True)

    post.answer = fail
    waits = []
    for _ in range(5):
        assert post.round() == Round(postponed=1)
        assert post.round() == Round()
        waits.append((post.row(number).due_at - post.now).total_seconds())
        post.now = post.row(number).due_at
    assert all(later > 1.5 * earlier for earlier, later in pairwise(waits))
    assert post.row(number).last_error == "outbound.refused: it is down"
    assert len({(call["value"], call["timestamp"]) for call in post.sent}) == 1


def test_retry_after_is_honoured(post: Post) -> None:
    number = post.write(1, "50") or 0

    def throttle(**_: Any) -> object:
        raise PlatformError("ags.throttled", "slow down", retryable=True, retry_after=1200)

    post.answer = throttle
    post.round()
    assert post.row(number).due_at >= START + timedelta(seconds=1200)


def test_a_final_failure_is_a_dead_letter_that_can_be_sent_again(post: Post) -> None:
    number = post.write(1, "50") or 0

    def refuse(**_: Any) -> object:
        raise PlatformError("ags.refused", "cannot be graded", retryable=False)

    post.answer = refuse
    assert post.round() == Round(failed=1)
    assert post.row(number).state == DeliveryState.FAILED
    post.answer = lambda **_: ags.Delivered("https://lms.example/new-item")
    with post.transaction() as session:
        send_again(session, session.get_one(ScoreDelivery, number), post.now)
    assert post.round() == Round(delivered=1)
    assert post.sent[0]["timestamp"] == post.sent[1]["timestamp"]
    with Session(post.engine) as session:
        assert session.get_one(ResourceLink, 1).line_item_url == "https://lms.example/new-item"


def test_it_gives_up_in_the_end(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "MAX_TRIES", 3)
    number = post.write(1, "50") or 0

    def fail(**_: Any) -> object:
        raise PlatformError("outbound.refused", "down", retryable=True)

    post.answer = fail
    found = []
    for _ in range(3):
        found.append(post.round())
        post.now += timedelta(hours=1)
    assert found[-1] == Round(failed=1)
    assert post.row(number).tries == 3


def test_a_conflict_means_superseded(post: Post) -> None:
    number = post.write(1, "50") or 0
    post.answer = lambda **_: ags.Superseded("https://lms.example/item")
    assert post.round() == Round(superseded=1)
    assert post.row(number).state == DeliveryState.SUPERSEDED


def test_one_broken_score_does_not_stop_the_others(post: Post) -> None:
    for user in range(1, 6):
        post.write(user, "50")

    def some(user_sub: str, **_: Any) -> object:
        if user_sub == "u2":
            raise PlatformError("ags.refused", "a teacher", retryable=False)
        if user_sub == "u3":
            raise ZeroDivisionError
        return ags.Delivered("https://lms.example/item")

    post.answer = some
    assert post.round() == Round(delivered=3, postponed=1, failed=1)


def test_two_workers_do_not_send_one_score_twice(post: Post) -> None:
    for user in range(1, 6):
        post.write(user, "50")
    gate = threading.Barrier(2)

    def go(_: int) -> Round:
        gate.wait(10)
        return post.round()

    with ThreadPoolExecutor(2) as pool:
        rounds = list(pool.map(go, range(2)))
    assert sum(item.delivered for item in rounds) == 5
    assert len(post.sent) == 5


def test_a_dead_workers_rows_come_back(post: Post) -> None:
    post.write(1, "50")

    def die(**_: Any) -> object:
        raise KeyboardInterrupt

    post.answer = die
    with pytest.raises(KeyboardInterrupt):
        post.round()
    assert post.round() == Round()
    post.now += deliveries.LOCK + timedelta(seconds=1)
    post.answer = lambda **_: ags.Delivered("https://lms.example/item")
    assert post.round() == Round(delivered=1)
    assert post.sent[0]["timestamp"] == post.sent[1]["timestamp"]


def test_what_cannot_be_graded_is_not_written(post: Post, engine: Engine) -> None:
    with Session(engine) as session:
        session.get_one(User, 2).sub = "anonymous launch 1234"
        session.commit()
    assert post.write(2, "50") is None
    with Session(engine) as session:
        session.get_one(ResourceLink, 1).ags_scopes = []
        session.commit()
    assert post.write(1, "50") is None
    with Session(engine) as session:
        assert session.scalars(select(ScoreDelivery)).all() == []


def test_scores_of_a_suspended_platform_wait(post: Post, engine: Engine) -> None:
    post.write(1, "50")
    with Session(engine) as session:
        session.get_one(Registration, 1).status = RegistrationStatus.SUSPENDED
        session.commit()
    assert post.round() == Round()
    with Session(engine) as session:
        session.get_one(Registration, 1).status = RegistrationStatus.ACTIVE
        session.commit()
    assert post.round() == Round(delivered=1)
