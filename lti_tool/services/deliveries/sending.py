"""Sending one score, and noting what came of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import update

from lti_tool.errors import PlatformError
from lti_tool.lti import ags
from lti_tool.lti.tokens import ServiceTokens
from lti_tool.models import DeliveryState, ScoreDelivery
from lti_tool.services.deliveries.claiming import Parcel, Transaction, has_later
from lti_tool.services.deliveries.columns import column_for
from lti_tool.services.pausing import LONGEST_RETRY_AFTER

_log = structlog.get_logger(__name__)

#: Waits: 15 s, doubling, at most 3 h. With these tries a score waits about two and a half days.
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=3)
MAX_TRIES = 30
#: How long a score waits while another worker makes its column.
COLUMN_WAIT = timedelta(seconds=2)
#: A gradebook that holds itself later than our score is asked so often before that is believed.
CONFLICT_TRIES = 4


class Outcome(StrEnum):
    """What came of one try. ``waiting``: none was made, and none is counted."""

    DELIVERED = "delivered"
    SUPERSEDED = "superseded"
    POSTPONED = "postponed"
    FAILED = "failed"
    WAITING = "waiting"


#: Any other leaves the score due.
_STATES = {
    Outcome.DELIVERED: DeliveryState.DELIVERED,
    Outcome.SUPERSEDED: DeliveryState.SUPERSEDED,
    Outcome.FAILED: DeliveryState.FAILED,
}


def send(
    transaction: Transaction, tokens: ServiceTokens, parcel: Parcel, now: Callable[[], datetime]
) -> tuple[Outcome, PlatformError | None]:
    """Send a claimed score and note the outcome in its row; with it goes what failed."""
    try:
        url = _post(transaction, tokens, parcel, now)
    except PlatformError as error:
        if error.code == ags.CONFLICT:
            return _settle(transaction, tokens, parcel, error, now), None
        return _note_failure(transaction, parcel, error, now()), error
    except Exception as error:  # one broken score must not stop the others
        _log.exception("delivery.crashed", delivery=parcel.id)
        said = f"The tool failed itself: {type(error).__name__}"
        failure = PlatformError("delivery.crashed", said, retryable=True)
        return _note_failure(transaction, parcel, failure, now()), failure
    if url is None:
        values = {"tries": ScoreDelivery.tries - 1, "due_at": now() + COLUMN_WAIT}
        return _note(transaction, parcel, Outcome.WAITING, **values), None
    return _note_arrival(transaction, parcel, now()), None


def _post(
    transaction: Transaction, tokens: ServiceTokens, parcel: Parcel, now: Callable[[], datetime]
) -> str | None:
    """The line item that took the score; None where its column is being made by another worker.
    Raises ``PlatformError``."""
    ags.check_scope(parcel.target.scopes)
    url = parcel.target.line_item_url or column_for(transaction, tokens, parcel, now)
    if url is None:
        return None
    try:
        _post_to(tokens, parcel, url)
    except PlatformError as error:
        if error.status not in (404, 410) or parcel.target.line_item_url is None:
            raise
        url = column_for(transaction, tokens, parcel, now, gone=error)
        if url is not None:
            _post_to(tokens, parcel, url)
    return url


def _post_to(tokens: ServiceTokens, parcel: Parcel, url: str) -> None:
    ags.post_score(
        tokens,
        parcel.platform,
        url,
        user_sub=parcel.sub,
        value=parcel.value,
        timestamp=parcel.timestamp,
        submitted_at=parcel.submitted_at,
        completed=parcel.completed,
    )


def _settle(
    transaction: Transaction,
    tokens: ServiceTokens,
    parcel: Parcel,
    error: PlatformError,
    now: Callable[[], datetime],
) -> Outcome:
    """The platform says that it has this score, or a later one. It has, where a try arrived whose
    answer did not; its results tell. Where they cannot be read it is believed in the end."""
    if parcel.value is None:
        return _note(transaction, parcel, Outcome.SUPERSEDED, last_error=_said(error))
    held = _held(tokens, parcel)
    if held is not None and any(one.agrees_with(parcel.value) for one in held):
        return _note_arrival(transaction, parcel, now())
    again = (parcel.last_error or "").startswith(ags.CONFLICT) and parcel.tries >= CONFLICT_TRIES
    if held is None and again:
        return _note(transaction, parcel, Outcome.SUPERSEDED, last_error=_said(error))
    final = PlatformError(
        ags.CONFLICT,
        "the gradebook refuses this score as too old, and does not hold it",
        retryable=not again,
        status=error.status,
    )
    return _note_failure(transaction, parcel, error if held is None else final, now())


def _held(tokens: ServiceTokens, parcel: Parcel) -> tuple[ags.Result, ...] | None:
    """What the gradebook holds for the user, if anything; None where that cannot be read."""
    url = parcel.target.line_item_url
    if url is None or ags.SCOPE_RESULT_READ not in parcel.target.scopes:
        return None
    try:
        return ags.get_results(tokens, parcel.platform, url, parcel.sub)
    except PlatformError:
        return None


def _note_arrival(transaction: Transaction, parcel: Parcel, now: datetime) -> Outcome:
    _log.info("delivery.done", delivery=parcel.id, tries=parcel.tries)
    values = {"delivered_at": now, "last_error": None}
    return _note(transaction, parcel, Outcome.DELIVERED, **values)


def _note_failure(
    transaction: Transaction, parcel: Parcel, error: PlatformError, now: datetime
) -> Outcome:
    final = not error.retryable or parcel.tries >= MAX_TRIES
    outcome = Outcome.FAILED if final else Outcome.POSTPONED
    wait = _wait(parcel.tries, error.retry_after)
    _log.warning(f"delivery.{outcome}", delivery=parcel.id, tries=parcel.tries, code=error.code)
    return _note(transaction, parcel, outcome, due_at=now + wait, last_error=_said(error))


def _note(transaction: Transaction, parcel: Parcel, outcome: Outcome, **values: object) -> Outcome:
    """Write ``values`` into the row, and the state that the outcome means. What did not arrive and
    has a later score beside it by now is superseded."""
    with transaction() as session:
        ends = outcome in (Outcome.DELIVERED, Outcome.SUPERSEDED)
        if not ends and has_later(session, parcel.user_id, parcel.link_pk, parcel.timestamp):
            outcome = Outcome.SUPERSEDED
        if outcome in _STATES:
            values["state"] = _STATES[outcome]
        session.execute(
            update(ScoreDelivery)
            .where(ScoreDelivery.id == parcel.id)
            .values(locked_until=None, **values)
        )
    return outcome


def _said(error: PlatformError) -> str:
    return f"{error.code}: {error.message}"[:500]


def _wait(tries: int, retry_after: float | None) -> timedelta:
    """A growing wait with a little chance in it, so that a crowd does not come back at once."""
    wait = min(FIRST_WAIT * (1 << min(tries - 1, 20)), LONGEST_WAIT)
    wait *= 0.9 + 0.2 * random.random()  # noqa: S311
    if retry_after is not None and retry_after > 0:
        wait = max(wait, min(timedelta(seconds=retry_after), LONGEST_RETRY_AFTER))
    return wait
