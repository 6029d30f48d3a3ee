"""What a launch says of people and places, as the rows that keep it. Each function gives the keys
that find a row and the values that the launch sets; most those of a new row too, for ``upsert``."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lti_tool.lti.claims import (
    DATA_PRIVACY,
    DEEP_LINKING,
    RESOURCE_LINK,
    SUBMISSION_REVIEW,
    Launch,
    MessageType,
)
from lti_tool.lti.message import LTI
from lti_tool.lti.refusals import refuse
from lti_tool.lti.text import identifier, mapping
from lti_tool.models import now as present
from lti_tool.services.launches import ANONYMOUS, PICKER, PRIVACY, RESOURCE, REVIEW
from lti_tool.services.link_options import QUIZ, from_custom
from lti_tool.services.subjects import check_subject, teaches

Values = dict[str, object]
#: Keys, values, and what a new row has beside them.
Row = tuple[Values, Values, Values]

#: The columns that a launch may set, and the number: what is read to see whether anything is new.
CONTEXT = (
    *("id", "title", "roster_at", "copied_from_pk"),
    *("memberships_url", "groups_url", "group_sets_url"),
)
LINK = (
    *("id", "title", "course_id", "unit_id", "part", "copied_from_pk"),
    *("ags_scopes", "line_item_url", "line_items_url"),
)

KINDS: Mapping[MessageType, str] = {
    RESOURCE_LINK: RESOURCE,
    DEEP_LINKING: PICKER,
    SUBMISSION_REVIEW: REVIEW,
    DATA_PRIVACY: PRIVACY,
}

#: ``ResourceLink.part`` of a link that holds a unit's pages too.
WHOLE = "unit"
_ID_LENGTH = 255


def place(claims: Mapping[str, Any]) -> dict[str, str | None]:
    """Where the rows of a launch are to be looked for, from claims that nobody has checked: ids,
    or None."""
    link = identifier(mapping(claims.get(LTI + "resource_link")).get("id"))
    context = identifier(mapping(claims.get(LTI + "context")).get("id"))
    return {
        "deployment_id": identifier(claims.get(LTI + "deployment_id")),
        "context_id": context or (None if link is None else _lone(link)),
        "resource_link_id": link,
    }


def user(launch: Launch) -> Row:
    sub = launch.sub if launch.sub is not None else ANONYMOUS + secrets.token_hex(16)
    values: Values = {"name": _cut(launch.name, 255)} if launch.name else {}
    keys: Values = {"registration_id": launch.registration.id, "sub": _id(sub, "sub")}
    return keys, values, {"created_at": present()}


def context(launch: Launch) -> tuple[Values, Values] | None:
    """The launch's course. A link that stands in no course has a context of its own, so that its
    instructor sees nobody else's learners."""
    title = None
    if launch.context is not None:
        key = _id(launch.context.id, "context")
        title = _cut(launch.context.title or launch.context.label, 500)
    elif launch.resource_link is not None:
        key = _lone(launch.resource_link.id)
    else:
        return None
    keys: Values = {"deployment_pk": launch.deployment.id, "context_id": key}
    values: Values = {"title": title} if title else {}
    if launch.nrps is not None:
        values["memberships_url"] = launch.nrps.memberships_url
    if launch.groups is not None:
        values["groups_url"] = launch.groups.groups_url
        values["group_sets_url"] = launch.groups.sets_url
    return keys, values


def link(launch: Launch, context_pk: int) -> tuple[Values, Values] | None:
    if launch.resource_link is None:
        return None
    values: Values = {}
    if launch.resource_link.title:
        values["title"] = _cut(launch.resource_link.title, 500)
    course, unit = launch.custom.get("course"), launch.custom.get("unit")
    if _substituted(course) and _substituted(unit):
        values["course_id"], values["unit_id"] = _cut(course, 100), _cut(unit, 100)
        values["part"] = QUIZ if launch.custom.get("part") == QUIZ else WHOLE
    if launch.ags is not None:
        values["ags_scopes"] = list(launch.ags.scopes)
        for column, url in (
            ("line_item_url", launch.ags.line_item),
            ("line_items_url", launch.ags.line_items),
        ):
            if url and len(url) <= 2000:
                values[column] = url
    link_id = _id(launch.resource_link.id, "resource link")
    keys: Values = {"context_pk": context_pk, "resource_link_id": link_id}
    return keys, values


def new_link(launch: Launch) -> Values:
    """What a new row of a link has beside them."""
    return {"part": WHOLE, "options": picked(launch), "ags_scopes": [], "created_at": present()}


def picked(launch: Launch) -> dict[str, Any]:
    """What was set for the link when a teacher picked it: the options of a new row."""
    context_id = launch.context.id if launch.context else None
    return from_custom(launch.custom, context_id).to_json()


def enrolment(launch: Launch, context_pk: int, user_id: object, now: datetime) -> Row:
    keys: Values = {"context_pk": context_pk, "user_id": user_id}
    values: Values = {
        "is_instructor": launch.is_instructor,
        "last_launch_at": now,
        "left_at": None,
    }
    return keys, values, {}


def session(launch: Launch) -> Values:
    """What kind of session the launch opens. Raises ``LaunchRejected`` where the person may not
    have it."""
    check_subject(launch)
    picker = launch.message_type == DEEP_LINKING
    if picker and not (launch.may_place or launch.is_instructor):
        raise refuse("launch.role-may-not-pick")
    return {
        "kind": KINDS[launch.message_type],
        "is_instructor": teaches(launch) or (picker and launch.may_place),
        "as_learner": False,
        "language": _language(launch),
        "return_url": launch.return_url if len(launch.return_url or "") <= 2000 else None,
        "deep_linking": launch.deep_linking.to_json() if launch.deep_linking else None,
    }


def _lone(link_id: str) -> str:
    """The context of a link that stands in no course."""
    return f"(no course) {hashlib.sha256(link_id.encode()).hexdigest()}"


def _language(launch: Launch) -> str | None:
    """The language that the link was given, else the person's own in the LMS."""
    custom = launch.custom.get("language")
    wish = custom if _substituted(custom) else launch.locale
    return _cut(wish, 35) if wish else None


def _substituted(value: str | None) -> bool:
    """Platforms leave variables that they do not know as they stand (Core §5.4.6)."""
    return bool(value) and not str(value).startswith("$")


def _id(value: str, what: str) -> str:
    if len(value) > _ID_LENGTH or "\0" in value:
        raise refuse("launch.id-too-long", what)
    return value


def _cut(value: str | None, length: int) -> str | None:
    return value.replace("\0", "")[:length] if value else None
