"""Every refusal as a page: what happened, a code, the administrator's next step, a way back; in
three languages, and never a stack trace. And whatever breaks in a page is such a page too."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

import lti_tool
from lti_tool.db import writing
from lti_tool.errors import (
    ConfigError,
    LtiToolError,
    PlatformError,
    RequestRefused,
    SessionRejected,
)
from lti_tool.lti.refusals import REFUSALS, refuse
from lti_tool.models import LaunchSession, now
from tests.integration.lti_tool.conftest import Campus, Tool

LANGUAGES = ("en", "fr", "ar")
SOURCE = Path(lti_tool.__file__).parent
BACK = "https://lms.example/course/7"


def raised_codes(kind: str) -> set[str]:
    """The codes that the tool's sources give to errors of ``kind``."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == kind and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    found.add(code.value)
    return found


Answer = Callable[..., TestResponse]


@pytest.fixture
def answer(tool: Tool) -> Iterator[Answer]:
    """What a page answers while ``error`` is raised in it."""
    views = dict(tool.app.view_functions)

    def ask(error: Exception, language: str = "en", endpoint: str = "lti.launch") -> TestResponse:
        def broken(**_: Any) -> NoReturn:
            raise error

        tool.app.view_functions[endpoint] = broken
        return get(tool, endpoint, language)

    yield ask
    tool.app.view_functions.clear()
    tool.app.view_functions.update(views)


def get(tool: Tool, endpoint: str, language: str) -> TestResponse:
    """The first address of ``endpoint``, with something in each of its places."""
    rule = next(item for item in tool.app.url_map.iter_rules() if item.endpoint == endpoint)
    path = re.sub(r"<(?:int[^:>]*:)[^>]+>", "1", rule.rule)
    path = re.sub(r"<[^>]+>", "AAAAAAAAAAAAAAAAAAAAAA", path)
    method = next(item for item in ("GET", "POST", "PUT") if item in (rule.methods or ()))
    headers = {"Accept-Language": language}
    client = tool.app.test_client(use_cookies=False)
    return client.open(path, method=method, headers=headers)


def check_page(response: TestResponse, code: str, language: str) -> str:
    html = response.get_data(as_text=True)
    assert 400 <= response.status_code < 600
    assert f'<html lang="{language}"' in html
    assert f">{code}</code>" in html
    lead = re.search(r'<p class="lead">(.+?)</p>', html)
    assert lead
    panel = re.search(r'<div class="panel">\s*<h2>.+?</h2>\s*<p>(.+?)</p>', html, re.DOTALL)
    assert panel, html  # the next step
    assert len(panel[1]) > 20
    for word in ("Traceback", "File &#34;", "lti_tool/", "sqlalchemy"):
        assert word not in html
    # A command stays in its own order, in Arabic too.
    for command in re.findall(r"lti-tool [a-z]+", html):
        assert f'<code dir="ltr">{command}' in html or f'data-copy="{command}' in html
    return html


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_of_a_launch(answer: Answer, language: str) -> None:
    for code in REFUSALS:
        html = check_page(answer(refuse(code, registration=7), language), code, language)
        assert "NUMBER" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_of_a_session(answer: Answer, language: str) -> None:
    codes = raised_codes("SessionRejected")
    assert {"session.expired", "session.other-browser"} <= codes
    for code in codes:
        error = SessionRejected(code, "This page has expired.", return_url=BACK)
        html = check_page(answer(error, language), code, language)
        assert f'href="{BACK}"' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_of_a_request(answer: Answer, language: str) -> None:
    codes = raised_codes("RequestRefused")
    assert {"invite.unknown", "form.forged", "unit.unknown"} <= codes
    for code in codes:
        error = RequestRefused(code, "This form is out of date.", 409, BACK)
        html = check_page(answer(error, language), code, language)
        assert f'href="{BACK}"' in html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PlatformError("outbound.refused", "No way (10.0.0.1).", retryable=True), None),
        (PlatformError("token.refused", "No token.", retryable=False), None),
        (ConfigError("config.secret-key", "secret_key in /etc/lti.toml is short."), None),
        (LtiToolError("keys.unreadable", "The key in row 7 cannot be read."), None),
        (
            OperationalError("SELECT name FROM users", {}, Exception("db.intern:5432")),
            "database.unavailable",
        ),
        (RuntimeError("learner Amina in row 7"), "tool.crashed"),
    ],
)
def test_what_goes_wrong_inside(
    answer: Answer, language: str, error: Exception, code: str | None
) -> None:
    html = check_page(answer(error, language), code or error.code, language)  # type: ignore[attr-defined]
    for secret in ("Amina", "db.intern", "SELECT", "/etc/lti.toml", "row 7", "10.0.0.1"):
        assert secret not in html


def test_whatever_breaks_in_any_page_is_a_page(tool: Tool, answer: Answer) -> None:
    endpoints = [item for item in tool.app.view_functions if "." in item]
    assert len({item.split(".")[0] for item in endpoints}) >= 8
    for endpoint in endpoints:
        if endpoint.startswith(("admin", "security")):
            continue  # behind a sign-in
        response = answer(RuntimeError("secret of row 7"), endpoint=endpoint)
        body = response.get_data(as_text=True)
        assert response.status_code == 500, endpoint
        assert "tool.crashed" in body, endpoint
        assert "secret" not in body, endpoint
        if response.mimetype != "application/json":
            check_page(response, "tool.crashed", "en")


def test_a_detail_and_a_command_are_isolated_in_arabic(answer: Answer) -> None:
    html = check_page(answer(refuse("token.expired", "62 s ago"), "ar"), "token.expired", "ar")
    assert "(<bdi>62 s ago</bdi>)" in html
    html = check_page(
        answer(RequestRefused("invite.unknown", "This registration address is not known."), "ar"),
        "invite.unknown",
        "ar",
    )
    assert html.count('<code dir="ltr">lti-tool registrations invite</code>') == 1


def test_a_hostile_detail_is_text(answer: Answer) -> None:
    error = refuse("launch.platform-refused", "<script>alert(1)</script>")
    assert "<script>alert" not in check_page(answer(error), "launch.platform-refused", "en")


def test_an_address_that_is_none_leads_nowhere(answer: Answer) -> None:
    error = SessionRejected("session.expired", "Over.", return_url="javascript:alert(1)")
    assert "javascript:" not in check_page(answer(error), "session.expired", "en")


def test_the_course_is_a_press_away_where_it_is_known(campus: Campus, tool: Tool) -> None:
    learner = campus.learner("away")
    with tool.app.app_context(), writing() as session:
        session.execute(update(LaunchSession).values(expires_at=now() - timedelta(hours=1)))
    for path in ("play", "me", "me/erasure"):
        place, _, rest = path.partition("/")
        answer = learner.get(f"/{place}/{learner.handle}" + (f"/{rest}" if rest else ""))
        assert answer.status_code == 401
        assert "session.expired" in answer.text
        assert f'href="{campus.platform.url}/return"' in answer.text
