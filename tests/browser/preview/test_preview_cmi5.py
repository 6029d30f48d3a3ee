"""A cmi5 preview: the package speaks to an LRS of the preview, which shows and judges it."""

from __future__ import annotations

import http.client
import json
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

from content.load import load_course
from scorm_builder.preview.lrs import PreviewLrs
from tests.browser.preview.conftest import Open, shown
from tests.browser.preview.test_preview_page import QUESTIONS, assert_accessible, edit, inside
from tests.learner import Learner, right_answer
from tests.previewing import Preview

pytestmark = pytest.mark.browser


def test_a_session_is_taken_shown_and_gone_on_with(preview: Preview, opened: Open) -> None:
    unit = load_course(preview.course).units[0]
    page = opened(f"?medium=cmi5&unit={unit.id}")
    learner = Learner(page.frames[1], unit)
    learner.read_on(to="quiz")
    learner.answer_quiz({question.id: right_answer(question, "en") for question in unit.quiz})
    assert learner.hand_in() == 100
    statements = page.locator("#lms-elements")
    for verb in ("initialized", "completed", "passed"):
        expect(statements.get_by_text(verb, exact=True)).to_have_count(1)
    expect(statements).to_contain_text("score 1")
    expect(page.locator("#lms-kept")).to_contain_text("100.00 %")
    expect(page.locator("#lms-faults")).to_have_text("None so far.")
    assert_accessible(page, "cmi5")

    page.locator("#lms-resume").click()
    expect(inside(page).get_by_text("100%").first).to_be_visible()
    expect(statements.get_by_text("terminated", exact=True)).to_have_count(1)
    expect(statements.get_by_text("initialized", exact=True)).to_have_count(2)
    expect(statements.get_by_text("passed", exact=True)).to_have_count(1)

    page.locator("#lms-new").click()
    expect(inside(page).get_by_role("heading", name="Who decides?")).to_be_visible()
    expect(statements.get_by_text("passed", exact=True)).to_have_count(0)
    expect(page.locator("#lms-facts")).to_contain_text("2, 3")
    expect(page.locator("#lms-faults")).to_have_text("None so far.")


def test_a_save_goes_on_with_the_registration(preview: Preview, opened: Open) -> None:
    page = opened("?medium=cmi5")
    inside(page).locator("a[rel=next]").first.click()
    expect(page.locator("#lms-kept")).to_contain_text("2 of 2")
    edit(preview, QUESTIONS, "en: One\n", "en: Just one\n")
    shown(page, 1)
    expect(inside(page).get_by_role("heading", name="An assembly")).to_be_visible()
    expect(page.locator("#lms-facts")).to_contain_text("1, 2")
    expect(page.locator("#lms-faults")).to_have_text("None so far.")


def test_what_it_cannot_save_is_told(preview: Preview, opened: Open) -> None:
    page = opened("?medium=cmi5")
    page.locator("#lms-failing").check()
    inside(page).locator("a[rel=next]").first.click()
    expect(inside(page).locator("#saving")).to_be_visible()
    page.locator("#lms-failing").uncheck()
    expect(page.locator("#lms-kept")).to_contain_text("2 of 2")


def test_breaches_are_noted() -> None:
    lrs = PreviewLrs()
    query = parse_qs(lrs.launch("http://x/", "course", fresh=False, mode="Review"))
    fetch = "/_preview/lrs/xapi/fetch/0"
    token = json.loads(lrs.answer("POST", fetch, {}, {}, b"").body)["auth-token"]
    assert "error-code" in json.loads(lrs.answer("POST", fetch, {}, {}, b"").body)
    headers = {"Authorization": f"Basic {token}", "X-Experience-API-Version": "1.0.3"}
    statements = "/_preview/lrs/xapi/statements"
    assert lrs.answer("PUT", statements, {}, {}, b"{}").status == 401
    assert (
        lrs.answer("PUT", statements, {}, headers | {"X-Experience-API-Version": ""}, b"").status
        == 400
    )
    assert lrs.answer("PUT", statements, {}, headers, b"{").status == 400
    assert lrs.answer("PUT", statements, {}, headers, b'{"id": "1"}').status == 400
    passed = {
        "id": "0" * 8 + "-0000-4000-8000-" + "0" * 12,
        "verb": {"id": "http://x/verbs/passed"},
    }
    assert lrs.answer("PUT", statements, {}, headers, json.dumps(passed).encode()).status == 204
    other = json.dumps(passed | {"timestamp": "x"}).encode()
    assert lrs.answer("PUT", statements, {}, headers, other).status == 409
    state = "/_preview/lrs/xapi/activities/state"
    key = {"stateId": "s", "registration": query["registration"][0]}
    assert lrs.answer("PUT", state, {"stateId": "s"}, headers, b"{}").status == 400
    first = lrs.answer("PUT", state, key, headers | {"If-None-Match": "*"}, b"{}")
    assert (first.status, bool(first.etag)) == (204, True)
    assert lrs.answer("PUT", state, key, headers | {"If-None-Match": "*"}, b"{}").status == 412
    assert lrs.answer("PUT", state, key, headers | {"If-Match": '"x"'}, b"{}").status == 412
    assert lrs.answer("PUT", state, key, headers | {"If-Match": first.etag}, b"1").status == 204
    assert (
        lrs.answer("PUT", state, key | {"stateId": "LMS.LaunchData"}, headers, b"1").status == 403
    )
    told = " ".join(one["message"] for one in lrs.view()["faults"])
    for words in ("asked twice", "without the token", "1.0.x", "not JSON", "UUID", "registration"):
        assert words in told
    for words in ("category cmi5", "in review mode", "another actor", "session", "LaunchData"):
        assert words in told


def test_other_sites_reach_nothing(preview: Preview) -> None:
    def ask(path: str, method: str = "POST", **headers: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", preview.port, timeout=60)
        connection.request(method, path, body=b"{}", headers=headers)
        status = connection.getresponse().status
        connection.close()
        return status

    assert ask("/_preview/lrs/launch") == 200
    assert ask("/_preview/lrs/launch", Origin="http://evil.example") == 403
    assert ask("/_preview/lrs/failing", Host="evil.example:80") == 421
    assert ask("/_preview/lrs/xapi/statements", "PUT") == 401
    assert ask("/", "POST") == 404
    assert ask("/_preview/lrs/launch", **{"Content-Length": "9999999"}) == 413
