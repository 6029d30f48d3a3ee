"""For everybody: axe on every view, the keyboard alone, quiet layout, paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from content.model import Course
from tests.browser.player.conftest import write_site
from tests.learner import Learner
from tests.player_pages.learners import go, right_answers, words
from tests.scorm_packages.recorded import recorded_course

pytestmark = pytest.mark.browser

Browse = Callable[..., Page]
Site = Callable[..., str]
AXE = Path(__file__).parents[2] / "node" / "node_modules" / "axe-core" / "axe.min.js"


def assert_accessible(page: Page, where: str) -> None:
    if not page.evaluate("typeof window.axe === 'object'"):
        page.add_script_tag(path=AXE)
    result = page.evaluate(
        "axe.run(document, { preload: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a',"
        " 'wcag21aa', 'wcag22aa', 'best-practice'] })"
    )
    found = [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary']}"
        for one in result["violations"]
        for node in one["nodes"]
    ]
    assert not found, f"{where}:\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", 390, "light"), ("fr", 1280, "dark"), ("ar", 390, "dark"), ("ar", 1280, "light")],
)
def test_axe_finds_nothing_in_any_view(
    browse: Browse, site: Site, course: Course, language: str, width: int, scheme: str
) -> None:
    page = browse(site(course, language), width=width, scheme=scheme)
    unit = course.units[0]
    for shown in unit.pages:
        go(page, f"{unit.id}/{shown.id}")
        assert_accessible(page, shown.id)
    go(page, "glossary")
    assert_accessible(page, "glossary")


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_axe_finds_nothing_in_questions_results_and_dialogs(
    browse: Browse, site: Site, kitchen: Course, width: int, scheme: str
) -> None:
    page = browse(site(kitchen), width=width, scheme=scheme)
    page.locator(".is-current").get_by_role("button", name=words(page, "check.button")).click()
    assert_accessible(page, "a check without an answer")
    page.locator(".is-current .choice label").first.click()
    page.locator(".is-current").get_by_role("button", name=words(page, "check.button")).click()
    expect(page.locator(".is-current .verdict")).to_be_visible()
    assert_accessible(page, "a check answered")
    page.locator(".is-current .term").click()
    assert_accessible(page, "a term")
    page.keyboard.press("Escape")
    if width < 900:
        page.locator("#contents-button").click()
        assert_accessible(page, "the contents")
        page.keyboard.press("Escape")
    go(page, "first/quiz")
    learner = Learner(page, kitchen.units[0])
    answers = right_answers(kitchen.units[0])
    learner.answer_quiz({name: answers[name] for name in ("truth", "scenario", "multiple")})
    assert_accessible(page, "the quiz")
    page.get_by_role("button", name=words(page, "quiz.hand-in")).click()
    assert_accessible(page, "the error summary")
    page.get_by_role("button", name=words(page, "quiz.missing.anyway")).click()
    assert_accessible(page, "the confirmation")
    confirm = page.get_by_role("dialog")
    confirm.get_by_role("button", name=words(page, "quiz.confirm.yes"), exact=True).click()
    expect(page.locator(".verdict-panel")).to_be_visible()
    assert_accessible(page, "the result")


def test_the_keyboard_alone_is_enough(browse: Browse, site: Site, kitchen: Course) -> None:
    page = browse(site(kitchen))

    def tab_to(selector: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab never reaches {selector}")

    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(".is-current .term")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    tab_to(".is-current .choice input")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".is-current .verdict")).to_have_text(words(page, "verdict.right"))
    tab_to(".is-current a[rel=next]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Page two of first")).to_be_focused()
    tab_to(".is-current a[rel=next]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=words(page, "quiz"), exact=True)).to_be_focused()
    tab_to("#quiz-first-ordering-first")
    page.keyboard.type("1")
    expect(page.locator("#quiz-first-ordering-first")).to_have_value("1")
    tab_to(".is-current .quiz-actions button")
    page.keyboard.press("Enter")
    expect(page.locator(".is-current .summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#quiz-first-single-a")).to_be_focused()
    tab_to(".is-current .quiz-actions button")
    page.keyboard.press("Enter")
    tab_to(".is-current .summary button")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator(".is-current .summary button")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=words(page, "result"))).to_be_focused()


def test_focus_stays_in_the_drawer_and_comes_back(
    browse: Browse, site: Site, kitchen: Course
) -> None:
    page = browse(site(kitchen), width=390)
    opener = page.locator("#contents-button")
    opener.click()
    current = page.locator(".drawer a[aria-current=page]")
    expect(current).to_be_focused()
    expect(current).to_contain_text("Page one of first")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    opener.click()
    page.locator(".drawer").get_by_role("link", name="Page two of first").click()
    expect(page.locator(".drawer")).not_to_be_visible()
    expect(page.get_by_role("heading", name="Page two of first")).to_be_focused()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_jumps_and_nothing_is_too_wide(
    browse: Browse, site: Site, course: Course, width: int
) -> None:
    watch = """
      window.shifts = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((one) => {
        if (!one.hadRecentInput) window.shifts += one.value;
      })).observe({ type: 'layout-shift', buffered: true });"""
    page = browse(site(course, "fr"), width=width, script=watch)
    unit = course.units[0]
    for view in [*(shown.id for shown in unit.pages), "quiz"]:
        go(page, f"{unit.id}/{view}")
        page.mouse.wheel(0, 3000)
        page.evaluate("new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))")
        assert page.evaluate("window.shifts") == 0, view
        wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, view


@pytest.mark.parametrize("larger", [False, True], ids=["long-words", "text-twice-as-large"])
def test_what_is_long_or_large_is_wrapped(
    browse: Browse, kitchen: Course, tmp_path: Path, larger: bool
) -> None:
    index = write_site(tmp_path, kitchen, "en")
    if not larger:
        html = index.read_text("utf-8")
        for words in ("Choice a", "Item first", "Paris", "France", "The single one", "Page two"):
            html = html.replace(words, "Rechtsschutzversicherungsgesellschaften" * 2)
        index.write_text(html, "utf-8")
    page = browse(index.as_uri(), width=390 if larger else 320)
    if larger:
        page.evaluate("document.documentElement.style.fontSize = '200%'")

    def fits(view: str) -> None:
        wide = page.evaluate(
            """[...document.querySelectorAll('body *')]
            .filter((node) => node.getClientRects().length && !node.closest('.visually-hidden'))
            .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
            .map((node) => node.outerHTML.slice(0, 80))"""
        )
        assert wide == [], view

    fits("first/one")
    go(page, "first/quiz")
    learner = Learner(page, kitchen.units[0])
    learner.answer_quiz({"single": "a", "matching": {"fr": "paris", "tn": "tunis"}})
    page.locator(".is-current button[type=submit]").click()
    fits("first/quiz")
    learner.hand_in(incomplete=True)
    fits("first/result")


@pytest.mark.parametrize("opened", ["progress", "hand-in", "term"])
def test_dialogs_open_at_their_top(
    browse: Browse, site: Site, kitchen: Course, opened: str
) -> None:
    """On a phone, with the text twice as large, the first control is far below."""
    page = browse(site(kitchen), width=390)
    page.set_viewport_size({"width": 390, "height": 420})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    if opened == "progress":
        page.locator("#contents-button").click()
        page.get_by_role("button", name=words(page, "device.progress")).click()
    elif opened == "hand-in":
        go(page, "first/quiz")
        page.locator(".is-current button[type=submit]").click()
        page.get_by_role("button", name=words(page, "quiz.missing.anyway")).click()
    else:
        page.evaluate(
            """() => { const long = '<p>Somebody who belongs</p>'.repeat(9);
              SSE.data.course.glossary.member.definition_html = long + '<a href="#glossary">x</a>';
              const word = '<a href="#glossary" data-term="member" id="word">member</a>';
              document.querySelector('.is-current').insertAdjacentHTML('afterbegin', word); }"""
        )
        page.locator("#word").click()
    dialog = page.locator("dialog.dialog")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("one => [one.scrollHeight > one.clientHeight, one.scrollTop]") == [
        True,
        0,
    ]
    expect(dialog.get_by_role("heading", level=2)).to_be_in_viewport()
    focus = "one => one.contains(document.activeElement) && one !== document.activeElement"
    assert dialog.evaluate(focus)
    page.keyboard.press("Tab")
    assert dialog.evaluate("one => one.querySelector('button, a') === document.activeElement")


def test_targets_are_large_enough(browse: Browse, site: Site, kitchen: Course) -> None:
    page = browse(site(kitchen), width=390)
    for view in ("first/one", "first/quiz", "glossary"):
        go(page, view)
        small = page.evaluate(
            """[...document.querySelectorAll(
              '.bar-button, .is-current :is(button, select, label, .pager a)')]
            .filter((node) => node.offsetParent && !node.closest('.row, .field > label'))
            .map((node) => [node.outerHTML.slice(0, 80), node.getBoundingClientRect().height])
            .filter(([, height]) => height > 0 && height < 43.5)"""
        )
        assert [one for one in small if "field" not in one[0] and "<label for" not in one[0]] == []


def test_paper_has_the_whole_unit_and_no_controls(
    browse: Browse, site: Site, course: Course
) -> None:
    page = browse(site(course, "en"))
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    printed = page.locator("body").inner_text()
    for shown in course.units[0].pages:
        assert shown.title["en"] in printed
    assert page.locator("dl.glossary dt").first.is_visible()
    assert page.locator("[data-check] .choice").first.is_visible()
    for hidden in (".bar", ".side", ".pager", ".check-actions"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.pdf().startswith(b"%PDF")


def test_paper_has_what_is_said_in_a_film(
    browse: Browse, served: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, address = served
    write_site(folder, recorded_course(tmp_path_factory.mktemp("film") / "course"), "en")
    page = browse(f"{address}/index.html")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    transcript = page.locator("details.transcript")
    expect(transcript).to_contain_text("Welcome to the assembly", use_inner_text=True)
    assert "Why?" not in page.locator("[data-check]").inner_text()
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(transcript).not_to_have_attribute("open", "")


def test_pages_are_there_without_scripts(chromium, site: Site, course: Course) -> None:  # type: ignore[no-untyped-def]
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site(course, "en"))
    for shown in course.units[0].pages:
        expect(page.get_by_role("heading", name=shown.title["en"], level=1)).to_be_visible()
    expect(page.locator("noscript p")).to_be_visible()
    context.close()
