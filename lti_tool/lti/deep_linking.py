"""Deep linking, the answer (Deep Linking 2.0 §3.4.2, §4)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.lineitem import LineItem
from sqlalchemy.orm import Session

from lti_tool.lti.claims import DeepLinkingSettings
from lti_tool.lti.history import VARIABLES
from lti_tool.lti.keys import current_key
from lti_tool.lti.line_items import SCORE_MAXIMUM
from lti_tool.models import Registration

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
LTI_DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
LIFETIME = timedelta(minutes=5)
#: There is something to see as soon as a score was sent.
REVIEWABLE = ("Submitted", "Completed")
TITLE_LIMIT = 255
TEXT_LIMIT = 2000
WINDOW = "sse-campus"

ContentItem = dict[str, Any]


def resource_id(course_id: str, unit_id: str, part: str | None) -> str:
    """The ``resourceId`` of the line item of a unit, or of the ``part`` of it that is linked by
    itself: the same wherever it is linked."""
    return f"{course_id}/{unit_id}/{part}" if part else f"{course_id}/{unit_id}"


def content_item(
    *,
    launch_url: str,
    course_id: str,
    unit_id: str,
    title: str,
    text: str = "",
    options: Mapping[str, str] | None = None,
    graded: bool = True,
    part: str | None = None,
    opens: datetime | None = None,
    closes: datetime | None = None,
) -> ContentItem:
    """A unit as an ``ltiResourceLink`` item. The custom parameters ``course`` and ``unit`` (and
    ``part``, where not the whole unit is meant) name it at every later launch, copies of the LMS
    course included; ``options`` are further ones, and others ask what it was copied from. The URL
    is always there: Blackboard calls an item without one an invalid link. ``opens`` is when
    learners begin to see it, ``closes`` until when they can hand in (§3.2.1, ``available`` and
    ``submission``). From its column in the gradebook teachers can open what was handed in
    (Submission Review 1.0 §2)."""
    custom = {"course": course_id, "unit": unit_id}
    if part:
        custom["part"] = part
    custom |= options or {}
    label = _line(title, TITLE_LIMIT) or _line(unit_id, TITLE_LIMIT)
    item = (
        DeepLinkResource()
        .set_title(label)
        .set_url(launch_url)
        .set_custom_params({key: _line(value, 255) for key, value in custom.items()} | VARIABLES)
    )
    if graded:
        item.set_lineitem(
            LineItem()
            .set_score_maximum(SCORE_MAXIMUM)
            .set_label(label)
            .set_resource_id(resource_id(course_id, unit_id, part))
            .set_tag("score")
            .set_submission_review(list(REVIEWABLE), url=launch_url)
        )
    value: ContentItem = item.to_dict()
    if _line(text, TEXT_LIMIT):
        value["text"] = _line(text, TEXT_LIMIT)
    if opens is not None:
        value["available"] = {"startDateTime": _time(opens)}
    if closes is not None:
        value["submission"] = {"endDateTime": _time(closes)}
    return value


def response_jwt(
    session: Session,
    secret_key: str,
    registration: Registration,
    deployment_id: str,
    settings: DeepLinkingSettings,
    items: Sequence[ContentItem],
    now: datetime,
    message: str | None = None,
) -> str:
    """The signed ``LtiDeepLinkingResponse``, to post as ``JWT`` to ``settings.return_url``. Cut
    to what the platform accepts: one item without ``accept_multiple``, no ``lineItem`` where
    ``accept_line_item`` is false, a window of its own where it shows nothing in a frame."""
    client_id, issuer = registration.client_id, registration.issuer
    signer = current_key(session, secret_key)
    issued = int(now.timestamp()) - 1  # Moodle allows the clocks no difference
    claims: dict[str, Any] = {
        "iss": client_id,
        "aud": issuer,
        "azp": client_id,
        "iat": issued,
        "exp": issued + int(LIFETIME.total_seconds()),
        "nonce": secrets.token_urlsafe(24),
        LTI + "message_type": "LtiDeepLinkingResponse",
        LTI + "version": "1.3.0",
        LTI + "deployment_id": deployment_id,
        LTI_DL + "content_items": _accepted(settings, items),
    }
    if settings.data is not None:
        claims[LTI_DL + "data"] = settings.data
    if message:
        claims[LTI_DL + "msg"] = _line(message, TEXT_LIMIT)
    return jwt.encode(claims, signer.private_key, "RS256", headers={"kid": signer.kid})


def _accepted(settings: DeepLinkingSettings, items: Sequence[ContentItem]) -> list[ContentItem]:
    kept = [dict(item) for item in items if item.get("type") in settings.accept_types]
    if not settings.accept_multiple:
        kept = kept[:1]
    if settings.accept_line_item is False:
        for item in kept:
            item.pop("lineItem", None)
    if "window" in settings.targets and "iframe" not in settings.targets:
        for item in kept:
            item["window"] = {"targetName": WINDOW}
    return kept


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _line(value: str, limit: int) -> str:
    """One line: a line break in a custom value loses the rest of it in Moodle."""
    return " ".join(value.split())[:limit].strip()
