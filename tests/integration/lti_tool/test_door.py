"""Logins and launches as they come in: what HTTP allows of them, many at once, and a database whose
server was started anew meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import requests
from sqlalchemy import select

from lti_tool.models import LaunchSession, Registration, db
from tests.conformance.browsing import arrives, refusal
from tests.integration.lti_tool.conftest import Campus


def login_fields(campus: Campus) -> dict[str, str]:
    platform = campus.platform
    return {"iss": platform.issuer, "login_hint": "7", "client_id": platform.client_id}


def ask(campus: Campus, method: str, path: str, **options: Any) -> requests.Response:
    url = campus.tool.url + path
    return requests.request(method, url, allow_redirects=False, timeout=30, **options)


def disconnect_everybody(campus: Campus) -> None:
    """End every connection to the database, as a server that is started anew does."""
    with campus.tool.app.app_context():
        url = db.engine.url.set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as own:
        ended = own.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    assert ended  # the pool held some


@pytest.fixture
def on_a_server(campus: Campus) -> Iterator[Campus]:
    with campus.tool.app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("a file loses no connection")
        yield campus
        db.engine.dispose()  # the next test finds none that was lost


def test_a_login_and_a_launch_find_their_connection_lost(on_a_server: Campus) -> None:
    campus, browser = on_a_server, on_a_server.browser()
    with ThreadPoolExecutor(4) as pool:  # so that the pool holds several
        list(pool.map(lambda number: campus.learner(f"before-{number}"), range(4)))
    disconnect_everybody(campus)
    login = browser.login()
    token = browser.sign(login, campus.platform.claims(sub="after"))
    disconnect_everybody(campus)
    arrives(browser.post(state=login["state"], id_token=token), "play")


def test_many_find_their_connections_lost_at_once(on_a_server: Campus) -> None:
    campus = on_a_server
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: campus.learner(f"one-{number}"), range(8)))
        disconnect_everybody(campus)
        list(pool.map(lambda number: campus.learner(f"two-{number}"), range(8)))


def test_the_first_launches_of_a_platform_at_once(campus: Campus) -> None:
    """All of them find nothing yet, and have a course, a link and a roster to write down."""
    title = uuid4().hex
    context = {"id": title, "title": title}

    def enter(number: int) -> str:
        custom = {"course": "small", "unit": "first"}
        claims = campus.platform.claims(sub=f"first-{number}", context=context, custom=custom)
        return campus.enter(claims).handle

    with ThreadPoolExecutor(12) as pool:
        handles = list(pool.map(enter, range(24)))
    assert len(set(handles)) == 24
    with campus.tool.app.app_context():
        opened = db.session.scalars(
            select(LaunchSession).where(LaunchSession.context.has(title=title))
        ).all()
        assert len(opened) == 24
        assert len({row.context_pk for row in opened}) == 1
        assert len({row.link_pk for row in opened}) == 1
        assert len({row.user_id for row in opened}) == 24


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_login_by_get_or_head(campus: Campus, method: str) -> None:
    path = f"/lti/{campus.public_id}/login"
    answer = ask(campus, method, path, params=login_fields(campus))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{campus.platform.url}/auth?")
    assert answer.content == b""
    assert answer.headers["Content-Length"] == "0"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_login_as_a_form_of_parts(campus: Campus) -> None:
    parts = {name: (None, value) for name, value in login_fields(campus).items()}
    answer = ask(campus, "POST", f"/lti/{campus.public_id}/login", files=parts)
    assert answer.status_code == 302


def test_a_field_in_the_query_and_in_the_form(campus: Campus) -> None:
    path, fields = f"/lti/{campus.public_id}/login", login_fields(campus)
    answer = ask(campus, "POST", path, data=fields, params={"iss": fields["iss"]})
    assert refusal(answer) == "request.repeated-field"


def test_a_login_with_a_body_that_is_too_long(campus: Campus) -> None:
    path = f"/lti/{campus.public_id}/login"
    answer = ask(campus, "POST", path, data={"login_hint": "x" * 1_200_000})
    assert answer.status_code == 413
    assert "request.too-large" in answer.text


@pytest.mark.parametrize("path", ["/lti/{}/login", "/lti/launch"])
def test_other_methods(campus: Campus, path: str) -> None:
    answer = ask(campus, "PUT", path.format(campus.public_id))
    assert answer.status_code == 405
    assert "page.method" in answer.text


@pytest.mark.parametrize("public_id", ["unknown", "%FF%FE", "%E2%98%83", "a%0Ab"])
def test_an_address_that_no_registration_has(campus: Campus, public_id: str) -> None:
    answer = ask(campus, "GET", f"/lti/{public_id}/login", params=login_fields(campus))
    assert refusal(answer) == "registration.unknown"


def test_an_auth_address_with_letters_beyond_ascii(campus: Campus) -> None:
    with campus.tool.app.app_context():
        row = db.session.scalars(select(Registration).filter_by(public_id=campus.public_id)).one()
        row.auth_url = f"{campus.platform.url}/début"
        db.session.commit()
    path = f"/lti/{campus.public_id}/login"
    answer = ask(campus, "GET", path, params=login_fields(campus))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{campus.platform.url}/d%C3%A9but?")
