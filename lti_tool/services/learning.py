"""A learner at work on a unit: progress, drafts, check questions, handing in. Everything is graded
here; what a browser sends is an answer, never a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from content.grading import Result, Score, grade, score
from content.model import Course, Question, Unit
from content.render import result_as_json
from lti_tool.errors import RequestRefused
from lti_tool.models import Attempt, ResourceLink, UnitProgress, User
from lti_tool.models.upsert import upsert
from lti_tool.services import versions
from lti_tool.services.deliveries import write_completion, write_delivery, write_start
from lti_tool.services.link_options import Window
from lti_tool.services.standing import attempts_allowed, handed_in, standing

#: Where a learner may be besides on a page.
PLACES = frozenset({"quiz", "result"})
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """Who works on what: one user in the unit of one link, in one language. ``version`` is that of
    the document in front of them, None for the present one. ``unit`` is as the link has it
    (``link_options.unit_for_link``), ``window`` where this moment stands to the link's dates."""

    user: User
    link: ResourceLink
    course: Course
    unit: Unit
    language: str
    version: str | None = None
    window: Window = "open"


def read_state(session: Session, work: Work) -> Json:
    """The player's state of the unit (docs/architecture.md, "The player's state")."""
    return _state(session, work, _find(session, work))


def open_version(session: Session, work: Work) -> str | None:
    """The version that the learner's open attempt began on; None where none is open."""
    progress = _find(session, work)
    attempt = _open(progress) if progress else None
    return attempt.version_digest if attempt else None


def save_progress(
    session: Session, work: Work, page: str | None, seen: Sequence[str], now: datetime
) -> Json:
    """Note where the learner is. ``seen`` only grows; pages that the unit does not have (any more)
    are passed over, so that an older document goes on working. The caller commits."""
    progress = _progress(session, work, now)
    known = [item.id for item in work.unit.pages]
    wanted = {*progress.seen, *seen}
    merged = [item for item in known if item in wanted]
    # What was seen of pages that are gone stays: a course may go back to an older version.
    merged += [item for item in progress.seen if item not in known]
    if merged != progress.seen:
        progress.seen = merged
        _tell(session, work, progress, now)
    if page is None or page in known or page in PLACES:
        progress.page = page
    progress.updated_at = now
    return _state(session, work, progress)


def _tell(session: Session, work: Work, progress: UnitProgress, now: datetime) -> None:
    """Tell the LMS of progress that no attempt tells: that the learner has begun, and that a unit
    without a quiz has been seen to its end, which is its full score."""
    reached = standing(work.unit, progress)
    if reached.completion == "completed" and not work.unit.quiz:
        write_completion(session, work.user, work.link, now)
    elif reached.best is None:
        write_start(session, work.user, work.link, now)


def save_answers(
    session: Session, work: Work, number: int, answers: Mapping[str, object], now: datetime
) -> Json:
    """Keep the draft of open attempt ``number``, beginning it where none is open. The caller
    commits. Raises ``RequestRefused``."""
    progress = _progress(session, work, now)
    if number <= len(handed_in(progress)):
        raise RequestRefused("attempt.closed", "This attempt has been handed in.", 409)
    check_window(work)
    attempt = _open_or_begin(session, work, progress, number, now)
    unit = versions.unit_of_version(session, attempt.version_digest, work.unit)
    _check_questions(unit.quiz, answers)
    attempt.answers = dict(answers)
    attempt.language = work.language
    progress.updated_at = now
    session.flush()
    return _state(session, work, progress)


def hand_in(
    session: Session, work: Work, number: int, answers: Mapping[str, object], now: datetime
) -> Json:
    """Close attempt ``number`` and grade it by the version that it began on; write the score to
    deliver in the same transaction. Handed in again it answers the same. The caller commits.
    Raises ``RequestRefused``."""
    progress = _progress(session, work, now)
    earlier = [Decimal(item.value or 0) for item in handed_in(progress)]
    if number > len(earlier):
        check_window(work)
        attempt = _open_or_begin(session, work, progress, number, now)
        unit = versions.unit_of_version(session, attempt.version_digest, work.unit)
        _check_questions(unit.quiz, answers)
        _, total = grade_quiz(unit, answers, work.language)
        attempt.answers = dict(answers)
        attempt.language = work.language
        attempt.earned, attempt.possible = str(total.earned), str(total.possible)
        attempt.value = f"{total.value:.2f}"
        attempt.handed_in_at = now
        progress.updated_at = now
        session.flush()
        if total.value > max(earlier, default=Decimal(-1)):
            reached = standing(work.unit, progress).success
            write_delivery(session, work.user, work.link, total.value, reached != "unknown", now)
    return _state(session, work, progress)


def check_question(work: Work, question_id: str, answer: object) -> Json:
    """The result of a check inside a page: nothing is kept. Raises ``RequestRefused``."""
    question = next((item for item in work.unit.checks if item.id == question_id), None)
    if question is None:
        raise RequestRefused("question.unknown", "There is no such check in this unit.", 404)
    result = grade(question, answer, work.language)
    return result_as_json(result, question, work.language)


def grade_quiz(
    unit: Unit, answers: Mapping[str, object], language: str
) -> tuple[dict[str, Result], Score]:
    """Every quiz item's result, and the score. An item without an answer earned nothing."""
    results = {
        question.id: grade(question, answers.get(question.id), language) for question in unit.quiz
    }
    return results, score(unit.quiz, results)


def results_as_json(unit: Unit, results: Mapping[str, Result], language: str) -> Json:
    """By question id, in ``language`` or, where that version did not speak it, in its own."""
    spoken = language if language in unit.title else next(iter(unit.title))
    return {
        question.id: result_as_json(results[question.id], question, spoken)
        for question in unit.quiz
        if question.id in results
    }


def _find(session: Session, work: Work, lock: bool = False) -> UnitProgress | None:
    query = (
        select(UnitProgress)
        .where(UnitProgress.user_id == work.user.id, UnitProgress.link_pk == work.link.id)
        .options(selectinload(UnitProgress.attempts))
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def _progress(session: Session, work: Work, now: datetime) -> UnitProgress:
    """The learner's row, locked until the transaction ends: two tabs take turns."""
    found = _find(session, work, lock=True)
    if found is None:
        keys = {"user_id": work.user.id, "link_pk": work.link.id}
        defaults = {"seen": [], "started_at": now, "updated_at": now}
        upsert(session, UnitProgress, keys, defaults=defaults)
        found = _find(session, work, lock=True)
    assert found is not None
    return found


def _open(progress: UnitProgress) -> Attempt | None:
    return next((item for item in progress.attempts if item.handed_in_at is None), None)


def _open_or_begin(
    session: Session, work: Work, progress: UnitProgress, number: int, now: datetime
) -> Attempt:
    following = len(handed_in(progress)) + 1
    if number != following:
        raise RequestRefused("attempt.unknown", f"The next attempt is {following}.", 409)
    attempt = _open(progress)
    if attempt is not None:
        return attempt
    if number > attempts_allowed(work.unit, progress):
        raise RequestRefused("attempt.none-left", "No attempt is left.", 409)
    digest = work.version
    if digest is None or digest == versions.present_digest(work.course, work.unit):
        digest = versions.keep_version(session, work.course, work.unit)
    attempt = Attempt(
        number=number, version_digest=digest, language=work.language, answers={}, started_at=now
    )
    progress.attempts.append(attempt)
    return attempt


def check_window(work: Work) -> None:
    """Refuse answers after the link's end. Raises ``RequestRefused``."""
    if work.window == "over":
        raise RequestRefused("unit.closed", "The time for handing in is over.", 409)


def _check_questions(quiz: Sequence[Question], answers: Mapping[str, object]) -> None:
    known = {question.id for question in quiz}
    if not known.issuperset(answers):
        raise RequestRefused(
            "attempt.other-version",
            "These answers belong to another version of the quiz: load the page again.",
            409,
        )


def _state(session: Session, work: Work, progress: UnitProgress | None) -> Json:
    attempt = _open(progress) if progress else None
    seen = progress.seen if progress else []
    known = {page.id for page in work.unit.pages}
    reached = standing(work.unit, progress)
    return {
        "page": progress.page if progress else None,
        "seen": [page for page in seen if page in known],
        "attempts": [_attempt(session, work, item) for item in handed_in(progress)],
        "open": {"number": attempt.number, "answers": attempt.answers} if attempt else None,
        "attempts_allowed": attempts_allowed(work.unit, progress),
        "closed": work.window == "over",
        "completion": reached.completion,
        "success": reached.success,
        "value": None if reached.best is None else f"{reached.best:.2f}",
    }


def _attempt(session: Session, work: Work, attempt: Attempt) -> Json:
    unit = versions.unit_of_version(session, attempt.version_digest, work.unit)
    results, _ = grade_quiz(unit, attempt.answers, attempt.language)
    assert attempt.handed_in_at is not None
    return {
        "number": attempt.number,
        "earned": str(Fraction(attempt.earned or 0)),
        "possible": str(Fraction(attempt.possible or 0)),
        "value": attempt.value,
        "handed_in": attempt.handed_in_at.astimezone(UTC).isoformat(timespec="seconds"),
        "answers": attempt.answers,
        "results": results_as_json(unit, results, work.language),
    }
