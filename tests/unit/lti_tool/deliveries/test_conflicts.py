"""A gradebook that says that it has a later score."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lti_tool.errors import PlatformError
from lti_tool.lti import ags
from lti_tool.models import (
    DeliveryState,
    ResourceLink,
    ScoreDelivery,
)
from lti_tool.services.deliveries import (
    Round,
    send_again,
)
from tests.unit.lti_tool.deliveries.posting import Post


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
