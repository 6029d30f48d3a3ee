"""Progress is carried to another computer as a file, which may hold anything."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from content.model import Course
from tests.browser.player.conftest import write_site
from tests.learner import Learner
from tests.player_pages.learners import go, hand_in_right, words

pytestmark = pytest.mark.browser

Browse = Callable[..., Page]
Site = Callable[..., str]
AXE = Path(__file__).parents[2] / "node" / "node_modules" / "axe-core" / "axe.min.js"


def dialog(page: Page) -> Locator:
    """The learner's dialog on their progress, opened unless it is."""
    found = page.get_by_role("dialog", name=words(page, "device.progress"))
    if not found.count():
        opener = page.locator(".toc-button", has_text=words(page, "device.progress"))
        opener.evaluate("button => button.click()")
    return found


def saved_file(page: Page) -> dict[str, Any]:
    with page.expect_download() as coming:
        dialog(page).get_by_role("button", name=words(page, "device.export")).click()
    assert coming.value.suggested_filename == "kitchen.json"
    found: dict[str, Any] = json.loads(Path(coming.value.path()).read_text("utf-8"))
    return found


def choose(page: Page, content: object) -> None:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    file = {"name": "kitchen.json", "mimeType": "application/json", "buffer": data}
    button = dialog(page).get_by_role("button", name=words(page, "device.import"), exact=True)
    with page.expect_file_chooser() as coming:
        button.click()
    coming.value.set_files([file])  # type: ignore[list-item]


def take_up(page: Page, content: object) -> None:
    choose(page, content)
    dialog(page).get_by_role("button", name=words(page, "device.import.yes")).click()
    page.locator(".notice", has_text=words(page, "device.replaced")).wait_for()
    page.locator("body.is-ready .view.is-current").wait_for()


@pytest.fixture
def carried(browse: Browse, site: Site, kitchen: Course) -> dict[str, Any]:
    """The file of somebody who has finished the first unit."""
    page = browse(site(kitchen))
    hand_in_right(page, kitchen.units[0])
    found = saved_file(page)
    page.context.close()
    return found


def test_a_stick_is_carried_to_another_computer_and_back(
    browse: Browse, site: Site, kitchen: Course, carried: dict[str, Any]
) -> None:
    page = browse(site(kitchen))
    go(page, "second/three")
    choose(page, carried)
    rows = dialog(page).locator(".compared tbody tr")
    expect(rows.nth(0).locator("td")).to_have_text(["1 of 3", "2 of 3"])
    expect(rows.nth(1).locator("td")).to_have_text(["1 of 2", "0 of 2"])
    # Asked once more, and declined.
    dialog(page).get_by_role("button", name=words(page, "device.import.no")).click()
    expect(rows).to_have_count(0)
    take_up(page, carried)
    learner = Learner(page, kitchen.units[0])
    assert learner.where == "result"
    assert learner.score() == 100
    page.reload()
    page.locator("body.is-ready .view.is-current").wait_for()
    assert learner.score() == 100
    page.locator(".notices").get_by_role("button", name=words(page, "device.undo")).click()
    expect(page.locator('.is-current[data-view="second/three"]')).to_be_visible()
    expect(page.locator(".notice", has_text=words(page, "device.replaced"))).to_have_count(0)
    expect(page.locator('.toc a[data-view="first/result"]')).to_be_hidden()


def test_other_tabs_let_go_of_what_is_replaced(
    browse: Browse, kitchen: Course, served: tuple[Path, str], carried: dict[str, Any]
) -> None:
    folder, address = served
    write_site(folder, kitchen, "en")
    one = browse(f"{address}/index.html")
    hand_in_right(one, kitchen.units[1])
    two = browse(f"{address}/index.html", context=one.context)
    expect(two.locator('.toc a[data-view="second/result"]')).to_be_visible()
    take_up(two, carried)
    for page in (one, two):
        expect(page.locator('.toc a[data-view="first/result"]')).to_be_visible()
        expect(page.locator('.toc a[data-view="second/result"]')).to_be_hidden()
    go(one, "first/two")
    two.reload()
    expect(two.locator('.toc a[data-view="second/result"]')).to_be_hidden()
    two.locator(".notices").get_by_role("button", name=words(two, "device.undo")).click()
    for page in (one, two):
        expect(page.locator('.toc a[data-view="second/result"]')).to_be_visible()


def spoilt(good: dict[str, Any], *path: str | int, value: object) -> dict[str, Any]:
    made = copy.deepcopy(good)
    place: Any = made
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return made


def test_what_is_no_progress_of_this_course_changes_nothing(
    browse: Browse, site: Site, kitchen: Course, carried: dict[str, Any]
) -> None:
    unit = ("units", "first")
    first = (*unit, "attempts", 0)
    broken: list[object] = [
        *(b"", b"}{", b"null", b"[]", b"7", b'"x"', b"\xff\xfe\x00", b"[" * 100_000, {}),
        {**carried, "progress": "1"},
        {**carried, "progress": 0},
        {**carried, "units": []},
        {**carried, "saved": "yesterday"},
        {**carried, "saved": "9999-99-99T99:99:99Z"},
        {**carried, "hashes": 7},
        {**carried, "digest": None},
        {name: value for name, value in carried.items() if name != "hashes"},
        spoilt(carried, *unit, value=7),
        spoilt(carried, *unit, "seen", value="one"),
        spoilt(carried, *unit, "seen", value=["one"] * 10_000),
        spoilt(carried, *unit, "seen", value=[{}]),
        spoilt(carried, *unit, "page", value={"toString": 1}),
        spoilt(carried, *unit, "page", value="<img>"),
        spoilt(carried, *unit, "completion", value="wonderful"),
        spoilt(carried, *unit, "attempts", value=carried["units"]["first"]["attempts"] * 101),
        spoilt(carried, *first, "earned", value="9/0"),
        spoilt(carried, *first, "earned", value="1e9"),
        spoilt(carried, *first, "earned", value="999999999"),
        spoilt(carried, *first, "handed_in", value="<img src=x onerror=alert(1)>"),
        spoilt(carried, *first, "paper", value={"seed": -1}),
        spoilt(carried, *first, "answers", "single", value=["b"]),
        spoilt(carried, *first, "answers", "multiple", value={"a": True}),
        spoilt(carried, *first, "answers", "truth", value="yes"),
        spoilt(carried, *first, "answers", "word", value="x" * 10_001),
        spoilt(carried, *unit, "open", value={"answers": None}),
    ]
    wrong = {
        "broken": broken,
        "other": [
            {**carried, "course": "another"},
            {**carried, "units": {}},
            {**carried, "units": {"elsewhere": carried["units"]["first"]}},
        ],
        "newer": [{**carried, "progress": 2, "units": "told otherwise"}],
        "large": [json.dumps(carried).encode() + b" " * 2_000_000],
    }
    page = browse(site(kitchen))
    go(page, "first/two")
    for fault, contents in wrong.items():
        for content in contents:
            choose(page, content)
            alert = dialog(page).get_by_role("alert")
            expect(alert, str(content)[:200]).to_have_text(words(page, f"device.import.{fault}"))
            alert.evaluate("alert => alert.remove()")
    page.reload()
    expect(page.locator('.is-current[data-view="first/two"]')).to_be_visible()
    expect(page.locator('.toc a[data-view="first/result"]')).to_be_hidden()


def test_markup_in_a_file_is_never_shown(
    browse: Browse, site: Site, kitchen: Course, carried: dict[str, Any]
) -> None:
    evil = "<img src=x onerror=window.evil=1>"
    made = copy.deepcopy(carried)
    attempt = made["units"]["first"]["attempts"][0]
    for result in attempt["results"].values():
        result |= {"feedback": [{"part": "a", "html": evil}], "model_answer_html": evil}
    attempt["answers"]["essay"] = attempt["answers"]["word"] = evil
    made |= {"title": evil, "digest": "1" * 64}
    text = json.dumps(made).replace('"units"', '"__proto__": {"evil": 1}, "units"', 1)
    page = browse(site(kitchen))
    take_up(page, text.encode())
    go(page, "first/result")
    expect(page.locator(".given [data-question]").first).to_be_visible()
    assert page.locator("img[onerror]").count() == 0
    assert page.evaluate("window.evil === undefined && ({}).evil === undefined")
    expect(page.locator(".notices")).to_contain_text(words(page, "notice.changed"))


def test_without_room_all_stays_as_it_was(
    browse: Browse, site: Site, kitchen: Course, carried: dict[str, Any]
) -> None:
    page = browse(site(kitchen))
    go(page, "first/two")
    choose(page, carried)
    page.evaluate(
        """() => { const set = Storage.prototype.setItem;
          window.fill = true;
          Storage.prototype.setItem = function (name, value) {
            if (window.fill && value.includes('handed_in')) {
              throw new DOMException('full', 'QuotaExceededError'); }
            return set.call(this, name, value); }; }"""
    )
    dialog(page).get_by_role("button", name=words(page, "device.import.yes")).click()
    expect(dialog(page).get_by_role("alert")).to_have_text(words(page, "device.import.full"))
    page.keyboard.press("Escape")
    go(page, "second/three")
    page.reload()
    expect(page.locator('.is-current[data-view="second/three"]')).to_be_visible()
    expect(page.locator(".notice", has_text=words(page, "device.undo"))).to_have_count(0)


@pytest.mark.parametrize(("language", "width"), [("en", 390), ("fr", 1280), ("ar", 390)])
def test_the_comparison_can_be_read_by_all(
    browse: Browse, site: Site, course: Course, language: str, width: int
) -> None:
    page = browse(site(course, language), width=width)
    button = dialog(page).get_by_role("button", name=words(page, "device.export"))
    with page.expect_download() as coming:
        button.click()
    choose(page, Path(coming.value.path()).read_bytes())
    expect(dialog(page).locator(".compared")).to_be_visible()
    yes = dialog(page).get_by_role("button", name=words(page, "device.import.yes"))
    expect(yes).to_be_focused()
    page.evaluate(AXE.read_text("utf-8"))
    rules = "{runOnly: ['wcag2a','wcag2aa','wcag21aa','wcag22aa'], preload: false}"
    found = page.evaluate(f"axe.run(document, {rules})")
    assert [one["id"] for one in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert dialog(page).evaluate("one => one.scrollWidth <= one.clientWidth")
