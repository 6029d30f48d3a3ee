"""Who gets into the console, and who does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests

from lti_tool.db import writing
from lti_tool.models import AuditEntry, db, now
from lti_tool.models import Operator as Account
from lti_tool.services import audit, operators
from lti_tool.web.admin import console_of
from tests.console import Operator, forget_tries
from tests.integration.lti_tool.conftest import Tool

WRONG = "Address or password are not right, or the account is locked"


@pytest.fixture
def operator(tool: Tool) -> Iterator[Operator]:
    forget_tries(tool.app)
    yield Operator(tool.app, tool.url)
    with console_of(tool.app).app_context():
        db.engine.dispose()


def account(tool: Tool, email: str) -> Account:
    with tool.app.app_context():
        return operators.find(db.session(), email)


def test_both_factors_let_in_and_leaving_ends_it(operator: Operator, tool: Tool) -> None:
    operator.signed_in()
    page = operator.get("/")
    assert operator.email in page.text
    policy = page.headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'none'")
    assert page.headers["Cache-Control"] == "no-store"
    kept = account(tool, operator.email)
    assert kept.password.startswith("$argon2id$")
    assert operator.password not in kept.password
    assert kept.tf_totp_secret
    assert operator.secret not in kept.tf_totp_secret
    old = operator.cookie
    assert operator.post("/sign-out").status_code == 302
    assert operator.get("/").headers["Location"] == "/admin/sign-in"
    with tool.app.app_context():
        entries = db.session.query(AuditEntry).filter_by(actor=operator.email).all()
        assert [entry.action for entry in entries] == ["operator.signed-in"]
    assert old


def test_the_cookie_is_the_consoles_alone(operator: Operator, tool: Tool) -> None:
    answer = operator.get("/sign-in")
    (line,) = answer.raw.headers.getlist("Set-Cookie")
    attributes = {part.strip().lower() for part in line.split(";")[1:]}
    assert {"secure", "httponly", "path=/admin", "samesite=lax"} <= attributes
    assert "Set-Cookie" not in requests.get(f"{tool.url}/", timeout=30).headers


def test_the_password_alone_opens_nothing(operator: Operator) -> None:
    operator.signed_in()
    operator.cookie = None
    assert operator.give_password().headers["Location"].startswith("/admin/sign-in/code")
    for path in ("/", "/registrations/", "/account", "/account/recovery-codes", "/keys/"):
        assert operator.get(path).headers["Location"] == "/admin/sign-in", path
    # Nor does it set up another app in the place of the one that there is.
    again = operator.post("/account/authenticator", setup="authenticator")
    assert again.status_code == 302
    assert "key" not in again.text


def test_a_code_is_good_once(operator: Operator) -> None:
    operator.signed_in()
    used = operator.code()
    operator.cookie = None
    operator.give_password()
    operator.get("/sign-in/code")
    refused = operator.give_code(used)
    assert refused.status_code == 200
    assert "was used already" in refused.text
    assert operator.give_code(operator.code(ahead=1)).headers["Location"] == "/admin/"


def test_wrong_passwords_lock_the_account_for_a_while(operator: Operator, tool: Tool) -> None:
    operator.hired()
    for _ in range(operators.MAX_FAILURES):
        assert WRONG in operator.give_password("not the password at all").text
    locked = operator.give_password()
    assert WRONG in locked.text, "the right password says no more than a wrong one"
    with tool.app.app_context(), writing() as session:
        operators.find(session, operator.email).locked_until = now() - timedelta(seconds=1)
    assert operator.give_password().status_code == 302


def test_wrong_codes_lock_the_account_too(operator: Operator, tool: Tool) -> None:
    operator.signed_in()
    operator.cookie = None
    operator.give_password()
    operator.get("/sign-in/code")
    for _ in range(operators.MAX_FAILURES):
        assert operator.give_code("000000").status_code == 200
    assert operators.is_locked(account(tool, operator.email), now())
    assert operator.give_code(operator.code(ahead=1)).status_code == 200
    assert operator.get("/").status_code == 302


def test_tries_are_limited_for_each_address(operator: Operator) -> None:
    operator.hired()
    operator.get("/sign-in")
    answers = [
        operator.post("/sign-in", email=f"nobody-{number}@campus.example", password="x" * 12)
        for number in range(11)
    ]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert "console.too-many-tries" in answers[-1].text
    assert operator.get("/sign-in").status_code == 200


def test_a_recovery_code_replaces_the_app_once(operator: Operator) -> None:
    operator.signed_in()
    operator.get("/account/recovery-codes")
    codes = re.findall(
        r'<code dir="ltr">([\w-]+)</code>',
        operator.post("/account/recovery-codes", generate_new_codes="1").text,
    )
    assert len(codes) == 8
    for code, status in ((codes[0], 302), (codes[0], 200), ("wrong", 200), (codes[1], 302)):
        operator.cookie = None
        forget_tries(operator.app)
        operator.give_password()
        operator.get("/sign-in/recovery")
        assert operator.post("/sign-in/recovery", code=code).status_code == status, code
    assert operator.get("/").status_code == 200


def test_a_reset_ends_sessions_and_clears_the_second_factor(operator: Operator, tool: Tool) -> None:
    operator.signed_in()
    with tool.app.app_context(), writing() as session:
        operators.reset(session, operator.email.upper(), "another password", audit.COMMAND_LINE)
    assert operator.get("/").headers["Location"] == "/admin/sign-in"
    assert WRONG in operator.give_password().text
    again = operator.give_password("another password")
    assert again.headers["Location"] == "/admin/account/authenticator"


def test_who_was_removed_is_out_at_once(operator: Operator, tool: Tool) -> None:
    operator.signed_in()
    with tool.app.app_context(), writing() as session:
        operators.remove(session, operator.email, audit.COMMAND_LINE)
    assert operator.get("/").headers["Location"] == "/admin/sign-in"
    assert operator.give_password().status_code == 200


def test_nothing_answers_without_signing_in(operator: Operator, tool: Tool) -> None:
    operator.get("/sign-in")
    console = console_of(tool.app)
    adapter = console.url_map.bind("console.example")
    rules = list(console.url_map.iter_rules())
    assert len(rules) > 40
    opened = 0
    for rule in rules:
        values = {
            "number": 1,
            "deployment": 1,
            "consumer": 1,
            "what": "suspend",
            "token": "x",
            "digest": "x",
            "name": "admin.css",
        }
        path = adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if method == "GET":
                answer = operator.get(path)
                open_page = path == "/sign-in"
                opened += open_page
                assert answer.status_code in ((200,) if open_page else (302, 404)), path
                if answer.status_code == 302:
                    assert answer.headers["Location"].endswith("/sign-in"), path
            elif path != "/sign-in":
                answer = operator.post(path)
                assert answer.status_code in (302, 401, 404, 405), path
                if answer.status_code == 302:
                    assert answer.headers["Location"].endswith("/sign-in"), path
    assert opened == 1


def test_every_form_needs_its_token(operator: Operator, tool: Tool) -> None:
    operator.signed_in()
    other = Operator(tool.app, tool.url).signed_in()
    for path in ("/keys/rotate", "/registrations/invite", "/people/", "/sign-out"):
        bare = operator.request("POST", path)
        assert (bare.status_code, "form.forged" in bare.text) == (403, True), path
        theirs = operator.request("POST", path, data={"csrf_token": other.token})
        assert theirs.status_code == 403, path
    assert operator.get("/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/register", "/reset", "/tf-rescue", "/confirm", "/us-signin", "/users", "/nowhere"]
)
def test_there_is_no_registration_and_no_mail(operator: Operator, path: str) -> None:
    operator.signed_in()
    assert operator.get(path).status_code == 404
    assert operator.post(path, email="x@campus.example").status_code in (404, 405)


def test_without_accounts_the_page_says_how_to_make_one(operator: Operator, tool: Tool) -> None:
    with tool.app.app_context(), writing() as session:
        session.query(Account).delete()
    assert "lti-tool operators add" in operator.get("/sign-in").text
    operator.hired()
    assert "lti-tool operators add" not in operator.get("/sign-in").text
