"""Refused logins and launches are written down for the operators, and the platform's clock is."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from lti_tool.db import writing
from lti_tool.models import LaunchRefusal, Registration, db, now
from lti_tool.services.refused import MOST_AN_HOUR
from tests.conformance.platform import ABSENT, rsa_key
from tests.integration.lti_tool.conftest import Campus


def registration_of(campus: Campus) -> Registration:
    return db.session.scalars(
        select(Registration).where(Registration.public_id == campus.public_id)
    ).one()


def rows(campus: Campus) -> list[LaunchRefusal]:
    with campus.tool.app.app_context():
        number = registration_of(campus).id
        query = select(LaunchRefusal).where(LaunchRefusal.registration_id == number)
        return list(db.session.scalars(query.order_by(LaunchRefusal.id)))


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"version": ABSENT}, "claim.version"), ({"aud": "tool-2"}, "token.audience")],
)
def test_a_refused_launch_is_written_down(
    campus: Campus, changes: dict[str, Any], code: str
) -> None:
    answer = campus.browser().launch(campus.platform.claims(**changes))
    assert answer.status_code in (400, 401)
    (row,) = rows(campus)
    assert (row.code, row.detail) == (code, None)
    assert now() - row.at < timedelta(minutes=5)


def test_a_refused_login_is_written_down(campus: Campus) -> None:
    assert campus.browser().ask_login(login_hint=ABSENT).status_code == 400
    assert [row.code for row in rows(campus)] == ["login.hint-missing"]


def test_a_forged_state_is_of_no_registration(campus: Campus) -> None:
    with campus.tool.app.app_context(), writing() as session:
        session.execute(delete(LaunchRefusal))
    assert campus.browser().post(state="forged", id_token="x").status_code == 401
    assert rows(campus) == []
    with campus.tool.app.app_context():
        (row,) = db.session.scalars(select(LaunchRefusal)).all()
        assert (row.code, row.registration_id) == ("launch.state-unknown", None)


def test_no_row_tells_of_a_person(campus: Campus) -> None:
    """Whatever the platform, or somebody in its name, puts into the fields."""
    browser = campus.browser()
    login = browser.login()
    browser.post(state=login["state"], error="amina@campus.example may not")
    browser.ask_login(**{"amina@campus.example": ["1", "2"]})
    moment = int(time.time())
    browser.launch(campus.platform.claims(sub="amina-7", iat=moment - 400, exp=moment - 300))
    found = rows(campus)
    assert {row.code for row in found} >= {"launch.platform-refused", "token.expired"}
    for row in found:
        assert "amina" not in f"{row.code} {row.detail}".lower()
    assert any(row.detail and "s ago" in row.detail for row in found)


def test_a_flood_does_not_fill_the_table(campus: Campus) -> None:
    with campus.tool.app.app_context(), writing() as session:
        number = registration_of(campus).id
        session.add_all(
            LaunchRefusal(registration_id=number, code="token.signature", at=now())
            for _ in range(MOST_AN_HOUR - 1)
        )
    for _ in range(3):
        campus.browser().launch(key=rsa_key("forged"))
    assert len(rows(campus)) == MOST_AN_HOUR
    with campus.tool.app.app_context(), writing() as session:
        session.execute(update(LaunchRefusal).values(at=now() - timedelta(hours=2)))
    campus.browser().launch(key=rsa_key("forged"))
    assert len(rows(campus)) == MOST_AN_HOUR + 1


def clock(campus: Campus) -> tuple[float | None, Any]:
    with campus.tool.app.app_context():
        row = registration_of(campus)
        return row.skew_seconds, row.skew_at


def launch_with(campus: Campus, seconds: int) -> None:
    moment = int(time.time()) + seconds
    campus.enter(campus.platform.claims(iat=moment, exp=moment + 100))


def test_the_platforms_clock_is_kept_and_not_at_each_launch(campus: Campus) -> None:
    assert clock(campus) == (None, None)
    launch_with(campus, 30)
    skew, noted = clock(campus)
    assert skew is not None
    assert 0 < skew <= 30
    launch_with(campus, -30)
    moved, again = clock(campus)
    assert moved is not None
    assert moved < -29
    assert again > noted
    # About as it is now: not written again before the hour is over.
    with campus.tool.app.app_context(), writing() as session:
        values = {"skew_seconds": -30.5, "skew_at": now() - timedelta(minutes=50)}
        session.execute(
            update(Registration).where(Registration.public_id == campus.public_id).values(**values)
        )
    before = clock(campus)
    campus.a_moment_later()
    launch_with(campus, -30)
    assert clock(campus) == before
    with campus.tool.app.app_context(), writing() as session:
        session.execute(
            update(Registration)
            .where(Registration.public_id == campus.public_id)
            .values(skew_at=now() - timedelta(minutes=61))
        )
    campus.a_moment_later()
    launch_with(campus, -30)
    assert clock(campus)[1] > before[1]
