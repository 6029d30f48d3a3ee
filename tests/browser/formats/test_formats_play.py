"""Each format does in a browser what it is for."""

from __future__ import annotations

import functools
import shutil
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from content.model import Course
from scorm_builder.build import build_package
from scorm_builder.formats import FORMATS, Format
from scorm_builder.formats.sites import FOLDER, SINGLE, WEB
from scorm_builder.order import Order
from tests.learner import Learner
from tests.scorm_packages.lms import Launch, Lms
from tests.scorm_packages.playing import clean, right_answers, started, wrong_answers
from tests.scorm_packages.recorded import recorded_course

#: What becomes a download is a request that was broken off.
ABORTED = "net::ERR_ABORTED"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return recorded_course(tmp_path_factory.mktemp("courses") / "small")


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A tab that fails the test where a script fails or a request goes wrong."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda one: one.failure == ABORTED or wrong.append(one.url[:200]))
    yield page
    assert wrong == []


@pytest.mark.parametrize("form", [FOLDER, SINGLE], ids=lambda form: form.name)
def test_it_opens_from_a_disk_alone(
    page: Page, course: Course, form: Format, tmp_path: Path
) -> None:
    order = Order(course=course, form=form, languages=("en", "fr"))
    made = build_package(order, tmp_path / "dist").path
    stick = tmp_path / "stick"
    if form is SINGLE:
        stick.mkdir()
        shutil.move(made, stick / "course.html")
    else:
        shutil.move(made, stick)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(next(stick.glob("*.html")).as_uri())
    unit = course.units[0]
    learner = Learner(page, unit)
    learner.arrive()
    cues = """() => new Promise((resolve) => {
      const track = document.querySelector('track');
      const tell = () => resolve(track.track.cues[0].text);
      track.addEventListener('error', () => resolve('error'));
      if (track.readyState === 2) tell(); else track.addEventListener('load', tell);
      track.track.mode = 'showing';
    })"""
    assert page.evaluate(cues) == "Welcome to the assembly"
    with page.expect_download() as coming:
        page.get_by_role("link", name="A grid").click()
    assert coming.value.suggested_filename == "grid.csv"
    drawing = page.locator("figure img").first
    drawing.scroll_into_view_if_needed()
    expect(drawing).to_have_js_property("complete", True)
    assert drawing.evaluate("image => image.naturalWidth") > 0
    learner.read_on(to="quiz")
    page.locator("#language-button").click()
    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    learner.answer_quiz(right_answers(unit))
    page.locator("#language-button").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert learner.hand_in() == 100
    kinds = {url.partition(":")[0] for url in asked}
    assert kinds <= {"file", "data"}
    if form is SINGLE:
        assert len({url for url in asked if url.startswith("file:")}) == 1
    page.reload()
    learner.arrive()
    assert learner.where == "result", "the device remembers"


class Site(AbstractContextManager[str]):
    """A web server for what lies in a folder. Gives its address."""

    def __init__(self, folder: Path) -> None:
        handler = functools.partial(_Quiet, directory=str(folder))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


def objections(page: Page) -> list[str]:
    """What Chromium has against the manifest, and against installing the site."""
    browser = page.context.new_cdp_session(page)
    manifest = browser.send("Page.getAppManifest")
    assert manifest["url"].endswith("/manifest.webmanifest")
    found = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A test's profile is one that keeps nothing.
    named = [one["errorId"] for one in found if one["errorId"] != "in-incognito"]
    return [*(one["message"] for one in manifest["errors"]), *named]


def test_the_site_goes_on_without_its_server(
    context: BrowserContext, course: Course, tmp_path: Path
) -> None:
    """Each file arrives as the list in the worker has it, or nothing would be kept."""
    order = Order(course=course, form=WEB, languages=("en", "fr"))
    with ZipFile(build_package(order, tmp_path).path) as archive:
        archive.extractall(tmp_path / "www")
    page = context.new_page()
    learner = Learner(page, course.units[0])
    with Site(tmp_path / "www") as address:
        page.goto(address)
        learner.arrive()
        page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        assert objections(page) == []
    page.reload()
    learner.arrive()
    learner.read_on(to="quiz")
    page.locator("#language-button").click()
    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    learner.answer_quiz(right_answers(course.units[0]))


@pytest.mark.parametrize("name", ["scorm2004-2nd", "scorm2004-3rd"])
def test_the_older_editions_play(
    context: BrowserContext, course: Course, name: str, tmp_path: Path
) -> None:
    built = build_package(Order(course=course, form=FORMATS[name], languages=("en",)), tmp_path)
    unit = course.units[0]
    with Lms() as lms:
        lms.upload("unit", built.path)
        session = lms.open(context, Launch("unit", "scorm2004"))
        learner = started(session, unit)
        assert learner.data["config"]["suspend_limit"] == FORMATS[name].suspend_data
        learner.read_on(to="quiz")
        learner.answer_quiz(right_answers(unit))
        assert learner.hand_in() == 100
        assert session.value("completion_status") == "completed"
        clean(session.leave())


@pytest.mark.parametrize("name", ["scorm12", "scorm2004"])
def test_each_unit_is_tracked_by_itself(
    context: BrowserContext, course: Course, name: str, tmp_path: Path
) -> None:
    """Two activities of one package: each has its own state, status and score."""
    first = course.units[0]
    second = replace(first, id="second-steps")
    whole = replace(course, units=(first, second))
    order = Order(course=whole, form=FORMATS[name], languages=("en", "fr"), sco_per_unit=True)
    built = build_package(order, tmp_path)
    with Lms() as lms:
        lms.upload("course", built.path)
        for unit, answers, score in ((first, right_answers, 100), (second, wrong_answers, 25)):
            place = f"course/units/{unit.id}"
            session = lms.open(context, Launch(place, name, registration=unit.id))
            learner = started(session, unit)
            assert [one["id"] for one in learner.data["units"]] == [unit.id]
            learner.read_on(to="quiz")
            learner.answer_quiz(answers(unit))
            assert learner.hand_in() == score
            assert float(session.value("score.raw") or "") == score
            assert session.errors == []
            clean(session.leave())
