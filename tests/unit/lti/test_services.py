"""lti.tokens, lti.ags: scores and results, from the tool's side."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import jwt
import pytest

from lti_tool.errors import PlatformError
from lti_tool.lti import ags
from lti_tool.lti.keys import Signer
from lti_tool.lti.platform import Platform
from lti_tool.lti.quirks import quirks_for
from lti_tool.lti.tokens import ServiceTokens
from lti_tool.outbound import Outbound
from tests.conformance.platform import AGS_SCOPES, Answer, rsa_key
from tests.conformance.platform import Platform as Lms

WHEN = datetime(2026, 3, 1, 12, 0, 0, 900_000, tzinfo=UTC)


@pytest.fixture
def target(platform: Lms) -> ags.ScoreTarget:
    platform.line_items["1"] = {
        "id": f"{platform.url}/lineitems/1/lineitem?type_id=1",
        "resourceLinkId": "link-1",
        "scoreMaximum": 100,
    }
    return ags.ScoreTarget(
        line_item_url=f"{platform.url}/lineitems/1/lineitem?type_id=1",
        line_items_url=f"{platform.url}/lineitems?type_id=1",
        scopes=tuple(AGS_SCOPES),
        resource_link_id="link-1",
        resource_id="sse/a1",
        label="What makes it SSE?",
    )


def post(tokens: ServiceTokens, values: Platform, target: ags.ScoreTarget, **changes: Any) -> None:
    given = {
        "user_sub": "user-1",
        "value": Decimal("66.67"),
        "timestamp": WHEN,
        "submitted_at": WHEN,
        **changes,
    }
    ags.post_score(tokens, values, str(target.line_item_url), **given)


def test_a_score_as_platforms_want_it(
    tokens: ServiceTokens, values: Platform, target: ags.ScoreTarget, platform: Lms
) -> None:
    post(tokens, values, target)
    (request,) = platform.asked("/lineitems/1/lineitem/scores")
    assert request.query == {"type_id": "1"}
    assert request.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
    assert request.json == {
        "scoreGiven": 66.67,
        "scoreMaximum": 100,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": "2026-03-01T12:00:00+00:00",
        "userId": "user-1",
        "submission": {"submittedAt": "2026-03-01T12:00:00+00:00"},
    }


def test_nothing_earned_is_a_score_too(
    tokens: ServiceTokens, values: Platform, target: ags.ScoreTarget, platform: Lms
) -> None:
    post(tokens, values, target, value=Decimal("0.00"), completed=False, comment="Well tried")
    (request,) = platform.asked("/lineitems/1/lineitem/scores")
    assert request.json["scoreGiven"] == 0
    assert request.json["activityProgress"] == "Submitted"
    assert request.json["comment"] == "Well tried"


def test_the_assertion_is_the_tools(
    tokens: ServiceTokens, values: Platform, target: ags.ScoreTarget, platform: Lms
) -> None:
    post(tokens, values, target)
    (request,) = platform.asked("/token")
    form = request.form
    assert form["grant_type"] == "client_credentials"
    assert form["scope"] == ags.SCOPE_SCORE
    assertion = form["client_assertion"]
    assert jwt.get_unverified_header(assertion)["kid"] == "tool-key"
    audience = values.token_url
    claims = jwt.decode(assertion, rsa_key("tool").public_key(), ["RS256"], audience=audience)
    assert claims["iss"] == claims["sub"] == "tool-1"
    assert claims["exp"] - claims["iat"] <= 300
    assert claims["iat"] < datetime.now(UTC).timestamp()


def test_a_token_serves_until_it_ends(
    outbound: Outbound, values: Platform, target: ags.ScoreTarget, platform: Lms
) -> None:
    clock = [1_700_000_000.0]
    tokens = ServiceTokens(
        outbound, lambda: Signer("tool-key", rsa_key("tool")), clock=lambda: clock[0]
    )
    for number in range(3):
        post(tokens, values, target, timestamp=WHEN + timedelta(seconds=number))
    assert len(platform.asked("/token")) == 1
    clock[0] += 3599
    post(tokens, values, target, timestamp=WHEN + timedelta(seconds=10))
    assert len(platform.asked("/token")) == 2


def test_a_token_that_was_withdrawn_is_renewed(
    tokens: ServiceTokens, values: Platform, target: ags.ScoreTarget, platform: Lms
) -> None:
    post(tokens, values, target)
    platform.tokens.clear()
    post(tokens, values, target, timestamp=WHEN + timedelta(seconds=1))
    assert len(platform.asked("/token")) == 2


@pytest.mark.parametrize(
    "answer",
    [
        None,
        Answer(409),
        Answer(400, {"errors": {"message": "Provided timestamp of x before last updated y"}}),
        Answer(400, {"timestamp": ["Score already exists for the provided timestamp"]}),
    ],
)
def test_a_later_score_is_a_conflict(
    tokens: ServiceTokens,
    values: Platform,
    target: ags.ScoreTarget,
    platform: Lms,
    answer: Answer | None,
) -> None:
    post(tokens, values, target)
    if answer is not None:
        platform.answers["/lineitems/1/lineitem/scores"].append(answer)
    with pytest.raises(PlatformError) as caught:
        post(tokens, values, target)
    assert caught.value.code == ags.CONFLICT
    assert caught.value.retryable


def test_a_start_has_no_score(
    tokens: ServiceTokens, values: Platform, target: ags.ScoreTarget, platform: Lms
) -> None:
    post(tokens, values, target, value=None, completed=False)
    (request,) = platform.asked("/lineitems/1/lineitem/scores")
    assert request.json == {
        "activityProgress": "Started",
        "gradingProgress": "NotReady",
        "timestamp": "2026-03-01T12:00:00+00:00",
        "userId": "user-1",
    }


@pytest.mark.parametrize(
    ("answer", "retryable", "wait"),
    [
        (Answer(400, b"not gradable"), False, None),
        (Answer(403, b"forbidden"), False, None),
        (Answer(422, {"errors": ["x"]}), False, None),
        (Answer(403, b"slow down", {"Retry-After": "7"}), True, 7),
        (Answer(429, b"slow down", {"Retry-After": "nonsense"}), True, None),
        (Answer(429, b"", {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}), True, 0),
        (Answer(429, b"", {"Retry-After": "nan"}), True, None),
        (Answer(500, b"crash"), True, None),
        (Answer(503, b"", {"Retry-After": "999999999"}), True, 86400),
    ],
)
def test_refusals_that_pass_and_that_stay(
    tokens: ServiceTokens,
    values: Platform,
    target: ags.ScoreTarget,
    platform: Lms,
    answer: Answer,
    retryable: bool,
    wait: float | None,
) -> None:
    platform.tokens.add("t")
    post(tokens, values, target)
    platform.answers["/lineitems/1/lineitem/scores"].append(answer)
    with pytest.raises(PlatformError) as caught:
        post(tokens, values, target)
    assert caught.value.retryable is retryable
    assert caught.value.retry_after == wait
    assert caught.value.status == answer.status


def test_canvas_throttles_with_403(
    tokens: ServiceTokens, values: Platform, target: ags.ScoreTarget, platform: Lms
) -> None:
    canvas = replace(values, quirks=quirks_for("Canvas", ""))
    post(tokens, canvas, target)
    platform.answers["/lineitems/1/lineitem/scores"].append(Answer(403, b"Rate Limit Exceeded"))
    with pytest.raises(PlatformError) as caught:
        post(tokens, canvas, target)
    assert caught.value.code == "service.throttled"


def test_a_line_item_that_is_gone_is_found_again(
    tokens: ServiceTokens, values: Platform, target: ags.ScoreTarget, platform: Lms
) -> None:
    platform.line_items["7"] = {
        **platform.line_items.pop("1"),
        "id": f"{platform.url}/lineitems/7/lineitem?type_id=1",
    }
    found = ags.find_or_create_line_item(tokens, values, target)
    assert found == platform.line_items["7"]["id"]
    (asked,) = platform.asked("/lineitems")
    assert asked.query == {"type_id": "1", "resource_link_id": "link-1"}
    assert asked.headers["Accept"] == "application/vnd.ims.lis.v2.lineitemcontainer+json"


def test_a_line_item_is_made_where_there_is_none(
    tokens: ServiceTokens, values: Platform, target: ags.ScoreTarget, platform: Lms
) -> None:
    platform.line_items.clear()
    ags.find_or_create_line_item(tokens, values, target)
    (made,) = [r for r in platform.asked("/lineitems") if r.method == "POST"]
    assert made.headers["Content-Type"] == "application/vnd.ims.lis.v2.lineitem+json"
    assert made.json == {
        "scoreMaximum": 100,
        "label": "What makes it SSE?",
        "resourceId": "sse/a1",
        "tag": "score",
        "resourceLinkId": "link-1",
    }
    assert type(made.json["scoreMaximum"]) is int


def test_of_several_line_items_the_one_with_our_resource_id(
    tokens: ServiceTokens, values: Platform, target: ags.ScoreTarget, platform: Lms
) -> None:
    for number, extra in (("2", {"resourceId": "x"}), ("3", {"resourceId": "sse/a1"})):
        url = f"{platform.url}/lineitems/{number}/lineitem?type_id=1"
        platform.line_items[number] = {**platform.line_items["1"], **extra, "id": url}
    found = ags.find_or_create_line_item(tokens, values, target)
    assert "/lineitems/3/" in found


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"line_items_url": None}, "ags.no-line-item"),
        ({"scopes": (ags.SCOPE_SCORE,)}, "ags.scope-missing"),
        ({"line_items_url": "http://127.0.0.2/lineitems"}, "service.foreign-host"),
        ({"line_items_url": "http://evil.example/lineitems"}, "service.foreign-host"),
    ],
)
def test_columns_that_cannot_be_had(
    tokens: ServiceTokens,
    values: Platform,
    target: ags.ScoreTarget,
    platform: Lms,
    changes: dict[str, Any],
    code: str,
) -> None:
    with pytest.raises(PlatformError) as caught:
        ags.find_or_create_line_item(tokens, values, replace(target, **changes))
    assert caught.value.code == code
    assert not caught.value.retryable
    assert not platform.requests, "no token is fetched in vain"


@pytest.mark.parametrize("url", ["http://127.0.0.2/lineitem", "http://evil.example/lineitem"])
def test_scores_go_to_the_platforms_own_hosts(
    tokens: ServiceTokens, values: Platform, target: ags.ScoreTarget, platform: Lms, url: str
) -> None:
    with pytest.raises(PlatformError, match=r"service\.foreign-host"):
        post(tokens, values, replace(target, line_item_url=url))
    assert not platform.requests, "no token is fetched in vain"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(400, {"error": "invalid_client"}),
        Answer(200, b"<html>"),
        Answer(200, {}),
        Answer(500),
    ],
)
def test_no_token_is_tried_again_later(
    tokens: ServiceTokens,
    values: Platform,
    target: ags.ScoreTarget,
    platform: Lms,
    answer: Answer,
) -> None:
    platform.answers["/token"].append(answer)
    with pytest.raises(PlatformError) as caught:
        post(tokens, values, target)
    assert caught.value.code.startswith("token.")
    assert caught.value.retryable


def test_scores_out_of_range_are_our_own_mistake(
    tokens: ServiceTokens, values: Platform, target: ags.ScoreTarget
) -> None:
    for value in ("-0.01", "100.01"):
        with pytest.raises(ValueError, match="between"):
            post(tokens, values, target, value=Decimal(value))


def test_results(
    tokens: ServiceTokens, values: Platform, target: ags.ScoreTarget, platform: Lms
) -> None:
    post(tokens, values, target)
    post(tokens, values, target, user_sub="user-2", value=Decimal(100))
    url = str(target.line_item_url)
    results = ags.get_results(tokens, values, url)
    assert [(r.user_sub, r.score) for r in results] == [
        ("user-1", Decimal("66.67")),
        ("user-2", Decimal(100)),
    ]
    assert [r.user_sub for r in ags.get_results(tokens, values, url, "user-2")] == ["user-2"]
    asked = platform.asked("/lineitems/1/lineitem/results")[0]
    assert asked.headers["Accept"] == "application/vnd.ims.lis.v2.resultcontainer+json"
