"""Assignment and Grade Services 2.0, from the tool's side."""

from __future__ import annotations

import json
from collections.abc import Sequence
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
    "CONFLICT",
    "SCOPES",
    "SCOPE_LINE_ITEM",
    "SCOPE_LINE_ITEM_READ",
    "SCOPE_RESULT_READ",
    "SCOPE_SCORE",
    "SCORE_MAXIMUM",
    "Result",
    "ScoreTarget",
    "agrees",
    "check_scope",
    "find_or_create_line_item",
    "get_results",
    "out_of_hundred",
    "post_score",
]

SCOPE_SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
SCOPE_RESULT_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCOPES = (SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ, SCOPE_RESULT_READ, SCOPE_SCORE)

#: The code of the error that says: that score, or a later one, is there.
CONFLICT = "ags.conflict"

#: Moodle and Open edX compare these as a whole.
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"


@dataclass(frozen=True, slots=True)
class Result:
    """A result as the gradebook has it (§3.3.4)."""

    user_sub: str
    score: Decimal | None
    maximum: Decimal | None
    comment: str | None

    def agrees_with(self, value: Decimal) -> bool:
        """Whether this is the score ``value`` out of 100, as a gradebook rounds it."""
        return agrees(value, self.score, self.maximum)


def post_score(
    tokens: ServiceTokens,
    platform: Platform,
    line_item_url: str,
    *,
    user_sub: str,
    value: Decimal | None,
    timestamp: datetime,
    submitted_at: datetime,
    comment: str | None = None,
    completed: bool = True,
) -> None:
    """Post one score out of 100 (§3.4), or without ``value`` that the work has begun (§3.4.7).
    ``completed`` False: the learner has attempts left ("Submitted"). Raises ``PlatformError``,
    retryable where trying again can help; ``ags.conflict`` where the platform says that it has
    this score or a later one (§3.4.8)."""
    body = _score(user_sub, value, timestamp, submitted_at, comment, completed)
    headers = {"Content-Type": SCORE_TYPE, "Accept": SCORE_TYPE}
    url = below(line_item_url, "scores")
    try:
        tokens.call(platform, [SCOPE_SCORE], "POST", url, body=body, headers=headers)
    except PlatformError as error:
        if not _is_stale(error):
            raise
        raise PlatformError(
            CONFLICT,
            "the gradebook says that it has this score already, or a later one",
            retryable=True,
            status=error.status,
        ) from None


def check_scope(scopes: Sequence[str]) -> None:
    """Raises ``PlatformError`` where ``scopes`` do not allow scores."""
    if SCOPE_SCORE not in scopes:
        raise PlatformError(
            "ags.scope-missing",
            "the platform does not let the tool send scores for this activity: allow grade "
            "services for the tool in the platform's settings",
            retryable=False,
        )


def _is_stale(error: PlatformError) -> bool:
    """409 (§3.4.8). Canvas and Open edX say it with a 400 that names the timestamp."""
    return error.status == 409 or (error.status == 400 and "timestamp" in error.message.lower())


def _score(
    user_sub: str,
    value: Decimal | None,
    timestamp: datetime,
    submitted_at: datetime,
    comment: str | None,
    completed: bool,
) -> bytes:
    """The score as JSON (§3.4.1). A score is always FullyGraded: Moodle erases the grade
    otherwise. Without one, who has begun: most products erase the grade then (``quirks``)."""
    grade = Grade().set_user_id(user_sub).set_timestamp(_instant(timestamp))
    if value is None:
        grade.set_activity_progress("Started").set_grading_progress("NotReady")
        return grade.get_value().encode()
    if not 0 <= value <= SCORE_MAXIMUM:
        raise ValueError(f"a score lies between 0 and {SCORE_MAXIMUM}")
    grade = (
        grade.set_score_given(int(value) if value == int(value) else float(value))
        .set_score_maximum(SCORE_MAXIMUM)
        .set_activity_progress("Completed" if completed else "Submitted")
        .set_grading_progress("FullyGraded")
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


def agrees(value: Decimal, score: Decimal | None, maximum: Decimal | None) -> bool:
    """Whether ``score`` of ``maximum`` is ``value`` out of 100. Gradebooks keep two decimals of
    their own scale: half of the last one may be lost."""
    if score is None:
        return False
    lost = Decimal("0.005") + out_of_hundred(Decimal("0.005"), maximum)
    return abs(out_of_hundred(score, maximum) - value) <= lost


def out_of_hundred(score: Decimal, maximum: Decimal | None) -> Decimal:
    """``score`` of ``maximum`` on our scale; without a maximum it is on it."""
    whole = maximum if maximum is not None and maximum > 0 else Decimal(SCORE_MAXIMUM)
    return score * SCORE_MAXIMUM / whole


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
