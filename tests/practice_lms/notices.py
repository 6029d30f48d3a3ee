"""Notices to tools that asked for them: that a course was copied (Platform Notification Service
1.0)."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime

import requests
from flask import jsonify, request
from flask.typing import ResponseReturnValue

from tests.practice_lms.campus import COURSES
from tests.practice_lms.claims import CLAIM, COPY_NOTICE, DEPLOYMENT_ID
from tests.practice_lms.messages import Messages, RequestRefused
from tests.practice_lms.services import as_json, granted, messages, services, store

PATH = "/notice-handlers"


@services.put(PATH)
def subscribe() -> ResponseReturnValue:
    """§3.2: one handler for each tool and kind of notice; an empty one takes it back."""
    if not granted("notices"):
        return jsonify(error="a token with the notice scope is needed"), 401
    asked = request.get_json(silent=True) or {}
    if asked.get("notice_type") != COPY_NOTICE:
        raise RequestRefused(f"notice_type must be {COPY_NOTICE}")
    client_id = messages().holder_of(request.headers.get("Authorization", ""))
    store().put("handlers", client_id, {"handler": asked.get("handler") or ""})
    return as_json(
        {"notice_type": COPY_NOTICE, "handler": asked.get("handler")}, "application/json"
    )


def tell_of_copy(platform: Messages, course: str, origin: str) -> list[str]:
    """Send the notice of a copied course to each tool that asked for it (§4). What became of each,
    in words for the trainer."""
    told = []
    for client_id, row in platform.store.all("handlers").items():
        tool = platform.store.get("tools", client_id)
        if tool is None or not row["handler"]:
            continue
        body = {"notices": [{"jwt": platform.sign(_copied(platform, client_id, course, origin))}]}
        try:
            status = str(requests.post(row["handler"], json=body, timeout=10).status_code)
        except requests.RequestException:
            status = "no answer"
        told.append(f"{tool['client_name']} was told of the copy: {status}.")
    return told


def _copied(platform: Messages, client_id: str, course: str, origin: str) -> dict[str, object]:
    now = int(time.time())
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    return {
        "iss": platform.base_url,
        "aud": client_id,
        "iat": now,
        "exp": now + 60,
        "nonce": secrets.token_urlsafe(16),
        CLAIM + "version": "1.3.0",
        CLAIM + "deployment_id": DEPLOYMENT_ID,
        CLAIM + "notice": {"id": secrets.token_hex(8), "timestamp": moment, "type": COPY_NOTICE},
        CLAIM + "context": {"id": course, "title": COURSES[course]},
        CLAIM + "origin_contexts": [origin],
    }
