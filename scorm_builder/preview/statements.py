"""What cmi5 demands of a statement; sections of its specification in brackets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
_CMI5 = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
_PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
_DEFINED = ("initialized", "completed", "passed", "failed", "terminated")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """Of the session in which a statement comes."""

    registration: str
    session: str
    mode: str


def verb_of(statement: Json) -> str:
    """The last word of the verb's address."""
    return str(_at(statement, "verb", "id")).rpartition("/")[2]


def breaches(statement: Json, facts: Facts, said: Sequence[str]) -> Iterator[str]:
    """What is wrong with ``statement`` (9.2 to 9.7), and with its coming after ``said`` (9.3)."""
    verb = verb_of(statement)
    categories = _at(statement, "context", "contextActivities", "category") or []
    defined = any(isinstance(one, dict) and one.get("id") == _CMI5 for one in categories)
    if _at(statement, "context", "registration") != facts.registration:
        yield f"{verb}: without the registration of the launch (9.6.1)"
    if _at(statement, "context", "extensions", SESSION) != facts.session:
        yield f"{verb}: without the session of the launch (9.6.3.1)"
    if _at(statement, "actor", "account", "name") != "preview":
        yield f"{verb}: of another actor (9.2)"
    if not statement.get("timestamp"):
        yield f"{verb}: without a timestamp (9.7)"
    if verb in _DEFINED and not defined:
        yield f"{verb}: without the category cmi5 (9.6.2.1)"
    if facts.mode != "Normal" and verb in ("completed", "passed", "failed"):
        yield f"{verb} in {facts.mode.lower()} mode (10.2.2)"
    if defined and not said and verb != "initialized":
        yield f"{verb} before initialized (9.3.2)"
    if "terminated" in said:
        yield f"{verb} after terminated (9.3.8)"
    if verb in said and verb in _DEFINED:
        yield f"{verb} twice in a session (9.3)"
    progress = _at(statement, "result", "extensions", _PROGRESS)
    if progress is not None and not (isinstance(progress, int) and 0 <= progress <= 100):
        yield f"{verb}: a progress of {progress!r} (9.5.5.1)"


def _at(value: object, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
