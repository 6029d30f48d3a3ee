"""The rules by which the tests judge a cmi5 AU find each breach."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.scorm_packages.statement_rules import (
    CMI5,
    MASTERY,
    PROGRESS,
    SESSION,
    VERBS,
    Json,
    SessionFacts,
    breaches,
)

ACTOR = {"objectType": "Agent", "account": {"homePage": "https://lms.example", "name": "1"}}
REGISTRATION = "00000000-0000-4000-8000-000000000001"
TEMPLATE = {"extensions": {SESSION: "s"}, "contextActivities": {"grouping": [{"id": "urn:p"}]}}


def said(verb: str, result: Json | None = None, *, defined: bool = True) -> Json:
    categories = ["cmi5"] if defined else []
    if result and {"success", "completion"} & result.keys():
        categories.append("moveon")
    context: Json = copy.deepcopy(TEMPLATE) | {"registration": REGISTRATION}
    ids = [{"id": f"{CMI5}context/categories/{name}"} for name in categories]
    context["contextActivities"]["category"] = ids
    if verb in ("passed", "failed"):
        context["extensions"][MASTERY] = 0.7
    return {
        "id": "11111111-2222-5333-8444-555555555555",
        "actor": ACTOR,
        "verb": {"id": VERBS + verb},
        "object": {"id": "urn:activity"},
        "timestamp": "2026-01-01T10:00:00.000Z",
        "context": context,
        **({"result": result} if result else {}),
    }


PASSED: Json = {"success": True, "score": {"scaled": 0.8}, "duration": "PT2S"}


def session(*statements: Json, mode: str = "Normal") -> SessionFacts:
    return SessionFacts(
        "s", ACTOR, REGISTRATION, "urn:activity", TEMPLATE, mode, 0.7, list(statements)
    )


def test_a_sound_session_breaks_nothing() -> None:
    facts = session()
    answered = said("answered", {"response": "a[,]b"}, defined=False)
    answered["object"]["definition"] = {
        "interactionType": "choice",
        "choices": [{"id": "a"}, {"id": "b"}],
    }
    for one in (
        said("initialized"),
        answered,
        said("completed", {"completion": True, "duration": "PT1.25S"}),
        said("passed", PASSED),
        said("terminated", {"duration": "PT1M2S", "extensions": {PROGRESS: 40}}),
    ):
        assert list(breaches(one, facts, [])) == []
        facts.statements.append(one)


def put(path: str, value: Any) -> Callable[[Json], None]:
    def change(statement: Json) -> None:
        *way, last = path.split("/")
        place: Any = statement
        for name in way:
            place = place[name]
        if value is None:
            del place[last]
        else:
            place[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (put("id", "1"), "no UUID"),
        (put("actor", {}), "actor"),
        (put("timestamp", "2026-01-01T10:00:00+01:00"), "not in UTC"),
        (put("context/registration", "x"), "registration"),
        (put("context/extensions", {}), "template"),
        (put("context/contextActivities/grouping", []), "template lists"),
        (put("context/contextActivities/category", []), "without the cmi5 category"),
        (put("object/id", "urn:other"), "not the activity"),
        (put("result/success", False), "success is"),
        (put("result/completion", True), "completion is"),
        (put("result/duration", "2 s"), "duration is"),
        (put("result/duration", None), "duration is"),
        (put("result/score", {"scaled": 0.5}), "the mark is"),
        (put("result/score", {"scaled": 80}), "scaled is"),
        (put("result/score", {"scaled": 0.8, "raw": 80}), "raw without"),
        (put("context/extensions", {SESSION: "s"}), "masteryscore"),
        (put("result/extensions", {PROGRESS: 1.5}), "progress is"),
        (put("verb/id", VERBS + "mastered"), "no verb of cmi5"),
    ],
)
def test_each_breach_of_a_statement_is_found(change: Callable[[Json], None], told: str) -> None:
    statement = said("passed", copy.deepcopy(PASSED))
    change(statement)
    assert told in " ".join(breaches(statement, session(said("initialized")), []))


def test_each_breach_of_the_order_is_found() -> None:
    begun, passed = said("initialized"), said("passed", PASSED)
    cases = [
        (passed, session(), [], "before initialized"),
        (begun, session(begun), [], "second initialized in the session"),
        (passed, session(begun, said("terminated", {"duration": "PT1S"})), [], "after terminated"),
        (passed, session(begun), [passed], "second passed in the registration"),
        (said("failed", PASSED | {"success": False}), session(begun), [passed], "failed after"),
        (passed, session(begun, said("failed")), [], "more than one"),
        (passed, session(begun, mode="Review"), [], "Review mode"),
    ]
    for statement, facts, registered, told in cases:
        assert told in " ".join(breaches(statement, facts, registered)), told


@pytest.mark.parametrize(
    ("kind", "response", "told"),
    [
        ("choice", "a[,]z", "not"),
        ("true-false", "yes", "no true-false"),
        ("numeric", "1e5", "no numeric"),
        ("matching", "a.b", "no matching"),
        ("matching", "a[.]z", "pairs what there is not"),
        ("essay", "x", "interaction type"),
    ],
)
def test_each_ill_written_answer_is_found(kind: str, response: str, told: str) -> None:
    statement = said("answered", {"response": response}, defined=False)
    lists = {name: [{"id": "a"}, {"id": "b"}] for name in ("choices", "source", "target")}
    statement["object"]["definition"] = {"interactionType": kind, **lists}
    assert told in " ".join(breaches(statement, session(said("initialized")), []))
