"""An instructor tries the unit as a learner would: everything answers, nothing is kept, and no
score is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from content.grading import status
from content.papers import as_asked
from lti_tool.services.learning import check_window
from lti_tool.services.player_state import paper_json, paper_to_begin
from lti_tool.services.work import Json, Work, grade_quiz, results_as_json


def fresh_state(work: Work) -> Json:
    return _state(work)


def seen_state(work: Work, page: str | None, seen: Sequence[str]) -> Json:
    known = {item.id for item in work.unit.pages}
    return {**_state(work), "page": page, "seen": [item for item in seen if item in known]}


def draft_state(work: Work, number: int, answers: Mapping[str, object]) -> Json:
    drawn = paper_json(work.unit, work.seed(number))
    return {**_state(work), "open": {"number": number, "answers": dict(answers), **drawn}}


def graded_state(work: Work, number: int, answers: Mapping[str, object], now: datetime) -> Json:
    """The state after handing in ``number``; the preview always leaves another attempt.
    Raises ``RequestRefused`` as a learner's hand-in would."""
    check_window(work)
    unit = as_asked(work.unit, work.seed(number))
    results, total = grade_quiz(unit, answers, work.language)
    reached = status(work.unit, (), [total.value])
    value = f"{total.value:.2f}"
    attempt = {
        "number": number,
        "earned": str(total.earned),
        "possible": str(total.possible),
        "value": value,
        "handed_in": now.astimezone(UTC).isoformat(timespec="seconds"),
        "answers": dict(answers),
        "results": results_as_json(unit, results, work.language),
        **paper_json(work.unit, work.seed(number)),
    }
    return {
        **_state(work, number + 1),
        "page": "result",
        "attempts": [attempt],
        "attempts_allowed": max(work.unit.attempts, number + 1),
        "success": reached.success,
        "value": value,
    }


def _state(work: Work, following: int = 1) -> Json:
    return {
        **paper_to_begin(work, following),
        "page": None,
        "seen": [],
        "attempts": [],
        "open": None,
        "attempts_allowed": work.unit.attempts,
        "closed": work.window == "over",
        "completion": "incomplete",
        "success": "unknown",
        "value": None,
    }
