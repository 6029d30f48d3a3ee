"""Assignment and Grade Services 2.0, from the tool's side."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pylti1p3.grade import Grade

from lti_tool.errors import PlatformError
from lti_tool.lti.line_items import (
    SCOPE_LINE_ITEM,
    SCOPE_LINE_ITEM_READ,
    SCORE_MAXIMUM,
    ScoreTarget,
    find_or_create_line_item,
)
from lti_tool.lti.paging import below, pages
from lti_tool.lti.platform import Platform
from lti_tool.lti.text import mapping
from lti_tool.lti.tokens import ServiceTokens

__all__ = [
    "SCOPES",
    "SCOPE_LINE_ITEM",
    "SCOPE_LINE_ITEM_READ",
    "SCOPE_RESULT_READ",
    "SCOPE_SCORE",
    "Delivered",
    "Result",
    "ScoreTarget",
    "Superseded",
    "find_or_create_line_item",
    "get_results",
    "post_score",
]

SCOPE_SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
SCOPE_RESULT_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCOPES = (SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ, SCOPE_RESULT_READ, SCOPE_SCORE)

#: Moodle and Open edX compare these as a whole.
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"


@dataclass(frozen=True, slots=True)
class Delivered:
    """The score is in the gradebook; keep ``line_item_url``, it may be a new one."""

    line_item_url: str


@dataclass(frozen=True, slots=True)
class Superseded:
    """The gradebook already has a later score (409): nothing more to do."""

    line_item_url: str


@dataclass(frozen=True, slots=True)
class Result:
    """A result as the gradebook has it (§3.3.4)."""

    user_sub: str
    score: Decimal | None
    maximum: Decimal | None
    comment: str | None


def post_score(
    tokens: ServiceTokens,
    platform: Platform,
    target: ScoreTarget,
    *,
    user_sub: str,
    value: Decimal,
    timestamp: datetime,
    submitted_at: datetime,
    comment: str | None = None,
    completed: bool = True,
) -> Delivered | Superseded:
    """Post one score out of 100 (§3.4). Raises ``PlatformError``, retryable where trying again can
    help. ``completed`` False: the learner has attempts left ("Submitted")."""
    if SCOPE_SCORE not in target.scopes:
        raise PlatformError(
            "ags.scope-missing",
            "the platform does not let the tool send scores for this activity: allow grade "
            "services for the tool in the platform's settings",
            retryable=False,
        )
    body = _score(user_sub, value, timestamp, submitted_at, comment, completed)
    url = target.line_item_url or find_or_create_line_item(tokens, platform, target)
    try:
        return _post(tokens, platform, url, body)
    except PlatformError as error:
        if error.status not in (404, 410):
            raise
        again = _recover(tokens, platform, target, url, error)
    return _post(tokens, platform, again, body)


def _post(
    tokens: ServiceTokens, platform: Platform, line_item_url: str, body: bytes
) -> Delivered | Superseded:
    """One POST to ``/scores``. 409: a score at least as late is there already (§3.4.8)."""
    headers = {"Content-Type": SCORE_TYPE, "Accept": SCORE_TYPE}
    url = below(line_item_url, "scores")
    try:
        tokens.call(platform, [SCOPE_SCORE], "POST", url, body=body, headers=headers)
    except PlatformError as error:
        if error.status == 409:
            return Superseded(line_item_url)
        raise
    return Delivered(line_item_url)


def _recover(
    tokens: ServiceTokens, platform: Platform, target: ScoreTarget, url: str, error: PlatformError
) -> str:
    """The line item is gone: another one of the same link, or a new one."""
    if target.line_items_url is None:
        raise error
    found = find_or_create_line_item(tokens, platform, target)
    if found == url:
        raise error  # it is there: what is missing is the user
    return found


def _score(
    user_sub: str,
    value: Decimal,
    timestamp: datetime,
    submitted_at: datetime,
    comment: str | None,
    completed: bool,
) -> bytes:
    """The score as JSON (§3.4.1). Always with a score and FullyGraded: Moodle erases the grade
    otherwise."""
    if not 0 <= value <= SCORE_MAXIMUM:
        raise ValueError(f"a score lies between 0 and {SCORE_MAXIMUM}")
    grade = (
        Grade()
        .set_user_id(user_sub)
        .set_score_given(int(value) if value == int(value) else float(value))
        .set_score_maximum(SCORE_MAXIMUM)
        .set_activity_progress("Completed" if completed else "Submitted")
        .set_grading_progress("FullyGraded")
        .set_timestamp(_instant(timestamp))
        .set_extra_claims({"submission": {"submittedAt": _instant(submitted_at)}})
    )
    if comment is not None:
        grade.set_comment(comment)
    return grade.get_value().encode()


def _instant(moment: datetime) -> str:
    """ISO 8601 in whole seconds with a zone (§3.4.8): Moodle stores no less."""
    if moment.tzinfo is None:
        raise ValueError("a naive time was given where an aware one is needed")
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def get_results(
    tokens: ServiceTokens, platform: Platform, line_item_url: str, user_sub: str | None = None
) -> tuple[Result, ...]:
    """All results of a line item, every page (§3.3). Never with ``limit``, which Moodle cannot
    take beside ``type_id``."""
    url = below(line_item_url, "results", {"user_id": user_sub} if user_sub else None)
    found: list[Result] = []
    for page in pages(tokens, platform, [SCOPE_RESULT_READ], url, RESULTS_TYPE):
        for value in page if isinstance(page, list) else ():
            result = _result(mapping(value))
            if result is not None and user_sub in (None, result.user_sub):
                found.append(result)
    return tuple(found)


def _result(value: dict[str, Any]) -> Result | None:
    user, comment = value.get("userId"), value.get("comment")
    if not isinstance(user, str | int) or isinstance(user, bool):
        return None
    return Result(
        str(user),
        _decimal(value.get("resultScore")),
        _decimal(value.get("resultMaximum")),
        comment if isinstance(comment, str) else None,
    )


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Decimal(json.dumps(value)) if value == value and abs(value) < 1e9 else None
