"""Platforms apart from each other: pauses, slowness, their share of a round."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lti_tool.errors import PlatformError
from lti_tool.lti import ags
from lti_tool.models import (
    Context,
    Deployment,
    Registration,
    RegistrationStatus,
    ResourceLink,
    User,
)
from lti_tool.services.deliveries import (
    Round,
    deliver_due,
    lanes,
    write_delivery,
)
from tests.unit.lti_tool.deliveries.posting import Post


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
            assert arrived.wait(60), "the other platform's score waits for this one"
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
