"""cmi5 where the LMS is not there, or not as xAPI has it: nothing is lost, each thing said once."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from content.model import Unit
from tests.browser.cmi5.conftest import Begin
from tests.scorm_packages.lrs import Cmi5Launch, Cmi5Lms
from tests.scorm_packages.lrs_requests import Fault
from tests.scorm_packages.playing import right_answers

pytestmark = pytest.mark.browser


def test_what_was_done_while_the_lms_did_not_answer_goes_out_with_the_next_launch(
    lms: Cmi5Lms, context: BrowserContext, launch: Cmi5Launch, begin: Begin, unit: Unit
) -> None:
    lms.faults = [Fault("fetch", status=500)]
    page = lms.open(context, launch)
    learner = begin(page)
    expect(page.locator(".notices")).to_contain_text(learner.words("notice.no-lms-yet"))
    learner.read_on(to="quiz")
    learner.answer_quiz(right_answers(unit))
    assert learner.hand_in() == 100
    page.close()

    lms.faults = []
    other = Cmi5Launch(
        "unit", "00000000-0000-4000-8000-000000000002", learner="learner-2", mastery=0.7
    )
    page = lms.open(context, other)
    assert begin(page).where == unit.pages[0].id
    lms.leave(page)

    page = lms.open(context, launch)
    learner = begin(page)
    expect(page.locator(".notices")).to_contain_text(learner.words("notice.recovered"))
    assert learner.where == "result"
    lms.wait_for("passed")
    lms.leave(page)
    assert len(lms.said("answered")) == len(unit.quiz), "each answer too"
    assert lms.violations == []


def test_answers_that_the_last_session_could_not_say_are_said_by_the_next(
    lms: Cmi5Lms, context: BrowserContext, launch: Cmi5Launch, begin: Begin, unit: Unit
) -> None:
    """The state came through, the statements did not: and the tab is closed."""
    page = lms.open(context, launch)
    learner = begin(page)
    lms.wait_for("initialized")
    lms.faults = [Fault("statements", status=503)]
    learner.read_on(to="quiz")
    learner.answer_quiz(right_answers(unit))
    assert learner.hand_in() == 100
    lms.leave(page, ending=False)  # its last words are refused as well

    lms.faults = []
    page = lms.open(context, launch)
    assert begin(page).where == "result"
    lms.wait_for("passed")
    lms.leave(page)
    assert len(lms.said("answered")) == len(unit.quiz)
    page = lms.open(context, launch)
    begin(page)
    lms.leave(page)
    assert len(lms.said("answered")) == len(unit.quiz)
    assert lms.violations == []


def test_a_server_that_never_knows_its_own_etags_is_written_to_all_the_same(
    lms: Cmi5Lms, context: BrowserContext, launch: Cmi5Launch, begin: Begin, unit: Unit
) -> None:
    """As behind an Apache that compresses and adds “-gzip” to each ETag on its way out."""

    def changed(route: Route) -> None:
        answer = route.fetch()
        headers = answer.headers
        if "etag" in headers:
            headers["etag"] = headers["etag"][:-1] + '-gzip"'
        route.fulfill(response=answer, headers=headers)

    page = context.new_page()
    page.route("**/xapi/activities/state**", changed)
    page.goto(lms.prepare(launch))
    learner = begin(page)
    lms.wait_for("initialized")
    learner.read_on(to="quiz")
    learner.answer_quiz(right_answers(unit))
    assert learner.hand_in() == 100
    lms.wait_for("passed")
    assert lms.falls_silent(page), "no storm"
    expect(page.locator("#saving")).to_be_hidden()
    lms.leave(page)
    page = lms.open(context, launch)
    assert begin(page).where == "result"
    page.close()
    assert lms.violations == []
