"""Where scores go in these tests, and what the clock says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lti_tool.models import (
    ResourceLink,
    ScoreDelivery,
    User,
)
from lti_tool.services.deliveries import (
    Round,
    deliver_due,
    write_delivery,
)

START = datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)


Answer = Callable[..., object]


ITEM = "https://lms.example/item"


class Post:
    """Where scores go in these tests, and what the clock says."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now = START
        self.sent: list[dict[str, Any]] = []
        self.answer: Answer = lambda **_: None

    def __call__(self, _tokens: object, _platform: object, url: str, **call: Any) -> None:
        self.sent.append({"url": url, **call})
        self.answer(**call)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with Session(self.engine) as session:
            session.connection(execution_options={"writes": True})
            yield session
            session.commit()

    def round(self) -> Round:
        return deliver_due(self.transaction, cast(Any, None), lambda: self.now)

    def write(self, user: int, value: str, completed: bool = True) -> int | None:
        with self.transaction() as session:
            row = write_delivery(
                session,
                session.get_one(User, user),
                session.get_one(ResourceLink, 1),
                Decimal(value),
                completed,
                self.now,
            )
            return row.id if row else None

    def row(self, number: int) -> ScoreDelivery:
        with Session(self.engine) as session:
            return session.get_one(ScoreDelivery, number)
