"""The site as an app: without a connection, over a weak one, updated, erased and brought back."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from content.model import Course
from content.render.offline import APP_MANIFEST, PIECE, WORKER, KeptFile, app_manifest
from content.render.offline import service_worker as worker_text
from tests.browser.player.conftest import AXE, write_site
from tests.learner import Learner, right_answer
from tests.player_pages.learners import right_answers, words

pytestmark = pytest.mark.browser
BIG = "media/film.mp4"


class WebServer:
    """A small web server that knows ranges, and can be taken away or break off."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        #: Asked for this name, so many more times, it breaks off after half.
        self.breaks: dict[str, int] = {}
        #: Answered with this page instead of the file, as captive portals do.
        self.portal: str | None = None
        self.down = False
        self.ranges = True
        handler = type("Handler", (_Handler,), {"web": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/course/"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    web: WebServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = self.path.split("?")[0].removeprefix("/course/") or "index.html"
        self.close_connection = True
        if self.web.down:
            return
        self.web.asked.append(f"{name} {self.headers.get('Range', '')}".strip())
        file = self.web.folder / name
        if not file.is_file():
            self.send_error(404)
            return
        body = self.web.portal.encode() if self.web.portal else file.read_bytes()
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        kinds = {".js": "text/javascript", ".html": "text/html", ".css": "text/css"}
        if wanted and self.web.ranges:
            first, last = int(wanted[1]), int(wanted[2] or len(body) - 1)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(body)}")
            body = body[first : last + 1]
        else:
            self.send_response(200)
        self.send_header("Content-Type", kinds.get(file.suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.web.breaks.get(name):
            self.web.breaks[name] -= 1
            body = body[: len(body) // 2]
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


def write_app(folder: Path, course: Course, *, big: bytes = b"") -> None:
    """What the builder writes for the ``web`` format."""
    write_site(folder, course, "en", medium="web", languages=("fr",))
    manifest = app_manifest(course.title["en"], "en", player_base="player/")
    (folder / APP_MANIFEST).write_text(manifest, encoding="utf-8")
    if big:
        (folder / BIG).write_bytes(big)
    files = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != WORKER:
            data = path.read_bytes()
            files.append(KeptFile(name, hashlib.sha256(data).hexdigest(), len(data)))
    media = [file for file in files if file.name.startswith("media/")]
    shell = [file for file in files if file not in media]
    (folder / WORKER).write_text(worker_text(course.id, shell, media), encoding="utf-8")


@pytest.fixture
def small(course: Course) -> Course:
    return replace(course, units=course.units[:1])


@pytest.fixture
def web(tmp_path: Path, small: Course) -> Iterator[WebServer]:
    write_app(tmp_path, small)
    server = WebServer(tmp_path)
    yield server
    server.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="en")
    yield context
    context.close()


def visit(context: BrowserContext, url: str, page: Page | None = None) -> Page:
    """Open the course, and wait until the service worker is at work."""
    page = page or context.new_page()
    page.goto(url)
    page.locator("body.is-ready .view.is-current").wait_for()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    return page


def device(page: Page) -> None:
    """Open “On this device”."""
    opener = page.get_by_role("button", name=words(page, "device"), exact=True)
    if not opener.is_visible():
        page.locator("#contents-button").click()
    opener.click()


def test_the_course_works_with_the_server_gone(
    context: BrowserContext, web: WebServer, small: Course
) -> None:
    unit = small.units[0]
    page = visit(context, web.url)
    Learner(page, unit).read_on(to="quiz")
    web.down = True
    page = visit(context, web.url, page)
    learner = Learner(page, unit)
    assert learner.where == "quiz", "progress is this device's"
    learner.answer_quiz({q.id: right_answer(q, "en") for q in unit.quiz})
    assert learner.hand_in() == 100
    page.locator("#language-button").click()
    page.get_by_role("dialog").get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.reload()
    page.locator("body.is-ready .view.is-current").wait_for()
    assert learner.where == "result"


def test_nothing_is_asked_of_anybody_else(context: BrowserContext, web: WebServer) -> None:
    others: list[str] = []
    context.on(
        "request",
        lambda request: request.url.startswith((web.url, "data:")) or others.append(request.url),
    )
    visit(context, web.url)
    assert others == []


@pytest.mark.parametrize("ranges", [True, False])
def test_a_weak_link_loses_nothing_that_came(
    context: BrowserContext, web: WebServer, small: Course, ranges: bool
) -> None:
    """A film of three pieces; the second breaks off twice. With ranges, no piece comes twice."""
    film = bytes(n % 251 for n in range(1000)) * (3 * PIECE // 1000)
    write_app(web.folder, small, big=film)
    web.ranges = ranges
    page = visit(context, web.url)
    device(page)
    dialog = page.get_by_role("dialog").last
    expect(dialog).to_contain_text(re.compile(r"of 1\d MB"))
    web.breaks[BIG] = 2
    dialog.get_by_role("button", name=re.compile("Keep the whole course")).click()
    expect(dialog).to_contain_text(words(page, "device.done"))
    pieces = [asked.partition(" ")[2] for asked in web.asked if asked.startswith(BIG)]
    if ranges:
        assert pieces.count(f"bytes={PIECE}-{2 * PIECE - 1}") == 1
        assert len(pieces) == 3 + 2
    web.down = True
    got = page.evaluate(
        "async ([url, from]) => {"
        " const whole = await (await fetch(url)).arrayBuffer();"
        " const hash = await crypto.subtle.digest('SHA-256', whole);"
        " const part = await fetch(url, {headers: {Range: `bytes=${from}-`}});"
        " const hex = b => b.toString(16).padStart(2, '0');"
        " return {hash: [...new Uint8Array(hash)].map(hex).join(''),"
        "  status: part.status, range: part.headers.get('Content-Range'),"
        "  first: new Uint8Array(await part.arrayBuffer())[0]}; }",
        [BIG, PIECE + 7],
    )
    assert got["hash"] == hashlib.sha256(film).hexdigest()
    assert got["status"] == 206
    assert got["first"] == film[PIECE + 7]
    assert got["range"] == f"bytes {PIECE + 7}-{2 * PIECE - 1}/{len(film)}"


def test_keeping_goes_on_at_the_next_visit(
    context: BrowserContext, web: WebServer, small: Course
) -> None:
    write_app(web.folder, small, big=b"x" * (2 * PIECE))
    page = visit(context, web.url)
    device(page)
    web.breaks[BIG] = 1000
    dialog = page.get_by_role("dialog").last
    dialog.get_by_role("button", name=re.compile("Keep the whole course")).click()
    expect(dialog).to_contain_text(words(page, "device.waiting"))
    page.close()
    web.breaks.clear()
    page = visit(context, web.url)
    device(page)
    expect(page.get_by_role("dialog").last).to_contain_text(words(page, "device.done"))


def test_a_page_of_somebody_else_is_never_kept(
    context: BrowserContext, web: WebServer, small: Course
) -> None:
    """A captive portal answers everything with its own page, and says 200."""
    write_app(web.folder, small, big=b"y" * 1000)
    page = visit(context, web.url)
    device(page)
    web.portal = "<p>Please log in</p>"
    dialog = page.get_by_role("dialog").last
    dialog.get_by_role("button", name=re.compile("Keep the whole course")).click()
    expect(dialog).to_contain_text(words(page, "device.waiting"))
    web.portal = None
    expect(dialog).to_contain_text(words(page, "device.done"))
    web.down = True
    assert page.evaluate("url => fetch(url).then(r => r.text())", BIG) == "y" * 1000


def test_an_update_is_told_and_taken_when_the_learner_agrees(
    context: BrowserContext, web: WebServer, small: Course
) -> None:
    unit = small.units[0]
    page = visit(context, web.url)
    Learner(page, unit).read_on(to="quiz")
    first = replace(unit.pages[0], title={**unit.pages[0].title, "en": "A new title"})
    newer = replace(
        small,
        units=(replace(unit, pages=(first, *unit.pages[1:])),),
        digest="e" * 64,
        text_digest="e" * 64,
    )
    write_app(web.folder, newer)
    web.asked.clear()
    page = visit(context, web.url, page)
    contents = page.locator(".toc")
    expect(page.locator(".notice", has_text=words(page, "device.update"))).to_be_visible()
    assert "A new title" not in (contents.text_content() or ""), "not before the learner agrees"
    fetched = {asked for asked in web.asked if not asked.startswith((WORKER, "index.html"))}
    assert fetched == {"lang/fr.js"} or not fetched, "only what has changed"
    page.get_by_role("button", name=words(page, "device.update.use")).first.click()
    expect(contents).to_contain_text("A new title", use_inner_text=False)
    page.locator("body.is-ready .view.is-current").wait_for()
    assert Learner(page, unit).where == "quiz", "progress stays"


def test_progress_can_be_taken_along_erased_and_brought_back(
    context: BrowserContext, web: WebServer, small: Course
) -> None:
    unit = small.units[0]
    page = visit(context, web.url)
    learner = Learner(page, unit)
    learner.read_on(to="quiz")
    device(page)
    with page.expect_download() as download:
        page.get_by_role("button", name=words(page, "device.export")).click()
    saved = Path(download.value.path()).read_text("utf-8")
    assert f'"{unit.pages[0].id}"' in saved
    page.get_by_role("button", name=words(page, "device.erase"), exact=True).click()
    page.get_by_role("button", name=words(page, "device.erase.yes")).click()
    notice = page.locator(".notice", has_text=words(page, "device.erased"))
    notice.wait_for()
    assert learner.where == unit.pages[0].id
    page.get_by_role("button", name=words(page, "device.undo")).click()
    page.locator('.is-ready .is-current[data-view$="/quiz"]').wait_for()
    expect(notice).to_have_count(0)

    page.get_by_role("button", name=words(page, "dismiss")).first.click()
    learner.answer_quiz(right_answers(unit))
    assert learner.hand_in() == 100
    device(page)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=words(page, "device.import")).click()
    chooser.value.set_files(download.value.path())
    page.get_by_role("button", name=words(page, "device.import.yes")).click()
    page.locator(".notice", has_text=words(page, "device.replaced")).wait_for()
    page.locator('.is-ready .is-current[data-view$="/quiz"]').wait_for()
    page.get_by_role("button", name=words(page, "device.undo")).click()
    page.locator('.is-ready .is-current[data-view$="/result"]').wait_for()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_dialog_is_open_to_all(context: BrowserContext, web: WebServer, width: int) -> None:
    page = visit(context, web.url)
    page.set_viewport_size({"width": width, "height": 844})
    device(page)
    page.get_by_role("button", name=words(page, "device.erase"), exact=True).click()
    page.evaluate(AXE.read_text("utf-8"))
    rules = "{runOnly: ['wcag2a','wcag2aa','wcag21aa','wcag22aa'], preload: false}"
    found = page.evaluate(f"axe.run(document, {rules})")
    assert [one["id"] for one in found["violations"]] == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name=words(page, "device"))).to_have_count(0)
