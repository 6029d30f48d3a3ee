"""An LMS that speaks only some of cmi5, as Open edX's openedx-cmi5-xblock 0.1.3 does: its launch
data name no session, it keeps no State document of ours, it says ``{"success": true}`` to whatever
it does not know, a POST of statements among it, and a grade comes of a statement that is put."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from content.model import Unit
from tests.browser.cmi5.conftest import Begin
from tests.player_pages.learners import comes
from tests.scorm_packages.lrs import Cmi5Launch, Cmi5Lms
from tests.scorm_packages.playing import right_answers

pytestmark = pytest.mark.browser


class Block:
    """Answers in the place of the LMS's LRS; ``put`` are the verbs that it heard."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.put: list[str] = []
        self.deaf = deaf

    def stand_before(self, context: BrowserContext) -> None:
        for what in ("statements", "activities/state", "agents/profile"):
            context.route(f"**/{what}?*", self._answer)
        context.route("**/statements", self._answer)

    def _answer(self, route: Route) -> None:
        request = route.request
        query = parse_qs(urlsplit(request.url).query)
        if request.method == "OPTIONS":
            route.fallback()
        elif request.method == "PUT" and "statementId" in query:
            if self.deaf:
                route.abort()
                return
            self.put.append(json.loads(request.post_data or "")["verb"]["display"]["en"])
            self._say(route, 204, "")
        elif query.get("stateId") == ["LMS.LaunchData"]:
            template = {"contextActivities": {"parent": [{"id": "https://lms.example/course"}]}}
            given = {"contextTemplate": template, "launchMode": "Normal", "launchParameters": ""}
            self._say(route, 200, json.dumps(given))
        else:
            self._say(route, 200, '{"success": true}')

    def _say(self, route: Route, status: int, body: str) -> None:
        route.fulfill(status=status, body=body, headers={"Access-Control-Allow-Origin": "*"})


def finish(page: Page, begin: Begin, unit: Unit) -> None:
    learner = begin(page)
    learner.read_on(to="quiz")
    learner.answer_quiz(right_answers(unit))
    assert learner.hand_in() == 100


def test_a_learner_is_graded_and_comes_back_to_the_result(
    lms: Cmi5Lms, context: BrowserContext, launch: Cmi5Launch, begin: Begin, unit: Unit
) -> None:
    block = Block()
    block.stand_before(context)
    page = lms.open(context, launch)
    finish(page, begin, unit)
    expect(page.locator("#saving")).to_contain_text(begin(page).words("save.unsaved"))
    comes(page, lambda: "passed" in block.put)
    page.close()
    assert block.put[0] == "initialized"

    learner = begin(lms.open(context, launch))
    assert learner.where == "result", "the device remembers what the LMS does not"
    assert learner.score() == 100


def test_a_verdict_that_was_dropped_on_leaving_is_put_by_the_next_session(
    lms: Cmi5Lms, context: BrowserContext, launch: Cmi5Launch, begin: Begin, unit: Unit
) -> None:
    block = Block(deaf=True)
    block.stand_before(context)
    page = lms.open(context, launch)
    finish(page, begin, unit)
    page.goto("about:blank")
    page.close()
    assert "passed" not in block.put

    block.deaf = False
    page = lms.open(context, launch)
    assert begin(page).where == "result"
    comes(page, lambda: "passed" in block.put)
