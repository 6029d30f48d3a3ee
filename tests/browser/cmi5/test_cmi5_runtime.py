"""A cmi5 launch, played as a learner plays it: the LMS hears what cmi5 demands, and each once."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from content.model import Course, Unit
from tests import venv_xblock
from tests.browser.cmi5.conftest import Begin
from tests.browser.player.conftest import AXE, write_site
from tests.player_pages.courses import every_type, kitchen_course
from tests.player_pages.learners import hand_in_right
from tests.scorm_packages.lrs import Cmi5Launch, Cmi5Lms, Fault
from tests.scorm_packages.playing import right_answers, wrong_answers
from tests.scorm_packages.statement_rules import CMI5
from tests.unit.render.player import node

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[3]


def saved(page: Page) -> None:
    """Until the LMS has what was done here: then the device keeps no copy of it."""
    page.evaluate("SSE.app.flush()")
    copies = "Object.keys(localStorage).filter((key) => key.startsWith('sse:copy:'))"
    page.wait_for_function(f"{copies}.length === 0")


def finish(page: Page, begin: Begin, unit: Unit) -> None:
    """Read everything, and earn all points."""
    learner = begin(page)
    learner.read_on(to="quiz")
    learner.answer_quiz(right_answers(unit))
    assert learner.hand_in() == 100


def judged_by_others(statements: list[dict[str, Any]]) -> list[str]:
    """What Learning Locker's validator says against them."""
    script = ROOT / "tests/scorm_packages/validate_statements.mjs"
    done = subprocess.run(
        [node(), str(script), str(ROOT / "tests/node/package.json")],
        input=json.dumps(statements),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return list(json.loads(done.stdout))


def assert_an_lrs_takes_and_keeps(lms: Cmi5Lms, launch: Cmi5Launch) -> None:
    """An LRS of others hears the same requests, and gives back what was said."""
    heard = json.dumps({"registration": launch.registration, "requests": lms.heard})
    told = json.loads(venv_xblock.run(ROOT / "tests/scorm_packages/lrs_judge.py", said=heard))
    assert told["objections"] == []
    kept = {one["id"]: one for one in told["kept"]}
    said = lms.said()
    assert len(told["kept"]) == len(said)
    for one in said:
        added = {"authority", "stored", "version"}
        assert {k: v for k, v in kept[one["id"]].items() if k not in added - one.keys()} == one


def test_two_sessions_to_a_pass(
    lms: Cmi5Lms, context: BrowserContext, launch: Cmi5Launch, begin: Begin, unit: Unit
) -> None:
    page = lms.open(context, launch)
    learner = begin(page)
    learner.read_on(to="quiz")
    learner.answer_quiz(wrong_answers(unit))
    assert learner.hand_in() == 25
    lms.leave(page)
    assert lms.verbs() == ["initialized", *["answered"] * 4, "completed", "terminated"]

    page = lms.open(context, launch)
    learner = begin(page)
    assert learner.where == "result"
    learner.try_again()
    learner.answer_quiz(right_answers(unit))
    assert learner.hand_in() == 100
    passed = lms.wait_for("passed")
    assert passed["result"]["score"] == {"scaled": 1}
    assert passed["context"]["extensions"][CMI5 + "context/extensions/masteryscore"] == 0.7
    lms.leave(page)
    assert lms.verbs() == ["initialized", *["answered"] * 4, "passed", "terminated"]
    assert lms.violations == []
    assert judged_by_others(lms.said()) == []
    page = lms.open(context, launch)
    begin(page)
    lms.leave(page)
    assert lms.verbs() == ["initialized", "terminated"], "each verdict once a registration"
    assert lms.violations == []
    assert_an_lrs_takes_and_keeps(lms, launch)


@pytest.mark.parametrize(
    ("mark", "verdict"), [(0.2, "passed"), (0.9999, "failed"), (None, "failed")]
)
def test_the_lms_sets_the_mark(
    course: Course,
    context: BrowserContext,
    begin: Begin,
    tmp_path: Path,
    mark: float | None,
    verdict: str,
) -> None:
    once = replace(course, units=(replace(course.units[0], attempts=1),))
    unit = once.units[0]
    write_site(tmp_path, once, "en", medium="cmi5")
    with Cmi5Lms() as lms:
        lms.upload("unit", tmp_path)
        page = lms.open(context, Cmi5Launch("unit", mastery=mark))
        learner = begin(page)
        learner.read_on(to="quiz")
        learner.answer_quiz(wrong_answers(unit))
        learner.hand_in()
        found = lms.wait_for(verdict)
        assert found["result"]["score"] == {"scaled": 0.25}
        lms.leave(page)
        assert lms.violations == []


@pytest.mark.parametrize("mode", ["Browse", "Review"])
def test_looking_around_says_nothing(
    lms: Cmi5Lms, context: BrowserContext, begin: Begin, unit: Unit, mode: str
) -> None:
    done = Cmi5Launch("unit", mastery=0.7)
    page = lms.open(context, done)
    finish(page, begin, unit)
    lms.leave(page)
    before = lms.state(done)
    page = lms.open(context, replace(done, mode=mode))
    learner = begin(page)
    assert learner.where == "result"
    expect(page.locator(".notices")).to_contain_text(learner.words(f"notice.{mode.lower()}"))
    page.locator(".toc a").first.click()
    lms.leave(page)
    assert lms.verbs() == ["initialized", "terminated"]
    assert lms.state(done) == before
    assert lms.violations == []


def test_the_way_back_is_the_lms_s(
    lms: Cmi5Lms, context: BrowserContext, launch: Cmi5Launch, begin: Begin
) -> None:
    page = lms.open(context, replace(launch, return_url=f"{lms.url}/gone"))
    learner = begin(page)
    page.get_by_role("link", name=learner.words("exit")).click()
    page.wait_for_url("**/gone")
    lms.wait_for("terminated")
    assert lms.verbs() == ["initialized", "terminated"]
    assert lms.violations == []


def test_a_reload_goes_on_with_the_token_it_has(
    lms: Cmi5Lms, context: BrowserContext, launch: Cmi5Launch, begin: Begin, unit: Unit
) -> None:
    """However long the LMS takes to answer."""

    def late(route: Route) -> None:
        time.sleep(2.5)
        route.continue_()

    page = lms.open(context, launch)
    learner = begin(page)
    learner.read_on(to="quiz")
    lms.wait_for("initialized")
    page.route("**/index.html?*", late)
    with page.expect_event("load"):
        page.evaluate("dispatchEvent(new KeyboardEvent('keydown', {key: 'F5'})); location.reload()")
    learner = begin(page)
    assert learner.where == "quiz"
    finish(page, begin, unit)
    lms.leave(page)
    verbs = [verb for verb in lms.verbs() if verb not in ("answered", "progressed")]
    assert verbs == ["initialized", "completed", "passed", "terminated"]
    assert lms.violations == []


def test_a_session_that_has_ended_says_no_more(
    lms: Cmi5Lms, context: BrowserContext, launch: Cmi5Launch, begin: Begin, unit: Unit
) -> None:
    """Loaded anew by a button that no page can see: the last statement is out. Work is kept, and
    the next launch reports it."""
    page = lms.open(context, launch)
    begin(page)
    lms.wait_for("initialized")
    page.reload()
    learner = begin(page)
    expect(page.locator(".notices")).to_contain_text(learner.words("notice.ended"))
    finish(page, begin, unit)
    lms.leave(page)
    assert lms.verbs() == ["initialized", "terminated"]
    page = lms.open(context, launch)
    assert begin(page).where == "result"
    lms.wait_for("passed")
    lms.leave(page)
    assert lms.violations == []


def test_what_was_kept_without_an_answer_counts_once(
    lms: Cmi5Lms, context: BrowserContext, launch: Cmi5Launch, begin: Begin, unit: Unit
) -> None:
    """The LMS keeps statements and documents, and the answers are lost on the way."""
    page = lms.open(context, launch)
    begin(page)
    lms.wait_for("initialized")
    lms.faults = [Fault("statements", lost=True, times=3), Fault("state", lost=True, times=1)]
    finish(page, begin, unit)
    lms.wait_for("passed")
    lms.leave(page)
    assert lms.violations == []
    assert len(lms.said("answered")) == 4
    assert len(lms.said("passed")) == 1


@pytest.mark.parametrize("elsewhere", [False, True])
def test_two_devices_lose_nothing_of_each_other(
    chromium: Browser, course: Course, tmp_path: Path, begin: Begin, elsewhere: bool
) -> None:
    """A phone and a computer, one registration: the second writer is refused, and merges. An LRS of
    another site hides its ETags; they are reckoned."""
    write_site(tmp_path, course, "en", medium="cmi5")
    with Cmi5Lms(elsewhere=elsewhere) as lms:
        lms.upload("unit", tmp_path)
        launch = Cmi5Launch("unit", mastery=0.7)
        phone, computer = chromium.new_context(), chromium.new_context()
        one = lms.open(phone, launch)
        first = begin(one)
        lms.wait_for("initialized")
        saved(one)
        two = lms.open(computer, launch)
        second = begin(two)
        first.read_on(to="quiz")
        first.answer_quiz(right_answers(course.units[0]))
        assert first.hand_in() == 100
        saved(one)
        second.read_on(to=course.units[0].pages[1].id)
        two.locator('.toc a[data-view$="/result"]').wait_for(state="visible")
        state = lms.state(launch)
        lms.leave(one)
        lms.leave(two)
        assert state is not None
        page = lms.open(phone, launch)
        assert begin(page).where in ("result", course.units[0].pages[1].id)
        page.locator('.toc a[data-view$="/result"]').wait_for(state="visible")
        lms.leave(page)
        assert len(lms.said("passed")) == 1
        assert lms.violations == []
        phone.close()
        computer.close()


def test_the_learner_s_preferences_hold(
    lms: Cmi5Lms, context: BrowserContext, launch: Cmi5Launch, begin: Begin
) -> None:
    wishes = {"languagePreference": "it-IT,fr-FR,en-US", "audioPreference": "off"}
    page = lms.open(context, replace(launch, preferences=wishes))
    page.evaluate("document.querySelector('main').append(document.createElement('audio'))")
    learner = begin(page)
    assert page.locator("html").get_attribute("lang") == "fr"
    assert learner.where
    lms.leave(page)
    assert lms.violations == []


def test_every_type_of_question_has_its_form(
    context: BrowserContext, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    kitchen = kitchen_course(tmp_path_factory.mktemp("kitchen"))
    unit = replace(kitchen.units[0], quiz=every_type(), attempts=2)
    write_site(tmp_path, replace(kitchen, units=(unit,)), "en", medium="cmi5")
    with Cmi5Lms() as lms:
        lms.upload("unit", tmp_path)
        launch = Cmi5Launch("unit")
        page = lms.open(context, launch)
        page.locator("body.is-ready .view.is-current").wait_for()
        hand_in_right(page, unit)
        lms.leave(page)
        told = {one["object"]["id"].rpartition("/")[2]: one for one in lms.said("answered")}
        assert told.keys() == {question.id for question in unit.quiz}
        for question in unit.quiz:
            statement = told[question.id]
            definition = statement["object"]["definition"]
            if question.scored:
                assert statement["result"]["success"] is True, question.id
                assert statement["result"]["response"] in _accepted(definition), question.id
            assert "response" in statement["result"], question.id
        assert lms.violations == []
        assert judged_by_others(lms.said()) == []
        assert_an_lrs_takes_and_keeps(lms, launch)


def _accepted(definition: dict[str, Any]) -> list[str]:
    """The pattern, or for numbers whatever stands within it."""
    [*patterns] = definition.get("correctResponsesPattern", ())
    if definition["interactionType"] != "numeric":
        return patterns
    low, _, high = patterns[0].partition("[:]")
    return [text for text in (low, high, "12.5") if float(low) <= float(text) <= float(high)]


def test_without_a_launch_the_learner_is_told(
    lms: Cmi5Lms, context: BrowserContext, launch: Cmi5Launch, begin: Begin
) -> None:
    page = context.new_page()
    page.goto(f"{lms.url}/package/unit/index.html")
    learner = begin(page)
    expect(page.locator(".notices")).to_contain_text(learner.words("notice.no-lms"))


def test_the_page_is_open_to_all(
    lms: Cmi5Lms, context: BrowserContext, launch: Cmi5Launch, begin: Begin
) -> None:
    page = lms.open(context, replace(launch, return_url=f"{lms.url}/gone"))
    begin(page)
    page.evaluate(AXE.read_text("utf-8"))
    rules = "{runOnly: ['wcag2a','wcag2aa','wcag21aa','wcag22aa'], preload: false}"
    found = page.evaluate(f"axe.run(document, {rules})")
    assert [one["id"] for one in found["violations"]] == []


def test_a_session_that_the_lms_ends_keeps_the_work_for_the_next(
    lms: Cmi5Lms, context: BrowserContext, launch: Cmi5Launch, begin: Begin, unit: Unit
) -> None:
    """401 from one moment to the next: told, kept, and reported by the next launch."""
    page = lms.open(context, launch)
    learner = begin(page)
    lms.wait_for("initialized")
    saved(page)
    lms.faults = [Fault("all", status=401)]
    finish(page, begin, unit)
    expect(page.locator("#saving")).to_contain_text(learner.words("save.expired"))
    lms.leave(page, ending=False)
    lms.faults = []
    page = lms.open(context, launch)
    learner = begin(page)
    expect(page.locator(".notices")).to_contain_text(learner.words("notice.recovered"))
    assert learner.where == "result"
    lms.wait_for("passed")
    lms.leave(page)
    assert [verb for verb in lms.verbs() if verb != "answered"] == [
        "initialized",
        "completed",
        "passed",
        "terminated",
    ]
    assert lms.violations == []


def test_drafts_of_two_devices_come_together_where_one_writes(
    chromium: Browser, lms: Cmi5Lms, launch: Cmi5Launch, begin: Begin
) -> None:
    """The other device's answers appear; the one that is being written stays, and so does the
    cursor."""
    phone, computer = chromium.new_context(), chromium.new_context()
    one = lms.open(phone, launch)
    first = begin(one)
    # One launch after the other: LMS.LaunchData is one document a registration (10).
    two = lms.open(computer, launch)
    second = begin(two)
    first.read_on(to="quiz")
    second.read_on(to="quiz")
    saved(two)
    first.answer_quiz({"votes": "one"})
    saved(one)
    number = two.locator('.is-current [data-question="quorum"] input')
    number.fill("2")
    expect(two.locator('.is-current [data-question="votes"] input:checked')).to_have_count(1)
    number.press("End")
    two.keyboard.type("0")
    expect(number).to_be_focused()
    assert second.given("quorum") == {"value": "20"}
    assert second.given("votes") == "one"
    lms.leave(two)
    page = lms.open(computer, launch)
    learner = begin(page)
    assert learner.given("votes") == "one"
    assert learner.given("quorum") == {"value": "20"}
    lms.leave(page)
    assert lms.violations == []
    phone.close()
    computer.close()
