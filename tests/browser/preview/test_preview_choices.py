"""What the preview's bar lets one choose: languages together, the site, one unit alone, afresh; and
what stops a build though it stands in no page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from scorm_builder.starter import make_course
from tests.browser.preview.conftest import Open, shown
from tests.browser.preview.test_preview_lms import fact_of, faults
from tests.browser.preview.test_preview_page import (
    PAGE,
    QUESTIONS,
    assert_accessible,
    edit,
    inside,
)
from tests.previewing import HOLED_COMMAND, Preview, running_preview

pytestmark = pytest.mark.browser

SECOND_QUORUM = """\
  - id: other-quorum
    type: numeric
    outcome: tell-who-decides
    prompt: {en: How many?, fr: Combien}
    value: 20
    if_right: {en: Yes, fr: Oui}
    if_wrong: {en: No, fr: Non}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_stops_a_build_stands_above_every_page(
    preview: Preview, opened: Open, scheme: str
) -> None:
    page = opened("#first-steps/an-assembly", scheme=scheme)
    top = inside(page).locator(".preview-top")
    expect(top).to_have_count(0)
    edit(preview, QUESTIONS, "    type: single-choice", "    type: [single-choice")
    expect(top).to_be_visible()
    expect(top).to_contain_text("yaml.syntax")
    expect(top.get_by_role("button")).to_have_text(f"{QUESTIONS}:5:12")
    assert_accessible(page, "with a problem on top")
    edit(preview, QUESTIONS, "    type: [single-choice", "    type: single-choice")
    expect(top).to_have_count(0)
    expect(inside(page).get_by_role("heading", name="An assembly")).to_be_visible()


def test_what_would_vanish_from_the_lock_file_is_told(preview: Preview, opened: Open) -> None:
    build = [sys.executable, "-m", "scorm_builder", "build", str(preview.course), "--format=folder"]
    out = ["--output", str(preview.course.parent / "out")]
    subprocess.run([*build, *out], check=True, capture_output=True)
    page = opened()
    edit(preview, QUESTIONS, "- id: votes", "- id: how-many-votes")
    top = inside(page).locator(".preview-top")
    expect(top).to_contain_text("lock.vanished")
    expect(top).to_contain_text("question first-steps/votes")
    refused = subprocess.run([*build, *out], check=False, capture_output=True, text=True)
    assert refused.returncode == 1
    told = top.locator("p").nth(1).inner_text().rpartition(": ")[2]
    assert told in refused.stderr
    edit(preview, QUESTIONS, "- id: how-many-votes", "- id: votes")
    expect(top).to_have_count(0)


def test_what_an_lms_has_no_room_for_is_told_in_its_format(preview: Preview, opened: Open) -> None:
    page = opened("?medium=scorm12#first-steps/an-assembly")
    told = inside(page).locator(".preview-top .preview-problem")
    expect(told).to_have_count(0)
    unit = "units/01-first-steps/unit.yaml"
    edit(preview, unit, "attempts: 2", "attempts: 100")
    edit(preview, QUESTIONS, "  - id: quorum\n", SECOND_QUORUM + "  - id: quorum\n")
    expect(told).to_contain_text("room.suspend-data")
    expect(told).to_contain_text("SCORM 1.2 has room for 4,096")
    expect(told).to_contain_text("build scorm2004")
    page.select_option("#medium", "scorm2004")
    expect(page.locator("#problems-button")).to_have_text("2 warnings")
    expect(told).to_have_count(0)
    page.select_option("#medium", "scorm12")
    expect(told).to_be_visible()
    edit(preview, unit, "attempts: 100", "attempts: 2")
    expect(told).to_have_count(0)
    expect(page.locator("#problems-button")).to_have_text("No problems")


def test_a_request_to_the_network_stands_in_its_page(chromium: Browser, tmp_path: Path) -> None:
    make_course(tmp_path / "small")
    with running_preview(tmp_path / "small", HOLED_COMMAND) as preview:
        page = chromium.new_page()
        page.goto(preview.address)
        shown(page)
        note = inside(page).locator("h1 + .preview-problem")
        edit(preview, PAGE, "one vote**", "one HOLE vote**")
        expect(note).to_contain_text("outside.request")
        expect(note).to_contain_text(PAGE)
        expect(page.locator("#problems-button")).to_contain_text("error")
        edit(preview, PAGE, "one HOLE vote**", "one vote**")
        expect(note).to_have_count(0)
        page.close()


def test_all_languages_together_have_a_switch(preview: Preview, opened: Open) -> None:
    page = opened()
    page.select_option("#language", "together")
    frame = inside(page)
    frame.locator("#language-button").click()
    frame.locator(".language-choice", has_text="Français").click()
    expect(frame.get_by_role("heading", name="Qui décide")).to_be_visible()
    edit(preview, PAGE.replace(".en.", ".fr."), "alt: Trois", "atl: Trois")
    expect(frame.locator(".preview-problem", has_text="media.no-alt")).to_be_visible()
    frame.locator("#language-button").click()
    frame.locator(".language-choice", has_text="English").click()
    expect(frame.get_by_role("heading", name="Who decides?")).to_be_visible()
    expect(frame.locator(".preview-problem", has_text="media.no-alt")).to_have_count(0)


def test_a_site_leaves_no_worker_behind(opened: Open) -> None:
    page = opened("?medium=web")
    frame = inside(page)
    frame.get_by_role("button", name="On this device").click()
    expect(frame.get_by_role("heading", name="Your progress")).to_be_visible()
    found = "navigator.serviceWorker && navigator.serviceWorker.getRegistrations()"
    assert page.evaluate(f"Promise.resolve({found}).then((all) => all.length)") == 0
    expect(page.locator("#status")).to_have_text("Works offline once built.")


def test_pages_without_an_lms_begin_afresh(opened: Open) -> None:
    page = opened()
    frame = inside(page)
    frame.locator("a[rel=next]").first.click()
    expect(frame.get_by_role("heading", name="An assembly")).to_be_visible()
    expect(frame.locator("#progress-text")).to_contain_text("66%")
    page.locator("#afresh").click()
    expect(page.locator("#status")).to_have_text("Progress and attempts are forgotten.")
    expect(frame.get_by_role("heading", name="Who decides?")).to_be_visible()
    expect(frame.locator("#progress-text")).to_contain_text("33%")


@pytest.mark.parametrize("medium", ["scorm12", "cmi5"])
def test_a_unit_alone_is_an_activity_of_its_own(opened: Open, medium: str) -> None:
    page = opened(f"?medium={medium}")
    kept = page.locator("#lms-kept")
    inside(page).locator("a[rel=next]").first.click()
    expect(kept).to_contain_text("2 of 2")
    page.select_option("#unit", "first-steps")
    expect(page.locator("#lms-activity")).to_have_text("First steps")
    expect(kept).to_contain_text("1 of 2")
    expect(inside(page).locator(".notice")).to_have_count(0)
    page.select_option("#unit", "")
    expect(page.locator("#lms-activity")).to_have_text("The whole course")
    expect(kept).to_contain_text("2 of 2")
    if medium == "scorm12":
        expect(fact_of(page, "Attempt, session")).to_have_text("1, 2")
    assert faults(page) == "None so far."


def test_a_trainer_guide_is_seen_and_mended(
    chromium: Browser, tmp_path: Path, opened: Open
) -> None:
    expect(opened().locator("#medium option[value=guide]")).to_have_count(0)
    make_course(tmp_path / "session", template="trainers-guide")
    with running_preview(tmp_path / "session") as preview:
        page = chromium.new_page()
        page.goto(preview.address)
        shown(page)
        edit(preview, "units/01-session/guide.fr.md", "## Avant", "![](x.png)\n\n## Avant")
        page.locator("#problems-button", has_text="1 error").click()
        page.locator("#problems-list").get_by_role("button", name="Show").click()
        problem = inside(page).locator(".preview-problem")
        expect(problem).to_contain_text("guide.fr.md")
        expect(problem).to_be_visible()
        assert (page.input_value("#medium"), page.input_value("#language")) == ("guide", "fr")
        edit(preview, "units/01-session/guide.fr.md", "![](x.png)\n\n", "")
        expect(problem).to_have_count(0)
        edit(preview, "units/01-session/guide.fr.md", "## Avant de commencer", "## D’abord")
        expect(inside(page).get_by_role("heading", name="D’abord")).to_be_visible()
        assert_accessible(page, "guide")
        number = shown(page)
        edit(preview, "units/01-session/pages/the-floor.fr.md", "la parole", "le micro")
        shown(page, number)
        page.select_option("#medium", "local")
        expect(inside(page).get_by_role("heading", name="Partager le micro")).to_be_visible()
        page.close()
