"""A learner at work on a unit: progress, drafts, check questions, handing in. Everything is graded
here; what a browser sends is an answer, never a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from content.grading import grade
from content.model import Question
from content.render import result_as_json
from lti_tool.errors import RequestRefused
from lti_tool.models import Attempt, UnitProgress
from lti_tool.models.upsert import upsert
from lti_tool.services import versions
from lti_tool.services.deliveries import write_completion, write_delivery, write_start
from lti_tool.services.player_state import player_state
from lti_tool.services.standing import attempts_allowed, handed_in, open_attempt, standing
from lti_tool.services.work import Json, Work, grade_quiz

#: Where a learner may be besides on a page.
PLACES = frozenset({"quiz", "result"})


def read_state(session: Session, work: Work) -> Json:
    """The player's state of the unit (docs/architecture.md, "The player's state")."""
    return player_state(session, work, _find(session, work))


def open_version(session: Session, work: Work) -> str | None:
    """The version that the learner's open attempt began on; None where none is open."""
    progress = _find(session, work)
    attempt = open_attempt(progress) if progress else None
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
    return player_state(session, work, progress)


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
    unit = versions.unit_of_attempt(session, attempt, work.unit)
    _check_questions(unit.quiz, answers)
    attempt.answers = dict(answers)
    attempt.language = work.language
    progress.updated_at = now
    session.flush()
    return player_state(session, work, progress)


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
        unit = versions.unit_of_attempt(session, attempt, work.unit)
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
    return player_state(session, work, progress)


def check_question(work: Work, question_id: str, answer: object) -> Json:
    """The result of a check inside a page: nothing is kept. Raises ``RequestRefused``."""
    question = next((item for item in work.unit.checks if item.id == question_id), None)
    if question is None:
        raise RequestRefused("question.unknown", "There is no such check in this unit.", 404)
    result = grade(question, answer, work.language)
    return result_as_json(result, question, work.language)


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


def _open_or_begin(
    session: Session, work: Work, progress: UnitProgress, number: int, now: datetime
) -> Attempt:
    following = len(handed_in(progress)) + 1
    if number != following:
        raise RequestRefused("attempt.unknown", f"The next attempt is {following}.", 409)
    attempt = open_attempt(progress)
    if attempt is not None:
        return attempt
    if number > attempts_allowed(work.unit, progress):
        raise RequestRefused("attempt.none-left", "No attempt is left.", 409)
    digest = work.version
    if digest is None or digest == versions.present_digest(work.course, work.unit):
        digest = versions.keep_version(session, work.course, work.unit)
    attempt = Attempt(
        number=number,
        version_digest=digest,
        language=work.language,
        paper_seed=work.seed(number),
        answers={},
        started_at=now,
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
