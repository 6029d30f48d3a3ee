"""What the practice LMS says in a launch: the claims of each kind of message (LTI Core 1.3
§5.3–5.4, Deep Linking 2.0 §3.4, Submission Review 1.0 §3)."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote

from tests.practice_lms.campus import COPY_ID, COURSE_ID, COURSES, Person
from tests.practice_lms.store import Record, Store

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GROUPS = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
NOTICES = CLAIM + "platformnotificationservice"
COPY_NOTICE = "LtiContextCopyNotice"
SCOPES = {
    "lineitem": "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
    "score": "https://purl.imsglobal.org/spec/lti-ags/scope/score",
    "result": "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
    "members": "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
    "groups": "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly",
    "notices": "https://purl.imsglobal.org/spec/lti/scope/noticehandlers",
}
DEPLOYMENT_ID = "practice-1"


def claims_of(
    store: Store, base_url: str, tool: Record, person: Person, message: Record
) -> dict[str, Any]:
    """The claims of ``message``, all but the nonce."""
    course = message["course"]
    common = _common(base_url, tool, person, message)
    if message["type"] == "deep-linking":
        return common | {
            CLAIM + "message_type": "LtiDeepLinkingRequest",
            DEEP_LINKING + "deep_linking_settings": {
                "deep_link_return_url": f"{base_url}/deep-linking/{message['id']}",
                "accept_types": ["ltiResourceLink"],
                "accept_presentation_document_targets": ["iframe"],
                "accept_multiple": True,
                "accept_lineitem": True,
                "data": message["id"],
            },
            CLAIM + "custom": _custom(tool, course),
        }
    link = store.get("links", message["id"])
    assert link is not None
    about = common | {
        CLAIM + "message_type": "LtiResourceLinkRequest",
        CLAIM + "resource_link": {"id": message["id"], "title": link["title"]},
        CLAIM + "custom": _custom(tool, course, link),
        **_services(base_url, course, link["line_item"]),
    }
    if message["type"] == "review":
        about[CLAIM + "message_type"] = "LtiSubmissionReviewRequest"
        about[CLAIM + "for_user"] = {"user_id": message["about"]}
    return about


def _common(base_url: str, tool: Record, person: Person, message: Record) -> dict[str, Any]:
    now = int(time.time())
    course, back = message["course"], message.get("back", "course")
    return {
        "iss": base_url,
        "aud": tool["client_id"],
        "sub": person.id,
        "iat": now,
        "exp": now + 60,
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        CLAIM + "version": "1.3.0",
        CLAIM + "deployment_id": DEPLOYMENT_ID,
        CLAIM + "target_link_uri": message["target_link_uri"],
        CLAIM + "roles": person.roles,
        CLAIM + "context": {"id": course, "label": "SSE", "title": COURSES[course]},
        CLAIM + "tool_platform": {
            "guid": "practice-lms",
            "name": "Practice LMS",
            "product_family_code": "practice-lms",
        },
        CLAIM + "launch_presentation": {
            "document_target": "iframe",
            "locale": message.get("locale") or person.locale,
            "return_url": f"{base_url}/{back}?who={person.id}&course={course}",
        },
    }


def _services(base_url: str, course: str, line_item: str | None) -> dict[str, Any]:
    endpoint: dict[str, Any] = {
        "scope": [SCOPES["lineitem"], SCOPES["score"], SCOPES["result"]],
        "lineitems": f"{base_url}/ags/lineitems?context={course}",
    }
    if line_item:
        endpoint["lineitem"] = f"{base_url}/ags/lineitems/{line_item}?course=1"
    return {
        AGS: endpoint,
        NRPS: {
            "context_memberships_url": f"{base_url}/nrps/members?context={course}",
            "service_versions": ["2.0"],
        },
        GROUPS: {
            "scope": [SCOPES["groups"]],
            "context_groups_url": f"{base_url}/groups?context={course}",
            "context_group_sets_url": f"{base_url}/group-sets?context={course}",
            "service_versions": ["1.0"],
        },
        NOTICES: {
            "scope": [SCOPES["notices"]],
            "platform_notification_service_url": f"{base_url}/notice-handlers",
            "notice_types_supported": [COPY_NOTICE],
            "service_versions": ["1.0"],
        },
    }


def _custom(tool: Record, course: str, link: Record | None = None) -> dict[str, str]:
    """The tool's custom parameters and the link's, with the variables that this LMS knows (LTI Core
    1.3 §5.4.6, appendix D): where a copied course and a copied link come from."""
    configuration = tool["https://purl.imsglobal.org/spec/lti-tool-configuration"]
    wanted = configuration.get("custom_parameters", {}) | (link["custom"] if link else {})
    history = link.get("copied_from", []) if link else []
    known = {
        "$Context.id.history": COURSE_ID if course == COPY_ID else "",
        "$ResourceLink.id.history": ",".join(map(quote, history)),
    }
    return {name: known.get(value, value) for name, value in wanted.items()}
