"""Each output is open to all, in each of its languages: axe, the keyboard, narrow and wide."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from content.load import load_course
from content.model import Course
from scorm_builder.build import build_package
from scorm_builder.formats import FORMATS
from scorm_builder.order import Order
from tests.browser.formats.test_formats_play import Site
from tests.browser.player.test_player_access import assert_accessible
from tests.learner import Learner, right_answer
from tests.player_pages.learners import go

pytestmark = pytest.mark.browser
LANGUAGES = {"en": "English", "fr": "Français", "ar": "العربية"}
OUTPUTS = ("scorm12", "scorm2004", "cmi5", "web", "folder", "single")


@pytest.fixture(scope="module")
def shipped() -> Course:
    """The first unit of the course that the project ships, in English, French and Arabic."""
    course = load_course(Path(__file__).parents[3] / "content/courses/sse-management")
    return replace(course, units=course.units[:1])


def opened(built: Path, folder: Path) -> Path:
    """The document to open of an output, whatever kind of file that is."""
    if built.is_dir():
        return built / "index.html"
    if built.suffix == ".html":
        return built
    with ZipFile(built) as archive:
        archive.extractall(folder)
    return folder / "index.html"


def by_keyboard(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_is_open_to_all_in_each_language(
    context: BrowserContext, shipped: Course, tmp_path: Path, name: str
) -> None:
    order = Order(course=shipped, form=FORMATS[name], languages=tuple(LANGUAGES))
    document = opened(build_package(order, tmp_path).path, tmp_path / "out")
    unit = shipped.units[0]
    with Site(document.parent) as address:
        page = context.new_page()
        page.goto(address + document.name if name == "web" else document.as_uri())
        learner = Learner(page, unit)
        learner.arrive()
        for tag, own_name in LANGUAGES.items():
            if page.locator("html").get_attribute("lang") != tag:
                page.locator("#language-button").focus()
                by_keyboard(page, "Enter")
                choice = page.get_by_role("dialog").get_by_role("button", name=own_name)
                while not choice.evaluate("node => node === document.activeElement"):
                    by_keyboard(page, "Tab")
                by_keyboard(page, "Enter")
            expect(page.locator("html")).to_have_attribute("lang", tag)
            for width in (390, 1280):
                page.set_viewport_size({"width": width, "height": 844})
                for view in (unit.pages[1].id, "quiz"):
                    go(page, f"{unit.id}/{view}")
                    assert_accessible(page, f"{name} {tag} {view} {width}")
                    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        go(page, f"{unit.id}/quiz")
        learner.answer_quiz({question.id: right_answer(question, "ar") for question in unit.quiz})
        page.locator(".is-current button[type=submit]").focus()
        by_keyboard(page, "Enter")
        page.get_by_role("dialog").get_by_role("button").first.wait_for()
        by_keyboard(page, "Enter")
        page.locator('.view.is-current[data-view$="/result"]').wait_for()
        assert learner.score() == 100
        assert_accessible(page, f"{name} ar result")
