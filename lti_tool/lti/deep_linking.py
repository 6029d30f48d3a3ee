"""Deep linking, the answer (Deep Linking 2.0 §4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.lti.claims import DeepLinkingSettings
from lti_tool.models import Registration

ContentItem = dict[str, Any]
SCORE_MAXIMUM = 100


def content_item(
    *,
    launch_url: str,
    course_id: str,
    unit_id: str,
    title: str,
    text: str = "",
    language: str | None = None,
    graded: bool = True,
) -> ContentItem:
    """A unit as an ``ltiResourceLink`` item. The custom parameters ``course`` and ``unit`` (and
    ``language``) name it at every later launch, copies of the LMS course included."""
    raise NotImplementedError


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
    ``accept_line_item`` is false."""
    raise NotImplementedError
