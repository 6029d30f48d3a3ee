"""Platform Notification Service 1.0: subscribing to notices, and checking those that arrive."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lti_tool.lti.keysets import Keysets
from lti_tool.lti.message import LTI, VERSION, deployment_id_of
from lti_tool.lti.platform import Platform
from lti_tool.lti.refusals import refuse
from lti_tool.lti.text import identifier, mapping, text, texts
from lti_tool.lti.token import check_token, read_token, valid_until
from lti_tool.lti.tokens import ServiceTokens

SCOPE = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
CONTEXT_COPY = "LtiContextCopyNotice"


@dataclass(frozen=True, slots=True)
class PlatformNotice:
    """A notice whose signature and claims have been checked (§4). ``context_id`` is the course that
    it is about, ``origins`` the courses that this one was copied from."""

    id: str
    type: str
    deployment_id: str
    context_id: str | None
    context_title: str | None
    origins: tuple[str, ...]
    nonce: str = field(repr=False)
    remember_until: datetime


def check_notice(
    keysets: Keysets, platform: Platform, signed: object, now: datetime
) -> PlatformNotice:
    """The notice of a JWT, checked as strictly as a launch's. There is no login that its nonce
    could belong to: whoever takes the notice must see to it that a nonce serves once. The keyset
    may have to be fetched: no transaction should be open. Raises ``LaunchRejected``."""
    token = read_token(signed if isinstance(signed, str) else None)
    nonce = identifier(token.claims.get("nonce"))
    if nonce is None or not nonce.isascii():
        raise refuse("token.nonce")
    claims = check_token(keysets, platform, token, nonce, now)
    if claims.get(LTI + "version") != VERSION:
        raise refuse("claim.version")
    notice = mapping(claims.get(LTI + "notice"))
    notice_id, kind = identifier(notice.get("id")), identifier(notice.get("type"), 64)
    if notice_id is None or kind is None:
        raise refuse("claim.notice")
    context = mapping(claims.get(LTI + "context"))
    return PlatformNotice(
        id=notice_id,
        type=kind,
        deployment_id=deployment_id_of(claims),
        context_id=identifier(context.get("id")),
        context_title=text(context.get("title"), 500),
        origins=_origins(claims),
        nonce=nonce,
        remember_until=valid_until(claims),
    )


def subscribe(
    tokens: ServiceTokens, platform: Platform, url: str, notice_type: str, handler: str
) -> None:
    """Have notices of a type sent to ``handler`` (§3.2). Raises ``PlatformError``."""
    tokens.call(
        platform,
        [SCOPE],
        "PUT",
        url,
        body=json.dumps({"notice_type": notice_type, "handler": handler}).encode(),
        headers={"Content-Type": "application/json", "Accept": "application/json"},
    )


def _origins(claims: Mapping[str, Any]) -> tuple[str, ...]:
    found = (identifier(value) for value in texts(claims.get(LTI + "origin_contexts"), count=20))
    return tuple(dict.fromkeys(value for value in found if value is not None))
