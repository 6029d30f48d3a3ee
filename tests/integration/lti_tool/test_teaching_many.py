"""The table of very many learners: page by page, and no more questions to the database."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, insert, select

from lti_tool.db import writing
from lti_tool.models import (
    Attempt,
    Enrolment,
    UnitProgress,
    User,
    db,
    now,
)
from tests.integration.lti_tool.conftest import Campus
from tests.integration.lti_tool.overview import (
    RIGHT,
    cards,
    hand_in,
    link_of,
    rows,
    teacher_of,
    texts,
)


@contextmanager
def counting(campus: Campus) -> Iterator[Callable[[], int]]:
    """How many statements the server ran meanwhile."""
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    with campus.tool.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield lambda: count
    finally:
        event.remove(engine, "before_cursor_execute", note)


class TestManyLearners:
    COUNT = 2000

    @pytest.fixture
    def crowd(self, campus: Campus) -> str:
        first = campus.learner("crowd-0", name="Crowd 0000", context={"id": "crowd"})
        hand_in(first, 1, RIGHT)
        with campus.tool.app.app_context(), writing() as session:
            link = link_of("crowd")
            user = session.scalars(select(User).where(User.sub == "crowd-0")).first()
            version = session.scalars(select(Attempt).order_by(Attempt.id.desc())).first()
            assert user is not None
            assert version is not None
            people = session.scalars(
                insert(User).returning(User.id),
                [
                    {
                        "registration_id": user.registration_id,
                        "sub": f"crowd-{number}",
                        "name": f"Crowd {number:04}",
                        "created_at": now(),
                    }
                    for number in range(1, self.COUNT)
                ],
            ).all()
            session.execute(
                insert(Enrolment),
                [
                    {"context_pk": link.context_pk, "user_id": one, "is_instructor": False}
                    for one in people
                ],
            )
            progress = session.scalars(
                insert(UnitProgress).returning(UnitProgress.id),
                [
                    {
                        "user_id": one,
                        "link_pk": link.id,
                        "page": "one",
                        "seen": ["one"],
                        "started_at": now(),
                        "updated_at": now(),
                        "extra_attempts": 0,
                    }
                    for one in people
                ],
            ).all()
            session.execute(
                insert(Attempt),
                [
                    {
                        "progress_pk": one,
                        "number": 1,
                        "version_digest": version.version_digest,
                        "language": "en",
                        "answers": {},
                        "earned": "1",
                        "possible": "2",
                        "value": f"{place % 100}.00",
                        "started_at": now(),
                        "handed_in_at": now(),
                    }
                    for place, one in enumerate(progress)
                ],
            )
        return "crowd"

    def test_a_page_costs_few_statements(self, campus: Campus, crowd: str) -> None:
        teacher = teacher_of(campus, crowd)
        path = f"/teach/{teacher.handle}"
        teacher.get(path)
        with counting(campus) as count:
            page = teacher.get(path).text
            assert count() <= 6
        assert cards(page)["Everyone"] == self.COUNT
        assert len(rows(page)) == 50
        assert "Page 1 of 40" in texts(page)
        with counting(campus) as count:
            last = teacher.get(f"{path}?sort=-score&page=9999").text
            assert count() <= 6
        assert "Page 40 of 40" in texts(last)
        assert len(rows(last)) == 50
        with counting(campus) as count:
            file = teacher.get(f"{path}/learners.csv?stage=done")
            assert count() <= 5
        assert len(list(csv.reader(io.StringIO(file.text)))) > 700
