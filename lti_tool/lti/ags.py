"""Assignment and Grade Services 2.0, from the tool's side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lti_tool.lti.platform import Platform
from lti_tool.lti.tokens import ServiceTokens

SCOPE_SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
SCOPE_LINE_ITEM = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
SCOPE_LINE_ITEM_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
SCOPE_RESULT_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"


@dataclass(frozen=True, slots=True)
class ScoreTarget:
    """Where a score goes: the line item, and what finds or makes it again when it is gone."""

    line_item_url: str | None
    line_items_url: str | None
    scopes: tuple[str, ...]
    resource_link_id: str
    resource_id: str
    label: str
    tag: str = "score"


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
    """A result as the gradebook has it (§3.5)."""

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
    raise NotImplementedError


def find_or_create_line_item(tokens: ServiceTokens, platform: Platform, target: ScoreTarget) -> str:
    """The line item's URL, found in the container by resource link and resource id, or made."""
    raise NotImplementedError


def get_results(
    tokens: ServiceTokens, platform: Platform, line_item_url: str, user_sub: str | None = None
) -> tuple[Result, ...]:
    """All results of a line item, every page (§3.5)."""
    raise NotImplementedError
