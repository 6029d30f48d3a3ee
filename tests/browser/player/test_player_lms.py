"""The LMSs that standards do not tell of: none, broken, deaf, lying, forgetful."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from content.model import Course
from tests.learner import Learner
from tests.player_pages.learners import go, hand_in_right, words

pytestmark = pytest.mark.browser

Browse = Callable[..., Page]
Site = Callable[..., str]

#: A small LMS in the page itself; ``%s`` changes it. It keeps its data in ``window.name``, which
#: outlives a reload at once, where storage may lag behind on a busy machine.
LMS = """
(() => {
  const kept = () => JSON.parse(window.name || '{"data": {}, "log": []}');
  const keep = (one) => { window.name = JSON.stringify(one); };
  const start = kept();
  const learner = { 'cmi.core.student_id': 'learner-1', 'cmi.core.student_name': 'Salma' };
  const data = { ...learner, ...start.data };
  const log = (...call) => { const now = kept(); now.log.push(call); keep(now); };
  const lms = {
    works: true,
    LMSInitialize: () => { log('Initialize'); return 'true'; },
    LMSFinish: () => { log('Finish'); keep({ ...kept(), data }); return 'true'; },
    LMSGetValue: (name) => { log('Get', name); return data[name] || ''; },
    LMSSetValue: (name, value) => {
      log('Set', name, value);
      if (!lms.works) return 'false';
      data[name] = value;
      return 'true';
    },
    LMSCommit: () => {
      log('Commit');
      if (!lms.works) return 'false';
      keep({ ...kept(), data });
      return 'true';
    },
    LMSGetLastError: () => '0',
    LMSGetErrorString: () => '',
    LMSGetDiagnostic: () => '',
  };
  window.API = lms;
  %s
})();
"""


def lms(change: str = "") -> str:
    return LMS % change


def kept(page: Page) -> dict[str, Any]:
    return dict(page.evaluate("JSON.parse(window.name)"))


def hide(page: Page) -> None:
    page.evaluate(
        """const state = { value: 'hidden', configurable: true };
        Object.defineProperty(document, 'visibilityState', state);
        document.dispatchEvent(new Event('visibilitychange'));
        delete document.visibilityState;"""
    )


def test_a_whole_unit_in_scorm_1_2(browse: Browse, site: Site, kitchen: Course) -> None:
    page = browse(site(kitchen, "en", "scorm12"), script=lms())
    assert kept(page)["data"]["cmi.core.lesson_status"] == "incomplete"
    go(page, "first/two")
    hand_in_right(page, kitchen.units[0])
    go(page, "second/three")
    hand_in_right(page, kitchen.units[1])
    hide(page)
    data = kept(page)["data"]
    assert data["cmi.core.lesson_status"] == "passed"
    assert (data["cmi.core.score.raw"], data["cmi.core.score.max"]) == ("100", "100")
    assert re.fullmatch(r"\d{4}:\d\d:\d\d\.\d\d", data["cmi.core.session_time"])
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,4096}", data["cmi.suspend_data"])
    assert data["cmi.interactions.0.id"] == "first.single"
    assert data["cmi.interactions.0.student_response"] == "b"
    assert data["cmi.interactions.10.id"] == "second.single"
    order = [call[1] for call in kept(page)["log"] if call[0] == "Set" and ".0." in call[1]]
    assert order[:2] == ["cmi.interactions.0.id", "cmi.interactions.0.type"]

    # A page in the back-forward cache may go on; one that leaves for good finishes, once.
    for persisted in ("true", "false", "false"):
        page.evaluate(
            "window.dispatchEvent("
            f"new PageTransitionEvent('pagehide', {{ persisted: {persisted} }}))"
        )
        log = [call[0] for call in kept(page)["log"]]
        assert log.count("Finish") == (persisted == "false")
    assert log[-1] == "Finish"

    page.reload()
    expect(page.locator('.is-current[data-view="second/result"]')).to_be_visible()
    assert kept(page)["data"]["cmi.core.lesson_status"] == "passed"


def test_one_commit_an_answer(browse: Browse, site: Site, kitchen: Course) -> None:
    page = browse(site(kitchen, "en", "scorm12"), script=lms())
    go(page, "first/quiz")
    learner = Learner(page, kitchen.units[0])

    def commits() -> int:
        return [call[0] for call in kept(page)["log"]].count("Commit")

    hide(page)
    before = commits()
    learner.answer_quiz({"single": "b", "multiple": ["a", "c"], "word": "a long word"})
    page.wait_for_function(
        "n => JSON.parse(window.name).log.filter((c) => c[0] === 'Commit').length > n",
        arg=before,
    )
    assert commits() - before <= 4, "four controls were touched, however slowly"


@pytest.mark.parametrize(
    "change",
    [
        "delete window.API;",
        "lms.LMSInitialize = () => 'false';",
        "lms.LMSInitialize = () => { throw new Error('broken'); };",
        "Object.keys(lms).forEach((name) => { delete lms[name]; });",
    ],
    ids=["none", "refuses", "throws", "hollow"],
)
def test_without_an_lms_that_starts_the_device_keeps_the_work(
    browse: Browse, site: Site, kitchen: Course, change: str
) -> None:
    page = browse(site(kitchen, "en", "scorm12"), script=lms(change))
    expect(page.locator(".notices")).to_contain_text(words(page, "notice.no-lms"))
    hand_in_right(page, kitchen.units[0])
    page.reload()
    expect(page.locator('.is-current[data-view="first/result"]')).to_be_visible()


@pytest.mark.parametrize(
    "change",
    [
        "lms.LMSCommit = () => 'false';",
        "lms.LMSCommit = () => { throw new Error('gone'); };",
        "lms.LMSSetValue = () => 'true';",
        "const set = lms.LMSSetValue; lms.LMSSetValue = (n, v) => set(n, v.slice(0, 20));",
    ],
    ids=["commit fails", "commit throws", "says true and keeps nothing", "cuts short"],
)
def test_what_could_not_be_saved_is_said_and_kept(
    browse: Browse, site: Site, kitchen: Course, change: str
) -> None:
    page = browse(site(kitchen, "en", "scorm12"), script=lms(change))
    expect(page.locator("#saving")).to_contain_text(words(page, "save.unsaved"))
    go(page, "first/two")
    hide(page)
    [copy] = page.evaluate("Object.keys(localStorage)")
    assert copy.startswith("sse:copy:scorm:kitchen:learner-1:")
    hand_in_right(page, kitchen.units[0])


def test_saved_after_all_when_the_lms_works_again(
    browse: Browse, site: Site, kitchen: Course
) -> None:
    page = browse(site(kitchen, "en", "scorm12"), script=lms())
    page.evaluate("window.API.works = false")
    go(page, "first/two")
    expect(page.locator("#saving")).to_be_visible()
    page.evaluate("window.API.works = true")
    expect(page.locator("#saving")).not_to_be_visible()
    assert page.evaluate("Object.keys(localStorage)") == []

    # Not even that: the next visit finds the copy, and the LMS where it was left.
    page.evaluate("window.API.works = false")
    go(page, "second/three")
    hide(page)
    page.reload()
    expect(page.locator(".notices")).to_contain_text(words(page, "notice.recovered"))
    expect(page.locator('.is-current[data-view="second/three"]')).to_be_visible()
    assert page.evaluate("Object.keys(localStorage)") == []


def test_a_copy_from_before_is_not_put_over_newer_work(
    browse: Browse, site: Site, kitchen: Course
) -> None:
    page = browse(site(kitchen, "en", "scorm12"), script=lms())
    page.evaluate("window.API.works = false")
    go(page, "first/two")
    hide(page)
    [[key, copy]] = page.evaluate("Object.entries(localStorage)")
    page.evaluate("window.API.works = true")
    go(page, "second/three")
    hide(page)
    page.evaluate("([key, copy]) => localStorage.setItem(key, copy)", [key, copy])
    done = page.locator("#progress-bar").get_attribute("value")
    page.reload()
    page.locator("body.is-ready").wait_for()
    assert page.locator("#progress-bar").get_attribute("value") == done
    assert page.evaluate("Object.keys(localStorage)") == []


@pytest.mark.parametrize("mode", ["review", "browse"])
def test_nothing_is_written_in_review_or_browse(
    browse: Browse, site: Site, kitchen: Course, mode: str
) -> None:
    change = f"data['cmi.core.lesson_mode'] = '{mode}';"
    page = browse(site(kitchen, "en", "scorm12"), script=lms(change))
    expect(page.locator(".notices")).to_contain_text(words(page, f"notice.{mode}"))
    hand_in_right(page, kitchen.units[0])
    hide(page)
    assert {call[0] for call in kept(page)["log"]} == {"Initialize", "Get"}


@pytest.mark.parametrize("old", ["completed", "failed", "passed"])
def test_a_status_is_never_taken_back(
    browse: Browse, site: Site, kitchen: Course, old: str
) -> None:
    change = f"data['cmi.core.lesson_status'] = '{old}'; data['cmi.core.score.raw'] = '80';"
    page = browse(site(kitchen, "en", "scorm12"), script=lms(change))
    go(page, "first/quiz")
    learner = Learner(page, kitchen.units[0])
    learner.answer("single", "b")
    page.get_by_role("button", name=words(page, "quiz.hand-in")).click()
    page.get_by_role("button", name=words(page, "quiz.missing.anyway")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=words(page, "quiz.confirm.yes"), exact=True).click()
    expect(page.locator(".verdict-panel")).to_be_visible()
    data = kept(page)["data"]
    assert data["cmi.core.lesson_status"] == old
    assert data["cmi.core.score.raw"] == "80"


def test_unreadable_suspend_data_is_said(browse: Browse, site: Site, kitchen: Course) -> None:
    page = browse(
        site(kitchen, "en", "scorm12"), script=lms("data['cmi.suspend_data'] = '{\"other\": 1}';")
    )
    expect(page.locator(".notices")).to_contain_text(words(page, "notice.unreadable"))


def test_the_other_versions_api_is_better_than_none(
    browse: Browse, site: Site, kitchen: Course
) -> None:
    page = browse(site(kitchen, "en", "scorm2004"), script=lms())
    expect(page.locator(".notice")).to_have_count(0)
    assert kept(page)["data"]["cmi.core.lesson_status"] == "incomplete"
