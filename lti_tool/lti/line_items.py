"""Line items: the gradebook's columns (AGS 2.0 §3.2). Found again, made where there is none, and
never deleted: a DELETE on an activity's own column succeeds in Moodle."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from lti_tool.errors import PlatformError
from lti_tool.lti.paging import below, pages
from lti_tool.lti.platform import Platform
from lti_tool.lti.text import mapping, web_url
from lti_tool.lti.tokens import ServiceTokens
from lti_tool.outbound import json_of

SCOPE_LINE_ITEM = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
SCOPE_LINE_ITEM_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
CONTAINER_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
#: A whole number up to 100: Moodle turns anything else into a text grade.
SCORE_MAXIMUM = 100


@dataclass(frozen=True, slots=True)
class ScoreTarget:
    """Where a score goes: the line item, and what finds or makes it where it is missing."""

    line_item_url: str | None
    line_items_url: str | None
    scopes: tuple[str, ...]
    resource_link_id: str
    resource_id: str
    label: str
    tag: str = "score"


def find_or_create_line_item(tokens: ServiceTokens, platform: Platform, target: ScoreTarget) -> str:
    """The line item's URL, found in the container by resource link and resource id, or made."""
    if target.line_items_url is None:
        raise PlatformError(
            "ags.no-line-item",
            "the platform gave this activity no grade column and no way to make one: add the "
            "activity by picking it (deep linking), with grading",
            retryable=False,
        )
    return _find(tokens, platform, target, target.line_items_url) or _create(
        tokens, platform, target, target.line_items_url
    )


def _find(
    tokens: ServiceTokens, platform: Platform, target: ScoreTarget, container: str
) -> str | None:
    """The column of this resource link; of several, the one with our resource id."""
    scope = next((s for s in (SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ) if s in target.scopes), None)
    if scope is None:
        return None
    url = below(container, "", {"resource_link_id": target.resource_link_id})
    found: list[tuple[bool, str]] = []
    for page in pages(tokens, platform, [scope], url, CONTAINER_TYPE):
        for value in page if isinstance(page, list) else ():
            item = mapping(value)
            item_url = web_url(item.get("id"))
            if item_url and item.get("resourceLinkId") == target.resource_link_id:
                found.append((item.get("resourceId") == target.resource_id, item_url))
    ours = [item_url for same, item_url in found if same]
    return next(iter(ours or [item_url for _, item_url in found]), None)


def _create(tokens: ServiceTokens, platform: Platform, target: ScoreTarget, container: str) -> str:
    """§3.2.6."""
    if SCOPE_LINE_ITEM not in target.scopes:
        raise PlatformError(
            "ags.scope-missing",
            "this activity has no grade column, and the platform does not let the tool make one: "
            "allow the tool to manage grade columns, or add the activity again with grading",
            retryable=False,
        )
    body: dict[str, Any] = {
        "scoreMaximum": SCORE_MAXIMUM,
        "label": target.label[:255],
        "resourceId": target.resource_id,
        "tag": target.tag,
        "resourceLinkId": target.resource_link_id,
    }
    response = tokens.call(
        platform,
        [SCOPE_LINE_ITEM],
        "POST",
        container,
        body=json.dumps(body).encode(),
        headers={"Content-Type": ITEM_TYPE, "Accept": ITEM_TYPE},
    )
    url = web_url(mapping(json_of(response)).get("id"))
    if url is None:
        raise PlatformError(
            "ags.malformed", "the platform made a grade column without an id", retryable=False
        )
    return url
