"""The preview as a designer uses it: reloads, problems at their place, the look, for everybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.preview.conftest import Open, shown
from tests.fonts import small_font
from tests.previewing import Preview

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node" / "node_modules" / "axe-core" / "axe.min.js"
PAGE = "units/01-first-steps/pages/who-decides.en.md"
THEME = """
accent: "#7a1fa2"
background: "#fbf9ff"
fonts: {heading: {file: small.ttf, licence: OFL-1.1}}
logo: {file: logo.svg, alt: {en: The mill, fr: Le moulin}}
"""
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
QUESTIONS = "units/01-first-steps/questions.yaml"


def inside(page: Page) -> FrameLocator:
    return page.frame_locator("#frame")


def edit(preview: Preview, path: str, old: str, new: str) -> None:
    text = (preview.course / path).read_text("utf-8")
    assert old in text
    preview.save(path, text.replace(old, new))


def assert_accessible(page: Page, where: str) -> None:
    for frame in page.frames:
        if not frame.evaluate("typeof window.axe === 'object'"):
            frame.add_script_tag(path=AXE)
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


def test_a_save_keeps_the_place_and_the_open_quiz(preview: Preview, opened: Open) -> None:
    page = opened("#first-steps/quiz")
    number = shown(page)
    frame = inside(page)
    frame.locator("#quiz-first-steps-votes-one").check()
    frame.locator("#quiz-first-steps-quorum").fill("20")
    page.frames[1].evaluate("window.scrollTo(0, 300)")
    edit(preview, QUESTIONS, "en: One\n", "en: Just one\n")
    shown(page, number)
    expect(frame.locator("label", has_text="Just one")).to_be_visible()
    expect(frame.locator("#quiz-first-steps-votes-one")).to_be_checked()
    expect(frame.locator("#quiz-first-steps-quorum")).to_have_value("20")
    expect(frame.locator("#quiz-first-steps-quorum")).to_be_focused()
    page.wait_for_function("document.getElementById('frame').contentWindow.scrollY === 300")


def test_a_save_keeps_a_check_and_its_feedback(preview: Preview, opened: Open) -> None:
    page = opened()
    frame = inside(page)
    frame.locator(".check input").first.check()
    frame.locator(".check-actions button").click()
    verdict = frame.locator(".verdict").inner_text()
    edit(preview, PAGE, "one vote**", "a vote of its own**")
    shown(page, 1)
    expect(frame.get_by_text("a vote of its own")).to_be_visible()
    expect(frame.locator(".verdict")).to_have_text(verdict)


def test_new_wording_comes_into_the_document_that_is_open(preview: Preview, opened: Open) -> None:
    page = opened("?medium=scorm12&language=en")
    number = shown(page)
    frame = page.frames[1]
    frame.evaluate("window.same = true")
    frame.locator(".check input").first.check()
    frame.locator(".check input").first.focus()
    edit(preview, PAGE, "one vote**", "a vote of its own**")
    number = shown(page, number)
    expect(inside(page).get_by_text("a vote of its own")).to_be_visible()
    expect(inside(page).locator(".check input").first).to_be_checked()
    expect(inside(page).locator(".check input").first).to_be_focused()
    # In the other language's page nothing is to be seen of it.
    edit(preview, PAGE.replace(".en.", ".fr."), "**une voix**", "une *vraie* voix")
    number = shown(page, number)
    assert frame.evaluate("window.same")
    page.get_by_label("Language").select_option("fr")
    expect(inside(page).get_by_text("vraie")).to_be_visible()
    page.frames[1].evaluate("window.same = true")
    edit(preview, PAGE, "title: Who", "title: But who")
    shown(page, number)
    page.wait_for_function("!document.getElementById('frame').contentWindow.same")


def test_problems_stand_beside_what_they_concern(preview: Preview, opened: Open) -> None:
    page = opened()
    edit(preview, PAGE, "alt: Three", "atl: Three")
    edit(preview, QUESTIONS, "value: 20", "value: many")
    edit(preview, PAGE, "Shares give no", "Shares give <font>no")
    frame = inside(page)
    figure = frame.locator("figure + .preview-problem, .preview-problem + .preview-problem")
    expect(figure.filter(has_text="media.no-alt")).to_be_visible()
    expect(figure.filter(has_text="media.no-alt")).to_contain_text(f"{PAGE}:6:1")
    html = frame.locator("li .preview-problem", has_text="<font>")
    expect(html.first).to_contain_text(f"{PAGE}:15")
    assert html.first.evaluate("note => note.closest('li').textContent").startswith("Shares give")

    page.locator("#problems-button").click()
    expect(page.locator("#problems-button")).to_contain_text("error")
    entry = page.locator("#problems-list li", has_text="many")
    entry.get_by_role("button", name="Show").click()
    quorum = frame.locator('[data-question="quorum"] .preview-problem')
    expect(quorum).to_be_visible()
    expect(quorum).to_contain_text("field.value")
    copy = quorum.get_by_role("button")
    expect(copy).to_be_focused()
    place = copy.inner_text()
    assert place.startswith(QUESTIONS + ":")
    copy.press("Enter")
    expect(copy).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == place
    assert_accessible(page, "with problems")


def test_a_problem_of_another_language_is_shown_there(preview: Preview, opened: Open) -> None:
    page = opened()
    edit(preview, PAGE.replace(".en.", ".fr."), "alt: Trois", "atl: Trois")
    page.locator("#problems-button").click()
    entry = page.locator("#problems-list li", has_text="has no “alt”")
    assert inside(page).locator(".preview-problem", has_text="no-alt").count() == 0
    entry.get_by_role("button", name="Show").click()
    expect(inside(page).locator(".preview-problem", has_text="media.no-alt")).to_be_visible()
    expect(page.locator("#language")).to_have_value("fr")


def test_a_mended_course_has_no_notes_left(preview: Preview, opened: Open) -> None:
    page = opened()
    edit(preview, PAGE, "alt: Three", "atl: Three")
    expect(inside(page).locator(".preview-problem").first).to_be_visible()
    edit(preview, PAGE, "atl: Three", "alt: Three")
    expect(inside(page).locator(".preview-problem")).to_have_count(0)
    expect(page.locator("#problems-button")).to_have_text("No problems")


def test_the_look_is_tried_without_a_reload(opened: Open) -> None:
    page = opened()
    body = page.frames[1]
    light = body.evaluate("getComputedStyle(document.body).backgroundColor")
    body.evaluate("window.stayed = true")
    page.select_option("#direction", "rtl")
    page.select_option("#scheme", "dark")
    page.select_option("#width", "390")
    assert body.evaluate("getComputedStyle(document.body).direction") == "rtl"
    assert body.evaluate("getComputedStyle(document.body).backgroundColor") != light
    assert body.evaluate("window.innerWidth") == 390
    page.select_option("#direction", "")
    page.select_option("#scheme", "light")
    page.emulate_media(color_scheme="dark")
    assert body.evaluate("getComputedStyle(document.body).direction") == "ltr"
    assert body.evaluate("getComputedStyle(document.body).backgroundColor") == light
    assert body.evaluate("window.stayed") is True


def test_what_is_chosen_stays_in_the_address(opened: Open) -> None:
    page = opened()
    page.select_option("#language", "fr")
    expect(inside(page).get_by_role("heading", name="Qui décide")).to_be_visible()
    page.select_option("#unit", "first-steps")
    page.select_option("#medium", "scorm12")
    page.reload()
    shown(page)
    assert page.frames[1].url.endswith("/show/scorm12/fr/first-steps/#first-steps/who-decides") or (
        "/show/scorm12/fr/first-steps/" in page.frames[1].url
    )
    for control, value in (("language", "fr"), ("unit", "first-steps"), ("medium", "scorm12")):
        expect(page.locator(f"#{control}")).to_have_value(value)


def test_a_language_keeps_the_page_one_is_on(opened: Open) -> None:
    page = opened("#first-steps/an-assembly")
    expect(inside(page).get_by_role("heading", name="An assembly")).to_be_visible()
    page.select_option("#language", "fr")
    expect(inside(page).get_by_role("heading", name="Une assemblée")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_axe_finds_nothing_and_nothing_is_too_wide(opened: Open, width: int, scheme: str) -> None:
    page = opened("?medium=scorm2004", width=width, scheme=scheme)
    expect(page.locator("#lms-facts dt").first).to_be_visible()
    assert_accessible(page, "the LMS")
    page.locator("#problems-button").click()
    assert_accessible(page, "the problems")
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0


def test_the_keyboard_alone_is_enough(opened: Open) -> None:
    page = opened()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#unit")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(inside(page).get_by_role("heading", name="Qui décide")).to_be_visible()
    for _ in range(10):
        if page.locator("#problems-button").evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#problems")).to_be_visible()


def test_a_theme_is_seen_and_read_by_day_and_by_night(preview: Preview, opened: Open) -> None:
    (preview.course / "media").mkdir()
    (preview.course / "media" / "small.ttf").write_bytes(small_font())
    (preview.course / "media" / "logo.svg").write_text(LOGO, "utf-8")
    (preview.course / "theme.yaml").write_text(THEME, "utf-8")
    for scheme in ("light", "dark"):
        page = opened("?medium=scorm12", scheme=scheme)
        body = page.frames[1]
        body.wait_for_function("document.fonts.check('1em \"Course heading\"')")
        assert body.evaluate(
            "getComputedStyle(document.querySelector('h1')).fontFamily"
        ).startswith('"Course heading"')
        accent = body.evaluate("getComputedStyle(document.querySelector('.bar-button')).color")
        assert (accent == "rgb(122, 31, 162)") == (scheme == "light")
        expect(inside(page).get_by_role("img", name="The mill")).to_be_visible()
        assert_accessible(page, f"a theme, {scheme}")
        page.close()
