"""Scores are rows: claimed, sent, waited for, given up, each apart from the others."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from lti_tool.errors import PlatformError
from lti_tool.models import (
    DeliveryState,
    ResourceLink,
    ScoreDelivery,
    User,
)
from lti_tool.services.deliveries import (
    Round,
    claiming,
    send_again,
    sending,
)
from tests.unit.lti_tool.deliveries.posting import ITEM, START, Post


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
    assert sent["url"] == ITEM


def test_timestamps_rise_within_a_second(post: Post) -> None:
    numbers = [post.write(1, str(value)) for value in (10, 20, 30)]
    times = [post.row(number or 0).timestamp for number in numbers]
    first = START.replace(microsecond=0)
    assert times == [first, first + timedelta(seconds=1), first + timedelta(seconds=2)]


def test_only_the_last_of_one_learner_is_sent(post: Post) -> None:
    old, new = post.write(1, "10"), post.write(1, "20")
    assert post.row(old or 0).state == DeliveryState.SUPERSEDED
    assert post.round() == Round(delivered=1)
    assert [call["value"] for call in post.sent] == [Decimal("20.00")]
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
    post.answer = lambda **_: None
    with post.transaction() as session:
        send_again(session, session.get_one(ScoreDelivery, number), post.now)
    assert post.round() == Round(delivered=1)
    assert post.sent[0]["timestamp"] == post.sent[1]["timestamp"]


def test_it_gives_up_in_the_end(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MAX_TRIES", 3)
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


def test_one_broken_score_does_not_stop_the_others(post: Post) -> None:
    for user in range(1, 6):
        post.write(user, "50")

    def some(user_sub: str, **_: Any) -> object:
        if user_sub == "u2":
            raise PlatformError("ags.refused", "a teacher", retryable=False)
        if user_sub == "u3":
            raise ZeroDivisionError
        return None

    post.answer = some
    assert post.round() == Round(delivered=3, postponed=1, failed=1)


def test_two_workers_do_not_send_one_score_twice(post: Post) -> None:
    for user in range(1, 6):
        post.write(user, "50")
    gate = threading.Barrier(2)

    def go(_: int) -> Round:
        gate.wait(60)
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
    post.now += claiming.LOCK + timedelta(seconds=1)
    post.answer = lambda **_: None
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


def test_a_score_waits_for_the_one_before_it(post: Post) -> None:
    """The older one travels while the newer is written: sent at once, it could arrive first."""
    old = post.write(1, "10") or 0
    seen: list[Round] = []

    def write_meanwhile(value: Decimal, **_: Any) -> object:
        if value == 10:
            post.write(1, "20")
            seen.append(post.round())
        return None

    post.answer = write_meanwhile
    assert post.round() == Round(delivered=1)
    assert seen == [Round()]
    assert post.round() == Round(delivered=1)
    assert [call["value"] for call in post.sent] == [Decimal(10), Decimal(20)]
    assert post.row(old).state == DeliveryState.DELIVERED


def test_an_older_score_that_fails_while_a_newer_is_written_is_superseded(post: Post) -> None:
    old = post.write(1, "10") or 0

    def write_and_fail(**_: Any) -> object:
        post.write(1, "20")
        raise PlatformError("ags.refused", "no", retryable=False)

    post.answer = write_and_fail
    assert post.round() == Round(superseded=1)
    assert post.row(old).state == DeliveryState.SUPERSEDED


def test_a_new_score_replaces_a_dead_letter(post: Post) -> None:
    old = post.write(1, "10") or 0

    def refuse(**_: Any) -> object:
        raise PlatformError("ags.refused", "no", retryable=False)

    post.answer = refuse
    post.round()
    assert post.row(old).state == DeliveryState.FAILED
    post.write(1, "20")
    assert post.row(old).state == DeliveryState.SUPERSEDED
