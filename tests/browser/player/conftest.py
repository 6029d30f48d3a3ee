"""Documents of the shipped course and of a course with every question type, as plain web pages."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route

from content.load import load_course
from content.model import Course
from content.render import Medium, player_files, render_document
from tests.player_pages.courses import kitchen_course

ROOT = Path(__file__).parents[3]
AXE = ROOT / "tests" / "node" / "node_modules" / "axe-core" / "axe.min.js"


def write_site(
    folder: Path,
    course: Course,
    language: str,
    *,
    medium: Medium = "local",
    config: Mapping[str, object] | None = None,
    languages: Sequence[str] = (),
) -> Path:
    """The document of a whole course with all its files in ``folder``; its index page."""
    document = render_document(
        course,
        language=language,
        units=course.units,
        medium=medium,
        player_base="player/",
        media_url=lambda path: f"media/{path}",
        keys=medium != "lti",
        config=config or {},
        languages=languages,
    )
    for file in player_files(medium):
        target = folder / "player" / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read())
    for media in document.media:
        target = folder / "media" / media.path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(media.source, target)
    for name, script in document.scripts:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(script, encoding="utf-8")
    index = folder / "index.html"
    index.write_text(document.html, encoding="utf-8")
    return index


@pytest.fixture(scope="session")
def course() -> Course:
    """The shipped course's first unit alone."""
    found = load_course(ROOT / "content" / "courses" / "sse-management")
    return replace(found, units=found.units[:1])


@pytest.fixture(scope="session")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return kitchen_course(tmp_path_factory.mktemp("kitchen"))


Site = Callable[..., str]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """(course, language, medium) → the file:// address of its document; made once."""

    @functools.cache
    def address(course_id: str, digest: str, language: str, medium: Medium) -> str:
        folder = tmp_path_factory.mktemp(f"site-{course_id}-{language}-{medium}")
        return write_site(folder, courses[digest], language, medium=medium).as_uri()

    courses: dict[str, Course] = {}

    def of(course: Course, language: str = "en", medium: Medium = "local") -> str:
        courses[course.digest] = course
        return address(course.id, course.digest, language, medium)

    return of


@pytest.fixture
def browse(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages that may load nothing but their own files, and fails on any error in them."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def guard(route: Route) -> None:
        url = route.request.url
        if url.startswith(("file:", "http://127.0.0.1:", "data:")):
            route.continue_()
        else:
            faults.append(f"asks for {url}")
            route.abort()

    def open_page(
        url: str | None = None,
        *,
        width: int = 1280,
        scheme: str = "light",
        context: BrowserContext | None = None,
        script: str | None = None,
    ) -> Page:
        if context is None:
            context = chromium.new_context(
                viewport={"width": width, "height": 844},
                color_scheme=scheme,  # type: ignore[arg-type]
                reduced_motion="reduce",
            )
            context.route("**/*", guard)
            contexts.append(context)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))

        def listen(message: ConsoleMessage) -> None:
            # A refused API call is the test's own doing.
            if message.type == "error" and "/api/" not in message.location["url"]:
                faults.append(f"console: {message.text}")

        page.on("console", listen)
        if url:
            page.goto(url)
            page.locator("body.is-ready .view.is-current").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, faults


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder and the address under which a small web server gives it out."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield tmp_path, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()
