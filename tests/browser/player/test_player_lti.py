"""The player before the tool's API, which is played here: slow, gone, refusing, and back again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from content.grading import grade, score
from content.model import Course, Unit
from content.render import result_as_json
from tests.browser.player.conftest import write_site
from tests.learner import Learner
from tests.player_pages.learners import comes, go, hand_in_right, words

pytestmark = pytest.mark.browser

Browse = Callable[..., Page]
HANDLE = "a-handle-of-128-bits"


class Api:
    """The tool's API of one unit, in memory. ``trouble`` answers instead while it is set."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.trouble: int | str | None = None
        self.calls: list[tuple[str, str, Any]] = []
        self.mode = "normal"
        self.state: dict[str, Any] = {
            "page": None,
            "seen": [],
            "attempts": [],
            "open": None,
            "attempts_allowed": unit.attempts,
            "completion": "incomplete",
            "success": "unknown",
            "value": None,
        }

    def answer(self, route: Route) -> None:
        request = route.request
        assert request.headers["authorization"] == f"Bearer {HANDLE}"
        assert "cookie" not in request.headers
        path = request.url.partition("/api")[2]
        body = request.post_data_json
        self.calls.append((request.method, path, body))
        if self.trouble == "gone":
            route.abort()
        elif isinstance(self.trouble, int):
            route.fulfill(status=self.trouble, json={"error": {"code": "x", "message": "x"}})
        else:
            route.fulfill(json=self.work(path, body))

    def work(self, path: str, body: Any) -> Any:
        if path == "/state":
            learner = {"name": "Salma"}
            units = {self.unit.id: self.state}
            return {"mode": self.mode, "learner": learner, "state": {"units": units}}
        what = path.split("/")[3]
        if what == "progress":
            self.state["page"] = body["page"]
            self.state["seen"] = list(dict.fromkeys(self.state["seen"] + body["seen"]))
        elif what == "answers":
            self.state["open"] = body
        elif what == "checks":
            question = self.unit.question(path.split("/")[4])
            assert question
            return result_as_json(grade(question, body["answer"], "en"), question, "en")
        elif body["number"] == len(self.state["attempts"]) + 1:
            self.hand_in(body)
        return {"state": self.state}

    def hand_in(self, body: Any) -> None:
        graded = {q.id: grade(q, body["answers"].get(q.id), "en") for q in self.unit.quiz}
        total = score(self.unit.quiz, graded)
        results = {q.id: result_as_json(graded[q.id], q, "en") for q in self.unit.quiz}
        self.state["attempts"].append(
            {
                "number": body["number"],
                "earned": str(total.earned),
                "possible": str(total.possible),
                "value": str(total.value),
                "handed_in": "2026-01-01T00:00:00+00:00",
                "answers": body["answers"],
                "results": results,
            }
        )
        self.state |= {"open": None, "value": str(total.value), "success": "passed"}

    def sent(self, what: str) -> list[Any]:
        return [body for _, path, body in self.calls if path.endswith(what)]


@pytest.fixture
def api(kitchen: Course) -> Api:
    return Api(kitchen.units[0])


@pytest.fixture
def launch(
    browse: Browse, api: Api, kitchen: Course, served: tuple[Path, str]
) -> Callable[[], Page]:
    folder, address = served
    write_site(folder, kitchen, "en", medium="lti", config={"api": "/api", "handle": HANDLE})

    def open_player() -> Page:
        page = browse()
        page.route("**/api/**", api.answer)
        page.goto(address + "/index.html")
        page.locator("body.is-ready").wait_for()
        return page

    return open_player


def test_the_server_grades_and_remembers(launch: Callable[[], Page], api: Api) -> None:
    page = launch()
    assert '"key"' not in (page.locator("#course-data").text_content() or "")
    assert not page.evaluate("'grading' in SSE")
    page.locator(".is-current .choice label").nth(1).click()
    page.locator(".is-current").get_by_role("button", name=words(page, "check.button")).click()
    expect(page.locator(".is-current .verdict")).to_have_text(words(page, "verdict.right"))
    go(page, "first/two")
    learner = hand_in_right(page, api.unit)
    assert learner.where == "result"
    # Pages that were seen go out first; but a slow one holds up no answers.
    comes(page, lambda: api.state["seen"] == ["one", "two"])
    assert len(api.sent("/hand-in")) == 1
    expect(page.locator(".view.is-current .verdict")).to_have_count(len(api.unit.quiz))
    page.reload()
    expect(page.locator(".verdict-panel")).to_be_visible()


def test_drafts_come_back(launch: Callable[[], Page], api: Api) -> None:
    api.state |= {"page": "quiz", "open": {"number": 1, "answers": {"single": "a", "word": "half"}}}
    page = launch()
    learner = Learner(page, api.unit)
    assert learner.where == "quiz"
    assert (learner.given("single"), learner.given("word")) == ("a", "half")
    with page.expect_response("**/answers"):
        learner.answer("single", "c")
    assert api.state["open"] == {"number": 1, "answers": {"single": "c", "word": "half"}}


@pytest.mark.parametrize("trouble", ["gone", 503])
def test_what_could_not_be_sent_is_sent_again(
    launch: Callable[[], Page], api: Api, trouble: int | str
) -> None:
    page = launch()
    expect(page.locator("#saving")).not_to_be_visible()
    api.trouble = trouble
    go(page, "first/two")
    expect(page.locator("#saving")).to_contain_text(words(page, "save.offline"))
    api.trouble = None
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#saving")).not_to_be_visible()
    assert api.state["seen"] == ["one", "two"]


def test_leaving_sends_what_waits(launch: Callable[[], Page], api: Api) -> None:
    page = launch()
    go(page, "first/quiz")
    # From here on no time goes by: it is not the pause after typing that sends it.
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    Learner(page, api.unit).answer("word", "almost lost")
    with page.expect_request("**/answers"):
        page.evaluate(
            """const state = { value: 'hidden', configurable: true };
            Object.defineProperty(document, 'visibilityState', state);
            document.dispatchEvent(new Event('visibilitychange'));"""
        )


def test_an_ended_session_says_how_to_go_on(launch: Callable[[], Page], api: Api) -> None:
    page = launch()
    api.trouble = 401
    go(page, "first/two")
    expect(page.locator("#saving")).to_contain_text(words(page, "save.expired"))
    calls = len(api.calls)
    go(page, "first/one")
    go(page, "first/two")
    assert len(api.calls) == calls, "nothing is asked in vain after that"


def test_an_attempt_handed_in_elsewhere_is_shown(launch: Callable[[], Page], api: Api) -> None:
    page = launch()
    go(page, "first/quiz")
    api.hand_in({"number": 1, "answers": {}})
    page.route(
        "**/answers",
        lambda route: route.fulfill(
            status=409,
            body=json.dumps({"error": {"code": "attempt.closed", "message": ""}}),
            content_type="application/json",
        ),
    )
    Learner(page, api.unit).answer("word", "too late")
    expect(page.locator(".view.is-current")).to_contain_text("handed in 1 attempt")


def test_a_hand_in_that_fails_keeps_the_answers(launch: Callable[[], Page], api: Api) -> None:
    page = launch()
    go(page, "first/quiz")
    learner = Learner(page, api.unit)
    learner.answer("single", "b")
    page.get_by_role("button", name=words(page, "quiz.hand-in")).click()
    page.get_by_role("button", name=words(page, "quiz.missing.anyway")).click()
    api.trouble = 400
    confirm = page.get_by_role("dialog")
    confirm.get_by_role("button", name=words(page, "quiz.confirm.yes"), exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(words(page, "quiz.failed"))
    assert learner.given("single") == "b"
    api.trouble = None
    page.get_by_role("button", name=words(page, "quiz.missing.anyway")).click()
    confirm.get_by_role("button", name=words(page, "quiz.confirm.yes"), exact=True).click()
    expect(page.locator(".verdict-panel")).to_be_visible()


def test_a_preview_grades_and_sends_nothing_else(launch: Callable[[], Page], api: Api) -> None:
    api.mode = "browse"
    page = launch()
    expect(page.locator(".notices")).to_contain_text(words(page, "notice.browse"))
    go(page, "first/two")
    hand_in_right(page, api.unit)
    assert {path for _, path, _ in api.calls} == {"/state", "/units/first/hand-in"}


def test_no_server_at_the_start(launch: Callable[[], Page], api: Api) -> None:
    api.trouble = 400
    page = launch()
    expect(page.locator(".notices")).to_contain_text(words(page, "start.failed"))
    api.trouble = None
    page.get_by_role("button", name=words(page, "start.again")).click()
    expect(page.locator('.is-current[data-view="first/one"]')).to_be_visible()
