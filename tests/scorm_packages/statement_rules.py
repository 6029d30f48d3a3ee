"""What cmi5 demands of an AU's statements (AICC cmi5, sections 7, 9 and 10), as checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

CMI5 = "https://w3id.org/xapi/cmi5/"
VERBS = "http://adlnet.gov/expapi/verbs/"
DEFINED = ("initialized", "completed", "passed", "failed", "terminated")
SESSION = CMI5 + "context/extensions/sessionid"
MASTERY = CMI5 + "context/extensions/masteryscore"
PROGRESS = CMI5 + "result/extensions/progress"

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_DURATION = re.compile(r"P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")
_TEXT = r"[^\[\]]+"
#: xAPI 1.0.3, Data, appendix C: how responses of each type are written.
_RESPONSES = {
    "true-false": r"true|false",
    "choice": rf"{_TEXT}(\[,\]{_TEXT})*",
    "sequencing": rf"{_TEXT}(\[,\]{_TEXT})*",
    "matching": rf"{_TEXT}\[\.\]{_TEXT}(\[,\]{_TEXT}\[\.\]{_TEXT})*",
    "numeric": r"-?\d+(\.\d+)?",
    "fill-in": r"(?s).+",
    "long-fill-in": r"(?s).+",
}
_LISTS = {
    "choice": ("choices",),
    "sequencing": ("choices",),
    "matching": ("source", "target"),
}


@dataclass
class SessionFacts:
    """A launch, as the LMS made it, and the statements that it has taken so far."""

    id: str
    actor: Json
    registration: str
    activity: str
    template: Json
    mode: str
    mastery: float | None
    statements: list[Json] = field(default_factory=list)


def verb_of(statement: Json) -> str:
    return str(statement.get("verb", {}).get("id", "")).removeprefix(VERBS)


def is_defined(statement: Json) -> bool:
    """Whether cmi5's own rules bind it (7.1.2): it has the category."""
    categories = statement.get("context", {}).get("contextActivities", {}).get("category", [])
    return any(one.get("id") == CMI5 + "context/categories/cmi5" for one in categories)


def breaches(statement: Json, session: SessionFacts, registered: list[Json]) -> Iterator[str]:
    """``registered`` are the cmi5 defined statements that the registration has, of all sessions."""
    verb = verb_of(statement)
    yield from _frame(statement, session)
    yield from _order(statement, verb, session)
    if not is_defined(statement):
        if verb in DEFINED:
            yield f"{verb} without the cmi5 category (9.6.2.1)"
        yield from _interaction(statement)
        return
    if verb not in DEFINED:
        yield f"{verb} is no verb of cmi5 (9.3)"
    if statement["object"].get("id") != session.activity:
        yield f"{verb}: its object is not the activity of the launch (9.4)"
    if session.mode != "Normal" and verb not in ("initialized", "terminated"):
        yield f"{verb} in {session.mode} mode (10, launchMode)"
    yield from _result(statement, verb, session)
    said = [verb_of(one) for one in registered]
    if verb in ("completed", "passed") and verb in said:
        yield f"a second {verb} in the registration (9.3)"
    if verb == "failed" and "passed" in said:
        yield "failed after passed in the registration (9.3)"


def _frame(statement: Json, session: SessionFacts) -> Iterator[str]:
    if not _UUID.fullmatch(str(statement.get("id"))):
        yield f"id {statement.get('id')} is no UUID (9.1)"
    if statement.get("actor") != session.actor:
        yield "its actor is not the launch's (9.2)"
    if not _UTC.fullmatch(str(statement.get("timestamp"))):
        yield f"timestamp {statement.get('timestamp')} is not in UTC (9.7)"
    context = statement.get("context", {})
    if context.get("registration") != session.registration:
        yield "its registration is not the launch's (9.6.1)"
    yield from _within(session.template, context, "context")


def _within(template: Any, found: Any, place: str) -> Iterator[str]:
    """Everything of the template is there, as it was (10, contextTemplate)."""
    if isinstance(template, dict):
        for name, value in template.items():
            if not isinstance(found, dict) or name not in found:
                yield f"{place}.{name} of the context template is missing"
            else:
                yield from _within(value, found[name], f"{place}.{name}")
    elif isinstance(template, list):
        if any(one not in found for one in template):
            yield f"{place} lacks what the context template lists"
    elif template != found:
        yield f"{place} overwrites the context template"


def _order(statement: Json, verb: str, session: SessionFacts) -> Iterator[str]:
    before = session.statements
    if not before and verb != "initialized":
        yield f"{verb} comes before initialized (9.3.2)"
    said = [verb_of(one) for one in before if is_defined(one)]
    if "terminated" in said:
        yield f"{verb} after terminated (9.3.8)"
    if is_defined(statement) and verb in said:
        yield f"a second {verb} in the session (9.3)"
    if verb in ("passed", "failed") and {"passed", "failed"} & set(said):
        yield "more than one of passed and failed in the session (9.3)"
    if before and str(statement.get("timestamp")) < str(before[-1]["timestamp"]):
        yield f"{verb} is dated before what came before it (9.3)"


def _result(statement: Json, verb: str, session: SessionFacts) -> Iterator[str]:
    result = statement.get("result", {})
    ids = [one["id"] for one in statement["context"]["contextActivities"]["category"]]
    moves_on = "success" in result or "completion" in result
    if (CMI5 + "context/categories/moveon" in ids) != moves_on:
        yield f"{verb}: the moveOn category goes with success or completion alone (9.6.2.2)"
    wanted = {"passed": True, "failed": False}.get(verb)
    if result.get("success") is not wanted:
        yield f"{verb}: success is {result.get('success')} (9.5.2)"
    if result.get("completion") is not (True if verb == "completed" else None):
        yield f"{verb}: completion is {result.get('completion')} (9.5.3)"
    duration = result.get("duration")
    if verb != "initialized" and not _DURATION.fullmatch(str(duration)):
        yield f"{verb}: duration is {duration} (9.5.4.1)"
    yield from _score(statement, verb, session)
    progress = result.get("extensions", {}).get(PROGRESS)
    if progress is not None and (not isinstance(progress, int) or not 0 <= progress <= 100):
        yield f"{verb}: progress is {progress} (9.5.5.1)"
    if progress is not None and verb == "completed":
        yield "completed with a progress (9.5.5.1)"


def _score(statement: Json, verb: str, session: SessionFacts) -> Iterator[str]:
    extensions = statement["context"].get("extensions", {})
    judged = verb in ("passed", "failed")
    if judged and session.mastery is not None and extensions.get(MASTERY) != session.mastery:
        yield f"{verb}: masteryscore is {extensions.get(MASTERY)} (9.6.3.2)"
    score = statement.get("result", {}).get("score")
    if score is None:
        return
    if not judged:
        yield f"{verb} with a score (9.5.1)"
    scaled = score.get("scaled")
    if not isinstance(scaled, int | float) or not 0 <= scaled <= 1:
        yield f"{verb}: scaled is {scaled} (9.5.1)"
    elif session.mastery is not None and (scaled >= session.mastery) != (verb == "passed"):
        yield f"{verb} with {scaled}, and the mark is {session.mastery} (9.3.4, 9.3.5)"
    if "raw" in score and not {"min", "max"} <= score.keys():
        yield f"{verb}: raw without min and max (9.5.1)"


def _interaction(statement: Json) -> Iterator[str]:
    definition = statement.get("object", {}).get("definition", {})
    kind = definition.get("interactionType")
    if kind is None:
        return
    if kind not in _RESPONSES:
        yield f"interaction type {kind}"
        return
    response = statement.get("result", {}).get("response")
    if response is not None and not re.fullmatch(_RESPONSES[kind], response):
        yield f"“{response}” is no {kind}"
    for name in _LISTS.get(kind, ()):
        ids = [one.get("id") for one in definition.get(name, ())]
        if not ids or len(ids) != len(set(ids)):
            yield f"{kind}: {name} has no ids, or the same twice"
    if response and kind in ("choice", "sequencing"):
        known = {one["id"] for one in definition["choices"]}
        if not set(response.split("[,]")) <= known:
            yield f"“{response}” names choices that there are not"
    if response and kind == "matching":
        sources = {one["id"] for one in definition["source"]}
        targets = {one["id"] for one in definition["target"]}
        for pair in response.split("[,]"):
            source, _, target = pair.partition("[.]")
            if source not in sources or target not in targets:
                yield f"“{pair}” pairs what there is not"
