"""Who is in a course: members (NRPS 2.0) and groups (Course Groups 1.0)."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from tests.practice_lms.campus import COURSES, GROUP_SET, GROUPS, PEOPLE, Person
from tests.practice_lms.services import as_json, granted, messages, named_course, services

__all__ = ["services"]

MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
GROUPS_TYPE = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
SETS_TYPE = "application/vnd.ims.lti-gs.v1.contextgroupsetcontainer+json"


@services.get("/nrps/members")
def members() -> ResponseReturnValue:
    """NRPS 2.0 §2.4, two members a page so that a tool's paging is tried."""
    if not granted("members"):
        return jsonify(error="a token with the membership scope is needed"), 401
    people = list(PEOPLE.values())
    start = request.args.get("from", 0, type=int)
    groups = request.args.get("groups") == "true"
    body = {
        "id": f"{messages().base_url}/nrps/members",
        "context": {"id": named_course(), "title": COURSES[named_course()]},
        "members": [_member(person, groups) for person in people[start : start + 2]],
    }
    response = as_json(body, MEMBERS)
    if start + 2 < len(people):
        more = f"&from={start + 2}{'&groups=true' if groups else ''}"
        url = f"{messages().base_url}/nrps/members?context={named_course()}{more}"
        response.headers["Link"] = f'<{url}>; rel="next"'
    return response


def _member(person: Person, groups: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "user_id": person.id,
        "name": person.name,
        "roles": person.roles,
        "status": "Active",
    }
    if groups and person.group is not None:
        shown["group_enrollments"] = [{"group_id": person.group}]
    return shown


@services.get("/groups")
def groups() -> ResponseReturnValue:
    """Course Groups 1.0 §3.1."""
    if not granted("groups"):
        return jsonify(error="a token with the group scope is needed"), 401
    found = [{"id": one, "name": name, "set_id": GROUP_SET[0]} for one, name in GROUPS.items()]
    return as_json({"id": request.url, "groups": found}, GROUPS_TYPE)


@services.get("/group-sets")
def group_sets() -> ResponseReturnValue:
    """Course Groups 1.0 §3.2."""
    if not granted("groups"):
        return jsonify(error="a token with the group scope is needed"), 401
    number, name = GROUP_SET
    return as_json({"id": request.url, "sets": [{"id": number, "name": name}]}, SETS_TYPE)
