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
    LineItemResult,
    Registration,
    RegistrationStatus,
    ResourceLink,
    ScoreDelivery,
    User,
)
from lti_tool.services.deliveries import (
    Round,
    claiming,
    deliver_due,
    lanes,
    send_again,
    sending,
    write_delivery,
    write_start,
)

START = datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)
Answer = Callable[..., object]
ITEM = "https://lms.example/item"


class Post:
    """Where scores go in these tests, and what the clock says."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now = START
        self.sent: list[dict[str, Any]] = []
        self.answer: Answer = lambda **_: None

    def __call__(self, _tokens: object, _platform: object, url: str, **call: Any) -> None:
        self.sent.append({"url": url, **call})
        self.answer(**call)

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
            line_item_url=ITEM,
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


def conflict(**_: Any) -> object:
    raise PlatformError(ags.CONFLICT, "a later score is there", retryable=True, status=409)


def gradebook(
    post: Post, monkeypatch: pytest.MonkeyPatch, score: str | None, readable: bool = True
) -> None:
    """What the gradebook says that it holds, and whether it may be read."""
    held = () if score is None else (ags.Result("u1", Decimal(score), Decimal(50), None),)
    monkeypatch.setattr(ags, "get_results", lambda *_: held)
    with post.transaction() as session:
        scopes = [ags.SCOPE_SCORE, *([ags.SCOPE_RESULT_READ] if readable else [])]
        session.get_one(ResourceLink, 1).ags_scopes = scopes


def test_a_conflict_over_the_same_score_means_that_it_arrived(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    gradebook(post, monkeypatch, "41.67")
    number = post.write(1, "83.33") or 0
    post.answer = conflict
    assert post.round() == Round(delivered=1)
    assert post.row(number).state == DeliveryState.DELIVERED


def tried(post: Post, number: int, times: int) -> list[Round]:
    found = []
    for _ in range(times):
        found.append(post.round())
        post.now = max(post.now, post.row(number).due_at)
    return found


@pytest.mark.parametrize("held", ["10", None])
def test_a_conflict_over_another_score_is_a_dead_letter_and_sent_anew_with_a_new_time(
    post: Post, monkeypatch: pytest.MonkeyPatch, held: str | None
) -> None:
    gradebook(post, monkeypatch, held)
    number = post.write(1, "83.33") or 0
    post.answer = conflict
    assert tried(post, number, 4) == [*[Round(postponed=1)] * 3, Round(failed=1)]
    assert (post.row(number).last_error or "").startswith("ags.conflict: ")
    before = post.row(number).timestamp
    post.answer = lambda **_: None
    with post.transaction() as session:
        send_again(session, session.get_one(ScoreDelivery, number), post.now)
    assert post.round() == Round(delivered=1)
    assert post.sent[-1]["timestamp"] > before


def test_a_passing_conflict_loses_nothing(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    gradebook(post, monkeypatch, None)
    number = post.write(1, "83.33") or 0
    post.answer = conflict
    assert post.round() == Round(postponed=1)
    post.answer = lambda **_: None
    post.now = post.row(number).due_at
    assert post.round() == Round(delivered=1)


def test_a_conflict_that_cannot_be_looked_into_is_believed_in_the_end(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    gradebook(post, monkeypatch, "41.67", readable=False)
    number = post.write(1, "83.33") or 0
    post.answer = conflict
    assert tried(post, number, 4) == [*[Round(postponed=1)] * 3, Round(superseded=1)]


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


class Second:
    """A second platform beside that of ``post``."""

    def __init__(self, post: Post) -> None:
        self.post = post
        urls = dict.fromkeys(("auth_url", "token_url", "jwks_url"), "https://other.example/x")
        with post.transaction() as session:
            registration = Registration(
                public_id="q", name="m", issuer="https://other.example", client_id="c", **urls
            )
            link = ResourceLink(
                context=Context(
                    deployment=Deployment(registration=registration, deployment_id="d"),
                    context_id="k",
                ),
                resource_link_id="l",
                line_item_url="https://other.example/item",
                ags_scopes=[ags.SCOPE_SCORE],
            )
            person = User(registration=registration, sub="other")
            session.add_all([link, person])
            session.flush()
            self.user, self.link, self.registration = person.id, link.id, registration.id

    def write(self, value: str) -> None:
        with self.post.transaction() as session:
            user, link = session.get_one(User, self.user), session.get_one(ResourceLink, self.link)
            write_delivery(session, user, link, Decimal(value), True, self.post.now)


def paused(post: Post, registration: int) -> timedelta | None:
    with Session(post.engine) as session:
        until = session.get_one(Registration, registration).paused_until
        return None if until is None else until - post.now


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (PlatformError("service.throttled", "x", retryable=True, retry_after=90.0), 90),
        (PlatformError("service.throttled", "x", retryable=True), 10),
        (
            PlatformError(
                "service.refused-503", "x", retryable=True, status=503, retry_after=600.0
            ),
            600,
        ),
        (PlatformError("service.refused-500", "x", retryable=True, status=500), None),
    ],
)
def test_a_platform_that_asks_for_a_pause_gets_it_alone(
    post: Post, error: PlatformError, seconds: int | None
) -> None:
    other = Second(post)
    for user in range(1, 6):
        post.write(user, "50")

    def throttle(user_sub: str, **_: Any) -> object:
        if user_sub == "other":
            return None
        raise error

    post.answer = throttle
    other.write("50")
    first = post.round()
    assert first.delivered == 1
    assert paused(post, other.registration) is None
    length = paused(post, 1)
    if seconds is None:
        assert length is None
        assert first.postponed == 5
        return
    assert length == timedelta(seconds=seconds)
    assert first.postponed < 5, "the rest is given back untried"
    calls = len(post.sent)
    post.answer = lambda **_: None
    other.write("60")
    post.now += timedelta(seconds=seconds - 1)
    assert post.round() == Round(delivered=1)
    assert len(post.sent) == calls + 1
    untried = [n for n in range(1, 6) if post.row(n).tries == 0]
    assert untried
    post.now += timedelta(seconds=2)
    assert post.round().delivered >= len(untried)


def test_a_platform_that_is_down_is_not_asked_for_each_score(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "DOWN_AFTER", 2)
    for user in range(1, 6):
        post.write(user, "50")

    def down(**_: Any) -> object:
        raise PlatformError("outbound.timeout", "no answer", retryable=True)

    post.answer = down
    found = post.round()
    assert 2 <= found.postponed <= 5
    length = paused(post, 1)
    assert length is not None
    assert length >= timedelta(seconds=30)


def test_a_slow_platform_holds_up_nobody_else(post: Post) -> None:
    other = Second(post)
    post.write(1, "50")
    arrived = threading.Event()

    def slow(user_sub: str, **_: Any) -> object:
        if user_sub == "other":
            arrived.set()
        else:
            assert arrived.wait(30), "the other platform's score waits for this one"
        return None

    post.answer = slow
    other.write("50")
    assert post.round() == Round(delivered=2)


def test_each_platform_has_its_share_of_a_round(post: Post) -> None:
    other = Second(post)
    for user in range(1, 6):
        post.write(user, "50")
    post.now += timedelta(seconds=1)
    other.write("50")
    assert deliver_due(post.transaction, cast(Any, None), lambda: post.now, share=2) == Round(
        delivered=3
    )
    assert "other" in {call["user_sub"] for call in post.sent}


def test_a_stopped_worker_gives_back_what_it_has_not_tried(post: Post) -> None:
    for user in range(1, 6):
        post.write(user, "50")
    stop = threading.Event()
    stop.set()
    found = lanes.deliver_platform(
        post.transaction, cast(Any, None), lambda: post.now, 1, stop=stop
    )
    assert found == Round()
    assert not post.sent
    assert {post.row(number).tries for number in range(1, 6)} == {0}
    assert post.round() == Round(delivered=5)


class TestStart:
    def start(self, post: Post, product: str) -> ScoreDelivery | None:
        with post.transaction() as session:
            session.get_one(Registration, 1).product = product
            user, link = session.get_one(User, 1), session.get_one(ResourceLink, 1)
            return write_start(session, user, link, post.now)

    def test_it_is_told_once(self, post: Post) -> None:
        assert self.start(post, "open-edx") is not None
        assert self.start(post, "open-edx") is None
        assert post.round() == Round(delivered=1)
        (sent,) = post.sent
        assert sent["value"] is None

    @pytest.mark.parametrize(
        "product", ["moodle", "canvas", "BlackboardLearn", "desire2learn", "sakai", "", "unknown"]
    )
    def test_never_where_it_might_erase_a_grade(self, post: Post, product: str) -> None:
        assert self.start(post, product) is None

    def test_never_after_a_score(self, post: Post) -> None:
        post.write(1, "50")
        assert self.start(post, "openedx") is None

    def test_never_where_the_gradebook_holds_a_score(self, post: Post) -> None:
        with post.transaction() as session:
            session.add(LineItemResult(link_pk=1, user_id=1, score="7", maximum="10"))
        assert self.start(post, "openedx") is None

    def test_a_score_replaces_it(self, post: Post) -> None:
        row = self.start(post, "openedx")
        assert row is not None
        post.write(1, "0")
        assert post.round() == Round(delivered=1)
        assert [call["value"] for call in post.sent] == [Decimal(0)]
