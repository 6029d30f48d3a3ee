"""What a tool calls: registration, tokens, keyset, line items, scores, results."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from tests.practice_lms.campus import COURSE_ID, COURSES, PEOPLE
from tests.practice_lms.claims import DEPLOYMENT_ID, SCOPES
from tests.practice_lms.messages import Messages, RequestRefused
from tests.practice_lms.store import Record, Store

services = Blueprint("services", __name__)

LINE_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"


def messages() -> Messages:
    found: Messages = current_app.extensions["practice_lms"]
    return found


def store() -> Store:
    return messages().store


@services.errorhandler(RequestRefused)
def refused(error: RequestRefused) -> ResponseReturnValue:
    return jsonify(error="invalid_request", error_description=str(error)), 400


@services.get("/.well-known/openid-configuration")
def configuration() -> ResponseReturnValue:
    base = messages().base_url
    return jsonify(
        {
            "issuer": base,
            "authorization_endpoint": f"{base}/auth",
            "token_endpoint": f"{base}/token",
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "jwks_uri": f"{base}/jwks",
            "registration_endpoint": f"{base}/registrations",
            "scopes_supported": ["openid", *SCOPES.values()],
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["sub", "iss", "name", "given_name", "family_name"],
            PLATFORM_CONFIGURATION: {
                "product_family_code": "practice-lms",
                "version": "1",
                "messages_supported": [
                    {"type": "LtiResourceLinkRequest"},
                    {"type": "LtiDeepLinkingRequest"},
                    {"type": "LtiSubmissionReviewRequest"},
                ],
                "variables": ["ResourceLink.id.history", "Context.id.history"],
            },
        }
    )


@services.post("/registrations")
def register() -> ResponseReturnValue:
    """LTI Dynamic Registration 1.0 §3.5: keeps a tool that brings a registration token of ours."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if store().take("registration tokens", token) is None:
        return jsonify(error="invalid_token", error_description="unknown or used token"), 401
    document = request.get_json(silent=True) or {}
    for name in ("initiate_login_uri", "redirect_uris", "client_name", "jwks_uri"):
        if not document.get(name):
            raise RequestRefused(f"{name} is missing")
    if document.get("token_endpoint_auth_method") != "private_key_jwt":
        raise RequestRefused("token_endpoint_auth_method must be private_key_jwt")
    if not (document.get(TOOL_CONFIGURATION) or {}).get("domain"):
        raise RequestRefused("the tool configuration must have a domain")
    client_id = f"tool-{secrets.token_hex(6)}"
    tool = {**document, "client_id": client_id}
    tool[TOOL_CONFIGURATION] |= {"deployment_id": DEPLOYMENT_ID}
    store().put("tools", client_id, tool)
    return jsonify(tool), 201


@services.get("/jwks")
def keyset() -> ResponseReturnValue:
    return jsonify(messages().keyset())


@services.post("/token")
def token() -> ResponseReturnValue:
    return jsonify(messages().grant(request.form))


def granted(*scopes: str) -> bool:
    header = request.headers.get("Authorization", "")
    return any(messages().is_granted(header, SCOPES[scope]) for scope in scopes)


def as_json(body: Any, mimetype: str, status: int = 200) -> Response:
    response = jsonify(body)
    response.status_code, response.mimetype = status, mimetype
    return response


def _line_item(line_item_id: str, record: Record) -> Record:
    shown = {name: value for name, value in record.items() if name != "course"}
    return {"id": f"{messages().base_url}/ags/lineitems/{line_item_id}?course=1", **shown}


def named_course() -> str:
    """The course of a service's URL."""
    course = request.args.get("context", COURSE_ID)
    return course if course in COURSES else abort(404)


@services.route("/ags/lineitems", methods=["GET", "POST"])
def line_items() -> ResponseReturnValue:
    """AGS 2.0 §3.2."""
    if not granted("lineitem"):
        return jsonify(error="a token with the line item scope is needed"), 401
    if request.method == "GET":
        asked = {
            "resourceLinkId": request.args.get("resource_link_id"),
            "resourceId": request.args.get("resource_id"),
            "tag": request.args.get("tag"),
        }
        found = [
            _line_item(line_item_id, record)
            for line_item_id, record in store().all("line items").items()
            if record.get("course", COURSE_ID) == named_course()
            and all(not value or record.get(name) == value for name, value in asked.items())
        ]
        return as_json(found, LINE_ITEMS)
    if request.mimetype != LINE_ITEM:
        return jsonify(error=f"Content-Type must be {LINE_ITEM}"), 415
    record = request.get_json()
    if not record.get("label") or not record.get("scoreMaximum", 0) > 0:
        raise RequestRefused("label and a positive scoreMaximum are needed")
    line_item_id = add_line_item(store(), {**record, "course": named_course()})
    return as_json(_line_item(line_item_id, record), LINE_ITEM, 201)


def add_line_item(kept: Store, record: Record) -> str:
    """Keeps a line item and, where it names a resource link, ties the two. Returns its id."""
    line_item_id = secrets.token_hex(6)
    kept.put("line items", line_item_id, record)
    link = kept.get("links", record.get("resourceLinkId", ""))
    if link is not None:
        kept.put("links", record["resourceLinkId"], {**link, "line_item": line_item_id})
    return line_item_id


@services.route("/ags/lineitems/<line_item_id>", methods=["GET", "PUT", "DELETE"])
def line_item(line_item_id: str) -> ResponseReturnValue:
    if not granted("lineitem"):
        return jsonify(error="a token with the line item scope is needed"), 401
    record = store().get("line items", line_item_id)
    if record is None:
        return jsonify(error="no such line item"), 404
    if request.method == "DELETE":
        store().remove("line items", line_item_id)
        return "", 204
    if request.method == "PUT":
        record = {**request.get_json(), "course": record.get("course", COURSE_ID)}
        record.pop("id", None)
        store().put("line items", line_item_id, record)
    return as_json(_line_item(line_item_id, record), LINE_ITEM)


@services.post("/ags/lineitems/<line_item_id>/scores")
def scores(line_item_id: str) -> ResponseReturnValue:
    """AGS 2.0 §3.4. Like Moodle: an older or equal timestamp is a conflict, only gradable people
    have grades."""
    if not granted("score"):
        return jsonify(error="a token with the score scope is needed"), 401
    if request.mimetype != SCORE:
        return jsonify(error=f"Content-Type must be {SCORE}"), 415
    item = store().get("line items", line_item_id)
    if item is None:
        return jsonify(error="no such line item"), 404
    score = request.get_json()
    for name in ("userId", "timestamp", "activityProgress", "gradingProgress"):
        if not score.get(name):
            raise RequestRefused(f"{name} is missing")
    person = PEOPLE.get(score["userId"])
    if person is None or person.is_teacher:
        raise RequestRefused(f"{score['userId']!r} cannot be graded in this course")
    posted = datetime.fromisoformat(score["timestamp"])
    if posted.tzinfo is None:
        raise RequestRefused("the timestamp has no zone")
    place = f"{line_item_id} {person.id}"
    before = store().get("scores", place)
    if before is not None and datetime.fromisoformat(before["timestamp"]) >= posted:
        return jsonify(error="a newer score is known"), 409
    if "scoreGiven" in score and not score.get("scoreMaximum", 0) > 0:
        raise RequestRefused("scoreGiven needs a positive scoreMaximum")
    store().put("scores", place, score)
    return "", 204


@services.get("/ags/lineitems/<line_item_id>/results")
def results(line_item_id: str) -> ResponseReturnValue:
    """AGS 2.0 §3.3."""
    if not granted("result"):
        return jsonify(error="a token with the result scope is needed"), 401
    item = store().get("line items", line_item_id)
    if item is None:
        return jsonify(error="no such line item"), 404
    asked = request.args.get("user_id")
    found = []
    for person in PEOPLE.values():
        place = f"{line_item_id} {person.id}"
        known = store().get("overrides", place) or store().get("scores", place)
        if known is None or (asked and asked != person.id):
            continue
        url = f"{messages().base_url}/ags/lineitems/{line_item_id}/results/{person.id}"
        grade = grade_in_gradebook(store(), line_item_id, item, person.id)
        found.append(
            {
                "id": url,
                "scoreOf": _line_item(line_item_id, item)["id"],
                "userId": person.id,
                "resultMaximum": item["scoreMaximum"],
                **({} if grade is None else {"resultScore": grade}),
            }
        )
    return as_json(found, RESULTS)


def grade_of(score: Record, line_item_record: Record) -> float | None:
    """A posted score on the scale of its line item; None where nothing final was given."""
    if "scoreGiven" not in score or score["gradingProgress"] != "FullyGraded":
        return None
    scale: float = line_item_record["scoreMaximum"] / score["scoreMaximum"]
    return round(float(score["scoreGiven"]) * scale, 5)


def grade_in_gradebook(
    kept: Store, line_item_id: str, line_item_record: Record, person_id: str
) -> float | None:
    """What counts for a person: the trainer's own grade, which later scores of the tool do not
    change; else the score that the tool posted last."""
    place = f"{line_item_id} {person_id}"
    override, score = kept.get("overrides", place), kept.get("scores", place)
    if override is not None:
        return float(override["grade"])
    return None if score is None else grade_of(score, line_item_record)
