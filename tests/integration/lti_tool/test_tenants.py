"""No route shows or changes what is another tenant's: each is asked with a handle of one platform
and the numbers of another. A new route must be added to the table here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from lti_tool.db import writing
from lti_tool.models import (
    LaunchSession,
    Registration,
    ScoreDelivery,
    User,
    db,
    now,
)
from lti_tool.security import form_token
from lti_tool.services.launches import hash_secret
from tests.conformance.browsing import Browser
from tests.conformance.platform import Platform, running_platform
from tests.integration.lti_tool.conftest import SECRET, Campus, Tool
from tests.integration.lti_tool.test_learning import HALF, RIGHT, hand_in

#: Routes that know no session: what they show is everybody's, or they have their own tests.
OPEN = {
    "/",
    "/assets/<digest>/<name>",
    "/health",
    "/lti/<public_id>/login",
    "/lti/<public_id>/notices",
    "/lti/jwks",
    "/lti/launch",
    "/media/<course_id>/<digest>/<path:path>",
    "/metrics",
    "/player/<digest>/<path:name>",
    "/ready",
    "/register/<token>",
    "/register/canvas.json",
}
#: Whose handle opens the pages below; the API takes the learner's as bearer.
ROLES = {
    "api": "learner",
    "me": "learner",
    "pick": "picker",
    "play": "learner",
    "privacy": "privacy",
    "review": "review",
    "teach": "teacher",
}
#: What stands for each further variable of a rule: the other tenant's, or the shared course's.
STAND_INS = {
    "number": "user",
    "delivery_id": "delivery",
    "link_pk": "link",
    "key": "package",
    "course_id": "course",
    "unit_id": "unit",
    "question_id": "question",
}
#: Variables that name something of a tenant: with another's, the route must refuse.
THEIRS = {"number", "delivery_id", "link_pk", "key"}
BODIES: dict[str, Any] = {
    "progress": {"page": "one", "seen": ["one"]},
    "answers": {"number": 1, "answers": RIGHT},
    "hand-in": {"number": 1, "answers": RIGHT},
    "check1": {"answer": "a"},
}


def rules(tool: Tool) -> list[tuple[str, str]]:
    """Each route that needs a session, with each of its methods; what erases the stranger comes
    last."""
    found = [
        (rule.rule, method)
        for rule in tool.app.url_map.iter_rules()
        if rule.rule not in OPEN
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]
    return sorted(found, key=lambda item: ("erasure" in item[0], item))


@dataclass
class Tenant:
    """A platform with a teacher and a learner who has done something, all marked."""

    campus: Campus
    mark: str
    handles: dict[str, str]
    numbers: dict[str, str]
    browser: Browser


@pytest.fixture
def tenants(tool: Tool) -> Iterator[tuple[Tenant, Tenant]]:
    with running_platform() as one, running_platform() as other:
        yield tenant(tool, one), tenant(tool, other)


def tenant(tool: Tool, platform: Platform) -> Tenant:
    mark = f"zq{uuid4().hex[:10]}"
    platform.client_id = mark
    platform.line_items["1"] = {"id": f"{platform.url}/lineitems/1/lineitem?type_id=1"}
    campus = Campus(tool, platform)
    named = {
        "name": f"Name {mark}",
        "email": f"{mark}@campus.example",
        "context": {"id": f"context-{mark}", "title": f"Context {mark}"},
        "resource_link": {"id": f"link-{mark}", "title": f"Link {mark}"},
    }
    learner = campus.learner(f"learner-{mark}", **named)
    hand_in(learner, 1, HALF)
    teacher = campus.teacher(f"teacher-{mark}", **named)
    picker = campus.picker(sub=f"picker-{mark}", context=named["context"])
    handles = {"learner": learner.handle, "teacher": teacher.handle, "picker": picker.handle}
    with tool.app.app_context(), writing() as session:
        theirs = Registration.public_id == campus.public_id
        registration = session.scalar(select(Registration.id).where(theirs))
        user = session.scalars(select(User).where(User.sub == f"learner-{mark}")).one()
        delivery = session.scalars(
            select(ScoreDelivery).where(ScoreDelivery.user_id == user.id)
        ).one()
        delivery.state = "failed"
        delivery.last_error = f"Error {mark}"
        opened = session.scalars(
            select(LaunchSession).where(LaunchSession.handle_hash == hash_secret(teacher.handle))
        ).one()
        # Handles alone open them, as where a browser keeps no cookies.
        unbound = update(LaunchSession).where(LaunchSession.deployment_pk == opened.deployment_pk)
        session.execute(unbound.values(cookie_hash=None))
        for kind in ("privacy", "review"):
            handles[kind] = f"{kind}{uuid4().hex}"
            session.add(
                LaunchSession(
                    handle_hash=hash_secret(handles[kind]),
                    kind=kind,
                    is_instructor=True,
                    user_id=opened.user_id,
                    for_user_id=user.id,
                    context_pk=opened.context_pk,
                    link_pk=opened.link_pk,
                    deployment_pk=opened.deployment_pk,
                    expires_at=now() + timedelta(hours=1),
                )
            )
        numbers = {
            "registration": str(registration),
            "user": str(user.id),
            "delivery": str(delivery.id),
            "link": str(delivery.link_pk),
            "package": uuid4().hex * 2,
            "course": "small",
            "unit": "first",
            "question": "check1",
        }
    return Tenant(campus, mark, handles, numbers, Browser(tool.url, "", platform))


def ask(rule: str, method: str, handle: str, numbers: dict[str, str], browser: Browser) -> Any:
    family = rule.split("/")[1]
    path = rule.replace("<handle>", handle)
    for variable in re.findall(r"<(?:[^<>]*:)?(\w+)>", path):
        stand_in = numbers[STAND_INS[variable]]
        path = re.sub(rf"<(?:[^<>]*:)?{variable}>", stand_in, path, count=1)
    options: dict[str, Any] = {}
    if family == "api":
        options["headers"] = {"Authorization": f"Bearer {handle}"}
        if method != "GET":
            options["json"] = BODIES[path.rsplit("/", 1)[1]]
    elif method == "POST":
        options["data"] = {"form_token": form_token(SECRET, family, handle)}
    return browser.request(method, path, **options)


def rows_of(owner: Tenant) -> dict[str, list[Any]]:
    """Every row of a tenant, of the tables that hold people and their work."""
    mine = {"r": int(owner.numbers["registration"])}
    deployments = "SELECT id FROM deployments WHERE registration_id = :r"
    contexts = f"SELECT id FROM contexts WHERE deployment_pk IN ({deployments})"
    links = f"SELECT id FROM resource_links WHERE context_pk IN ({contexts})"
    progress = f"SELECT id FROM unit_progress WHERE link_pk IN ({links})"
    queries = {
        "users": "registration_id = :r",
        "deployments": "registration_id = :r",
        "contexts": f"deployment_pk IN ({deployments})",
        "resource_links": f"context_pk IN ({contexts})",
        "enrolments": f"context_pk IN ({contexts})",
        "launch_sessions": f"deployment_pk IN ({deployments})",
        "unit_progress": f"link_pk IN ({links})",
        "attempts": f"progress_pk IN ({progress})",
        "score_deliveries": "registration_id = :r",
        "line_item_results": f"link_pk IN ({links})",
        "data_requests": "registration_id = :r",
        "jobs": "registration_id = :r",
    }
    with owner.campus.tool.app.app_context():
        return {
            table: sorted(
                repr(tuple(row))
                for row in db.session.execute(text(f"SELECT * FROM {table} WHERE {where}"), mine)
            )
            for table, where in queries.items()
        }


def test_each_route_is_in_the_table(tool: Tool) -> None:
    for rule, _ in rules(tool):
        assert rule.split("/")[1] in ROLES, f"say whose handle opens {rule}"
        for variable in re.findall(r"<(?:[^<>]*:)?(\w+)>", rule):
            assert variable == "handle" or variable in STAND_INS, f"say what {variable} stands for"


def test_another_tenants_numbers_open_nothing(tool: Tool, tenants: tuple[Tenant, Tenant]) -> None:
    owner, stranger = tenants
    before = rows_of(owner)
    assert all(before[table] for table in ("users", "attempts", "score_deliveries"))
    wrong = []
    for rule, method in rules(tool):
        handle = stranger.handles[ROLES[rule.split("/")[1]]]
        answer = ask(rule, method, handle, owner.numbers, stranger.browser)
        variables = set(re.findall(r"<(?:[^<>]*:)?(\w+)>", rule))
        if variables & THEIRS and answer.status_code not in (403, 404):
            wrong.append((rule, method, answer.status_code, "was let in"))
        if owner.mark in answer.text or owner.mark in str(answer.headers):
            wrong.append((rule, method, answer.status_code, "shows the other's"))
        if answer.status_code >= 500:
            wrong.append((rule, method, answer.status_code, "broke"))
        if rows_of(owner) != before:
            wrong.append((rule, method, answer.status_code, "changed the other's"))
            before = rows_of(owner)
    assert wrong == [], "\n".join(map(str, wrong))


def test_the_same_numbers_open_to_their_own(tool: Tool, tenants: tuple[Tenant, Tenant]) -> None:
    """The other way round, so that the refusals above are for the tenant and nothing else."""
    owner, _ = tenants
    opened = {
        rule
        for rule, method in rules(tool)
        if method == "GET"
        and "<key>" not in rule
        and ask(
            rule,
            method,
            owner.handles[ROLES[rule.split("/")[1]]],
            owner.numbers,
            owner.browser,
        ).status_code
        == 200
    }
    numbered = {rule for rule, method in rules(tool) if method == "GET" and "<int" in rule}
    assert numbered <= opened | {rule for rule in numbered if rule.endswith("/reset")}
    assert len(opened) > 8


@pytest.mark.parametrize("kind", ["nobody's", "a learner's"])
def test_handles_of_nobody_and_of_learners(
    tool: Tool, tenants: tuple[Tenant, Tenant], kind: str
) -> None:
    owner, stranger = tenants
    before = rows_of(owner)
    for rule, method in rules(tool):
        family = rule.split("/")[1]
        if kind == "a learner's" and ROLES[family] == "learner":
            continue
        handle = uuid4().hex if kind == "nobody's" else stranger.handles["learner"]
        answer = ask(rule, method, handle, owner.numbers, stranger.browser)
        assert answer.status_code in (401, 403, 404), (rule, method, answer.status_code)
        assert owner.mark not in answer.text
    assert rows_of(owner) == before
