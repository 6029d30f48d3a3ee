"""What meets in an unlucky moment: typing and death, lost answers, two tabs and one that sleeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from content.model import Course
from tests.browser.player.conftest import write_site
from tests.browser.player.test_player_lms import hide, kept, lms
from tests.learner import Learner
from tests.player_pages.learners import go, hand_in_right, words

pytestmark = pytest.mark.browser

Browse = Callable[..., Page]
Site = Callable[..., str]

COPY = "Object.keys(localStorage).find((key) => key.startsWith('sse:copy:'))"


def commits(page: Page) -> int:
    return [call[0] for call in kept(page)["log"]].count("Commit")


def recorded(page: Page) -> list[str]:
    """The ids of the interactions that the LMS has."""
    data: dict[str, Any] = kept(page)["data"]
    return [data[name] for name in data if name.endswith(".id") and name.count(".") == 3]


def test_what_is_typed_without_a_pause_is_on_the_device_within_a_second(
    browse: Browse, site: Site, kitchen: Course
) -> None:
    page = browse(site(kitchen, "en", "scorm12"), script=lms())
    go(page, "first/quiz")
    hide(page)
    before = commits(page)
    page.locator('.is-current [data-question="word"] input').evaluate(
        "(input) => setInterval(() => { input.value = 'a' + input.value;"
        " input.dispatchEvent(new Event('input', { bubbles: true })); }, 100)"
    )
    page.wait_for_function(COPY)
    drafts = page.evaluate(
        f"SSE.pack.decode(JSON.parse(localStorage.getItem({COPY})).text).state.units.first.open.answers"
    )
    assert set(drafts["word"]) == {"a"}
    assert commits(page) == before, "the LMS is asked once one pauses"


def test_what_was_answered_while_the_lms_failed_is_reported_when_it_works(
    browse: Browse, site: Site, kitchen: Course
) -> None:
    page = browse(site(kitchen, "en", "scorm12"), script=lms())
    page.evaluate("window.API.works = false")
    hand_in_right(page, kitchen.units[0])
    assert recorded(page) == []
    page.reload()
    expect(page.locator(".notices")).to_contain_text(words(page, "notice.recovered"))
    wanted = [f"first.{question.id}" for question in kitchen.units[0].quiz]
    assert recorded(page) == wanted
    page.reload()
    page.locator("body.is-ready").wait_for()
    assert recorded(page) == wanted, "each once"


def test_an_lms_that_takes_what_it_gives_no_answer_to_loses_no_draft(
    browse: Browse, site: Site, kitchen: Course
) -> None:
    """The answer to one commit is lost on the way, the next ones do not come through at all."""
    mute = "const commit = lms.LMSCommit; lms.LMSCommit = () => { commit(); return 'false'; };"
    page = browse(site(kitchen, "en", "scorm12"), script=lms(mute))
    go(page, "first/quiz")
    learner = Learner(page, kitchen.units[0])
    learner.answer("single", "b")
    hide(page)
    page.evaluate("window.API.works = false")
    learner.answer("word", "the last one")
    hide(page)
    page.reload()
    page.locator("body.is-ready").wait_for()
    assert learner.given("single") == "b"
    assert learner.given("word") == "the last one"


def test_a_tab_that_slept_overwrites_nothing(
    browse: Browse, kitchen: Course, served: tuple[Any, str]
) -> None:
    """It heard nothing of what the other did: no channel, or the back-forward cache."""
    folder, address = served
    write_site(folder, kitchen, "en")
    deaf = "delete window.BroadcastChannel;"
    one = browse(f"{address}/index.html", script=deaf)
    two = browse(f"{address}/index.html", context=one.context)
    hand_in_right(two, kitchen.units[0])
    one.locator(".is-current a[rel=next]").click()
    result = one.locator('.toc a[data-view="first/result"]')
    expect(result).to_be_attached()
    expect(result.locator("xpath=..")).not_to_have_attribute("hidden", "")
    two.reload()
    go(two, "first/result")
    assert Learner(two, kitchen.units[0]).score() == 100


def test_progress_is_erased_in_every_tab_and_can_be_taken_back(
    browse: Browse, kitchen: Course, served: tuple[Any, str]
) -> None:
    folder, address = served
    write_site(folder, kitchen, "en")
    one = browse(f"{address}/index.html")
    hand_in_right(one, kitchen.units[0])
    one.evaluate("SSE.app.flush()")
    two = browse(f"{address}/index.html", context=one.context)
    expect(two.locator('.is-current[data-view="first/result"]')).to_be_visible()

    two.get_by_role("button", name=words(two, "device.progress")).click()
    dialog = two.get_by_role("dialog", name=words(two, "device.progress"))
    expect(dialog).to_contain_text(words(two, "device.progress.where"))
    dialog.get_by_role("button", name=words(two, "device.erase"), exact=True).click()
    dialog.get_by_role("button", name=words(two, "device.erase.yes")).click()
    for page in (one, two):
        expect(page.locator('.toc a[data-view="first/result"]')).to_be_hidden()
    go(one, "first/two")
    two.reload()
    expect(two.locator('.toc a[data-view="first/result"]')).to_be_hidden()

    two.locator(".notices").get_by_role("button", name=words(two, "device.undo")).click()
    expect(two.locator('.toc a[data-view="first/result"]')).to_be_visible()
