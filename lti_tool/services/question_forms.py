"""Which versions of a question are one question: answers to them may be counted together."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from content.model import Question
from content.snapshot import dump_question

#: Members of a question's JSON that are wording: a better wording leaves it the same question.
_WORDING = frozenset(
    {
        *("prompt", "text", "left", "title", "model_answer", "outcome"),
        *("feedback", "if_true", "if_false", "if_right", "if_wrong", "mistakes"),
    }
)
#: Lists whose order says nothing; the items of an ordering question are not among them.
_UNORDERED = frozenset({"choices", "options", "reasons", "pairs", "gaps", "steps"})


def structure_of(question: Question) -> str:
    """The same for two versions of a question whose parts, key and points are the same, whatever
    their wording."""
    form = json.dumps(_structure(dump_question(question)), sort_keys=True)
    return f"{question.id} {hashlib.sha256(form.encode()).hexdigest()[:16]}"


def _structure(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: each for name, each in value.items() if name not in _WORDING}
        return {
            name: _sorted(_structure(each)) if name in _UNORDERED else _structure(each)
            for name, each in kept.items()
        }
    return [_structure(each) for each in value] if isinstance(value, list) else value


def _sorted(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(values, key=lambda each: str(each.get("id")))
