"""The preview's LMS: it plays a package as LMSs do, and answers each call as the standard says."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from content.load import load_course
from tests.browser.preview.conftest import Open, shown
from tests.browser.preview.test_preview_page import QUESTIONS, edit, inside
from tests.learner import Learner, right_answer
from tests.previewing import Preview

pytestmark = pytest.mark.browser

EDITIONS = ("scorm12", "scorm2004")
NAMES = {
    "scorm12": ("API", "LMSInitialize", "LMSFinish", "LMSGetValue", "LMSSetValue", "LMSCommit"),
    "scorm2004": ("API_1484_11", "Initialize", "Terminate", "GetValue", "SetValue", "Commit"),
}


def drawn(page: Page) -> None:
    """Until the view shows the last call: that is 40 ms later, by the page's own clock."""
    page.evaluate("() => new Promise((done) => setTimeout(done, 60))")


def fact_of(page: Page, name: str) -> Locator:
    """To be waited for, where it is the package's next document that brings it about."""
    return page.locator("#lms-facts dt", has_text=name).locator("xpath=following-sibling::dd[1]")


def fact(page: Page, name: str) -> str:
    """What the calls made so far have led to."""
    drawn(page)
    return fact_of(page, name).inner_text()


def faults(page: Page) -> str:
    drawn(page)
    return page.locator("#lms-faults").inner_text()


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_whole_session_is_taken_and_shown(preview: Preview, opened: Open, edition: str) -> None:
    unit = load_course(preview.course).units[0]
    page = opened(f"?medium={edition}&unit={unit.id}#{unit.id}/quiz")
    learner = Learner(page.frames[1], unit)
    learner.answer_quiz({question.id: right_answer(question, "en") for question in unit.quiz})
    assert learner.hand_in() == 100
    assert fact(page, "Score") == "100"
    assert "passed" in fact(page, "Status") or "incomplete" in fact(page, "Status")
    assert int(fact(page, "Commits").split()[0]) >= 2
    expect(page.locator("#lms-kept")).to_contain_text("100.00 %")
    expect(page.locator("#lms-elements")).to_contain_text("cmi.interactions.3.result")
    assert faults(page) == "None so far."

    page.locator("#lms-resume").click()
    expect(inside(page).get_by_text("100%").first).to_be_visible()
    expect(fact_of(page, "Attempt, session")).to_have_text("1, 2")
    assert "before: none" not in fact(page, "Time")
    api, *_, get, _, _ = NAMES[edition]
    entry = "cmi.core.entry" if edition == "scorm12" else "cmi.entry"
    assert page.evaluate(f"{api}.{get}('{entry}')") == "resume"

    page.locator("#lms-new").click()
    expect(inside(page).get_by_role("heading", name="Who decides?")).to_be_visible()
    expect(fact_of(page, "Attempt, session")).to_have_text("2, 3")
    assert fact(page, "Score") == "not set"
    assert faults(page) == "None so far."


@pytest.mark.parametrize("edition", EDITIONS)
def test_in_review_mode_nothing_is_written(opened: Open, edition: str) -> None:
    page = opened(f"?medium={edition}")
    page.locator("#lms-review").check()
    expect(inside(page).locator(".notice")).to_be_visible()
    before = fact(page, "Commits")
    inside(page).locator("a[rel=next]").first.click()
    expect(inside(page).get_by_role("heading", name="An assembly")).to_be_visible()
    # The player saves progress after 400 ms, by its own clock.
    page.frames[1].evaluate("() => new Promise((done) => setTimeout(done, 600))")
    assert fact(page, "Commits") == before
    assert faults(page) == "None so far."


@pytest.mark.parametrize("edition", EDITIONS)
def test_failing_commits_are_told_and_made_good(opened: Open, edition: str) -> None:
    page = opened(f"?medium={edition}")
    page.locator("#lms-failing").check()
    inside(page).locator("a[rel=next]").first.click()
    expect(inside(page).locator("#saving")).to_be_visible()
    assert "failed" in fact(page, "Commits")
    page.locator("#lms-failing").uncheck()
    expect(inside(page).locator("#saving")).not_to_be_visible()
    expect(page.locator("#lms-kept")).to_contain_text("2 of 2")


def test_a_save_resumes_the_session(preview: Preview, opened: Open) -> None:
    page = opened("?medium=scorm12")
    inside(page).locator("a[rel=next]").first.click()
    expect(inside(page).get_by_role("heading", name="An assembly")).to_be_visible()
    edit(preview, QUESTIONS, "en: One\n", "en: Just one\n")
    shown(page, 1)
    expect(inside(page).get_by_role("heading", name="An assembly")).to_be_visible()
    expect(fact_of(page, "Attempt, session")).to_have_text("1, 2")
    assert faults(page) == "None so far."


CALLS_12 = [
    (("LMSGetValue", "cmi.core.lesson_status"), "", "301"),
    (("LMSCommit", ""), "false", "301"),
    (("LMSInitialize", "x"), "false", "201"),
    (("LMSInitialize", ""), "true", "0"),
    (("LMSInitialize", ""), "false", "101"),
    (("LMSGetValue", "cmi.core.lesson_status"), "not attempted", "0"),
    (("LMSGetValue", "cmi.core.nothing"), "", "201"),
    (("LMSGetValue", "cmi.core.exit"), "", "404"),
    (("LMSGetValue", "cmi.interactions._count"), "0", "0"),
    (("LMSGetValue", "cmi.core.score._children"), "raw,min,max", "0"),
    (("LMSGetValue", "cmi.core.lesson_status._children"), "", "202"),
    (("LMSGetValue", "cmi.core.lesson_status._count"), "", "203"),
    (("LMSSetValue", "cmi.core._children", "x"), "false", "402"),
    (("LMSSetValue", "cmi.core.student_id", "x"), "false", "403"),
    (("LMSSetValue", "cmi.core.lesson_status", "done"), "false", "405"),
    (("LMSSetValue", "cmi.core.lesson_status", "not attempted"), "false", "405"),
    (("LMSSetValue", "cmi.core.score.raw", "101"), "false", "405"),
    (("LMSSetValue", "cmi.core.score.raw", 50), "false", "405"),
    (("LMSSetValue", "cmi.core.session_time", "1:2:3"), "false", "405"),
    (("LMSSetValue", "cmi.suspend_data", "x" * 4096), "true", "0"),
    (("LMSSetValue", "cmi.suspend_data", "x" * 4097), "false", "405"),
    (("LMSSetValue", "cmi.interactions.1.id", "b"), "false", "201"),
    (("LMSSetValue", "cmi.interactions.0.type", "choice"), "false", "201"),
    (("LMSSetValue", "cmi.interactions.0.id", "a b"), "false", "405"),
    (("LMSSetValue", "cmi.interactions.0.id", "a"), "true", "0"),
    (("LMSSetValue", "cmi.interactions.0.student_response", "a"), "false", "201"),
    (("LMSSetValue", "cmi.interactions.0.type", "choice"), "true", "0"),
    (("LMSSetValue", "cmi.interactions.0.student_response", "first"), "false", "405"),
    (("LMSSetValue", "cmi.interactions.0.student_response", "a,b"), "true", "0"),
    (("LMSSetValue", "cmi.interactions.0.result", "incorrect"), "false", "405"),
    (("LMSSetValue", "cmi.interactions.0.result", "wrong"), "true", "0"),
    (("LMSGetValue", "cmi.interactions._count"), "1", "0"),
    (("LMSGetValue", "cmi.interactions.0.id"), "", "404"),
    (("LMSCommit", ""), "true", "0"),
    (("LMSFinish", ""), "true", "0"),
    (("LMSFinish", ""), "false", "301"),
    (("LMSGetValue", "cmi.core.lesson_status"), "", "301"),
]
CALLS_2004 = [
    (("GetValue", "cmi.location"), "", "122"),
    (("SetValue", "cmi.location", "1"), "false", "132"),
    (("Commit", ""), "false", "142"),
    (("Terminate", ""), "false", "112"),
    (("Initialize", ""), "true", "0"),
    (("Initialize", ""), "false", "103"),
    (("GetValue", "cmi.location"), "", "403"),
    (("GetValue", "cmi.completion_status"), "unknown", "0"),
    (("GetValue", "cmi.session_time"), "", "405"),
    (("GetValue", "cmi.nothing"), "", "401"),
    (("GetValue", "cmi.objectives.0.id"), "", "301"),
    (("GetValue", "cmi.score._children"), "scaled,raw,min,max", "0"),
    (("SetValue", "cmi.learner_id", "x"), "false", "404"),
    (("SetValue", "cmi.score._children", "x"), "false", "404"),
    (("SetValue", "cmi.completion_status", "passed"), "false", "406"),
    (("SetValue", "cmi.score.scaled", "1.5"), "false", "407"),
    (("SetValue", "cmi.score.scaled", "high"), "false", "406"),
    (("SetValue", "cmi.session_time", "PT1.234S"), "false", "406"),
    (("SetValue", "cmi.session_time", "P1DT2H3.45S"), "true", "0"),
    (("SetValue", "cmi.objectives.1.id", "b"), "false", "351"),
    (("SetValue", "cmi.objectives.0.success_status", "passed"), "false", "408"),
    (("SetValue", "cmi.objectives.0.id", "a"), "true", "0"),
    (("SetValue", "cmi.objectives.0.id", "other"), "false", "351"),
    (("SetValue", "cmi.objectives.1.id", "a"), "false", "351"),
    (("SetValue", "cmi.interactions.0.id", "q"), "true", "0"),
    (("SetValue", "cmi.interactions.0.learner_response", "x"), "false", "408"),
    (("SetValue", "cmi.interactions.0.type", "matching"), "true", "0"),
    (("SetValue", "cmi.interactions.0.learner_response", "a.b"), "false", "406"),
    (("SetValue", "cmi.interactions.0.learner_response", "a[.]b[,]c[.]d"), "true", "0"),
    (("SetValue", "cmi.interactions.0.correct_responses.1.pattern", "a[.]b"), "false", "351"),
    (("SetValue", "cmi.interactions.0.correct_responses.0.pattern", "a[.]b"), "true", "0"),
    (("SetValue", "cmi.interactions.0.result", "wrong"), "false", "406"),
    (("SetValue", "cmi.interactions.0.timestamp", "yesterday"), "false", "406"),
    (("SetValue", "cmi.interactions.0.timestamp", "2026-01-02T03:04:05.06Z"), "true", "0"),
    (("GetValue", "cmi.interactions.0.correct_responses._count"), "1", "0"),
    (("SetValue", "cmi.exit", "suspend"), "true", "0"),
    (("Terminate", ""), "true", "0"),
    (("Terminate", ""), "false", "113"),
    (("GetValue", "cmi.location"), "", "123"),
    (("Commit", ""), "false", "143"),
    (("Initialize", ""), "false", "104"),
]
ASK = """([calls, version, last]) => {
  const lms = createLms({ version, limit: version === '1.2' ? 4096 : 64000, learner: 'A, B',
    page: () => document, changed: () => {} });
  const said = calls.map(([name, ...values]) => [lms.api[name](...values), lms.api[last]()]);
  return { said, faults: lms.faults, kept: lms.kept, entry: lms.entry };
}"""


@pytest.mark.parametrize(
    ("version", "calls", "last"),
    [("1.2", CALLS_12, "LMSGetLastError"), ("2004", CALLS_2004, "GetLastError")],
)
def test_each_call_is_answered_by_the_standard(
    opened: Open, version: str, calls: list[tuple[tuple[Any, ...], str, str]], last: str
) -> None:
    page = opened()
    answered = page.evaluate(ASK, [[list(call) for call, _, _ in calls], version, last])
    for (call, answer, code), said in zip(calls, answered["said"], strict=True):
        assert said == [answer, code], str(call)[:80]
    errors = [one for one in answered["faults"] if one["severity"] == "error"]
    wrong = [code for _, _, code in calls if code not in ("0", "403" if version == "2004" else "0")]
    assert sum(one["times"] for one in errors) == len(wrong), "each breach is shown"
    assert answered["entry"] == ("resume" if version == "2004" else "")


def test_what_real_platforms_dislike_is_a_warning(opened: Open) -> None:
    page = opened()
    calls = [
        ["Initialize", ""],
        ["SetValue", "cmi.success_status", "passed"],
        ["SetValue", "cmi.success_status", "unknown"],
        ["SetValue", "cmi.suspend_data", "été"],
        ["SetValue", "cmi.score.raw", "420"],
        ["Terminate", ""],
    ]
    answered = page.evaluate(ASK, [calls, "2004", "GetLastError"])
    assert all(said == ["true", "0"] for said in answered["said"])
    warned = " ".join(one["message"] for one in answered["faults"])
    for word in ("back to “unknown”", "ASCII", "0 to 100", "session time"):
        assert word in warned
    assert answered["kept"] == {}, "not suspended: SCORM 2004's next attempt begins afresh"


def test_errors_of_a_package_are_shown_in_red(opened: Open) -> None:
    page = opened("?medium=scorm12")
    page.evaluate("API.LMSSetValue('cmi.core.lesson_status', 'done')")
    assert "error 405" in faults(page)
    entry = page.locator("#lms-faults li.error").first
    assert entry.evaluate("one => getComputedStyle(one.querySelector('b')).color") == (
        "rgb(163, 42, 28)"
    )


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_lms_is_there_for_its_medium_only(opened: Open, edition: str) -> None:
    page = opened(f"?medium={edition}")
    mine = NAMES[edition][0]
    other = NAMES[EDITIONS[1 - EDITIONS.index(edition)]][0]
    assert page.evaluate(f"typeof window.{mine} === 'object' && !window.{other}")
    page.select_option("#medium", "local")
    expect(page.locator("#lms-button")).not_to_be_visible()
    page.wait_for_function(f"!window.{mine}")
    expect(inside(page).get_by_role("heading", name="Who decides?")).to_be_visible()
