"""A learner's state in a unit, in the player's form: docs/architecture.md, "The player's state"."""

from __future__ import annotations

from datetime import UTC
from fractions import Fraction

from sqlalchemy.orm import Session

from content.grading import unexplained
from content.model import Unit
from content.papers import explains, has_papers, paper
from lti_tool.models import Attempt, UnitProgress
from lti_tool.services import versions
from lti_tool.services.standing import attempts_allowed, handed_in, open_attempt, standing
from lti_tool.services.work import Json, Work, grade_quiz, results_as_json


def player_state(session: Session, work: Work, progress: UnitProgress | None) -> Json:
    """The unit's state as the player has it; ``progress`` None: never opened."""
    attempt = open_attempt(progress) if progress else None
    seen = progress.seen if progress else []
    known = {page.id for page in work.unit.pages}
    reached = standing(work.unit, progress)
    done, allowed = handed_in(progress), attempts_allowed(work.unit, progress)
    explained = explains(work.unit, reached.success, allowed - len(done))
    begins = attempt is None and len(done) < allowed
    return {
        "page": progress.page if progress else None,
        "seen": [page for page in seen if page in known],
        "attempts": [_attempt(session, work, item, explained) for item in done],
        "open": _draft(session, work, attempt) if attempt else None,
        **(paper_to_begin(work, len(done) + 1) if begins else {}),
        "attempts_allowed": allowed,
        "closed": work.window == "over",
        "completion": reached.completion,
        "success": reached.success,
        "value": None if reached.best is None else f"{reached.best:.2f}",
    }


def paper_to_begin(work: Work, number: int) -> Json:
    """What attempt ``number`` will ask, where attempts differ."""
    seed = work.seed(number)
    return {} if seed is None else {"next": paper_json(work.unit, seed)["paper"]}


def paper_json(unit: Unit, seed: int | None) -> Json:
    """``paper`` of an attempt; nothing where it asks the whole quiz."""
    if seed is None or not has_papers(unit):
        return {}
    return {"paper": {"seed": seed, "questions": [one.id for one in paper(unit, seed)]}}


def _draft(session: Session, work: Work, attempt: Attempt) -> Json:
    unit = versions.unit_of_version(session, attempt.version_digest, work.unit)
    asked = paper_json(unit, attempt.paper_seed)
    return {"number": attempt.number, "answers": attempt.answers, **asked}


def _attempt(session: Session, work: Work, attempt: Attempt, explained: bool) -> Json:
    whole = versions.unit_of_version(session, attempt.version_digest, work.unit)
    unit = versions.unit_of_attempt(session, attempt, work.unit)
    results, _ = grade_quiz(unit, attempt.answers, attempt.language)
    if not explained:
        results = {question: unexplained(result) for question, result in results.items()}
    assert attempt.handed_in_at is not None
    return {
        "number": attempt.number,
        "earned": str(Fraction(attempt.earned or 0)),
        "possible": str(Fraction(attempt.possible or 0)),
        "value": attempt.value,
        "handed_in": attempt.handed_in_at.astimezone(UTC).isoformat(timespec="seconds"),
        "answers": attempt.answers,
        "results": results_as_json(unit, results, work.language),
        **paper_json(whole, attempt.paper_seed),
    }
