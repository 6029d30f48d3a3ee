"""Every format of a course with everything in it, in a browser whose every request to another host
is recorded: there is none. And pictures and videos are loaded when, and as large as, needed."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page

from content.model import Course
from scorm_builder.build import build_package
from scorm_builder.formats import FORMATS
from scorm_builder.formats.sites import FOLDER, SINGLE
from scorm_builder.media.room import MediaRoom
from scorm_builder.order import Order
from tests.learner import Learner
from tests.media_course import make_media_course

FORMS = {
    **{form.name: form for form in (FOLDER, SINGLE)},
    **{name: form for name, form in FORMATS.items() if form.family != "cartridge"},
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return make_media_course(tmp_path_factory.mktemp("media") / "course").load()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaRoom]:
    with MediaRoom(tmp_path_factory.mktemp("cache")) as room:
        yield room


class _Recorder(http.server.BaseHTTPRequestHandler):
    """A proxy that lets nothing through and remembers what was asked for."""

    asked: list[str]

    def _note(self) -> None:
        self.asked.append(f"{self.command} {self.path}")
        self.send_error(502)

    do_GET = do_POST = do_CONNECT = do_HEAD = do_OPTIONS = _note  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


def serving(handler: object) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)  # type: ignore[arg-type]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def asked() -> list[str]:
    """What went to other hosts."""
    return []


@pytest.fixture
def page(chromium: Browser, asked: list[str]) -> Iterator[Page]:
    class Recorder(_Recorder):
        pass

    Recorder.asked = asked
    for proxy in serving(Recorder):
        context = chromium.new_context(
            proxy={"server": proxy, "bypass": "127.0.0.1"},
            viewport={"width": 390, "height": 800},
        )
        yield context.new_page()
        context.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and where it is served."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    folder = tmp_path / "site"
    folder.mkdir()
    for address in serving(functools.partial(Quiet, directory=str(folder))):
        yield folder, address


def put(built: Path, folder: Path) -> Path:
    """What was built, laid out in ``folder``; the page to open."""
    if built.suffix == ".zip":
        with ZipFile(built) as package:
            package.extractall(folder)
    elif built.is_dir():
        built.rename(folder / "course")
        return folder / "course" / "index.html"
    else:
        built.rename(folder / "index.html")
    return folder / "index.html"


def read_everything(page: Page, course: Course) -> None:
    unit = course.units[0]
    learner = Learner(page, unit)
    learner.arrive()
    for picture in page.locator("figure img").all():
        picture.scroll_into_view_if_needed()
        page.wait_for_function(
            "i => i.complete && i.naturalWidth > 0", arg=picture.element_handle()
        )
    for player in page.locator("video, audio").all():
        player.evaluate("m => { m.muted = true; return m.play().then(() => m.pause()); }")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    learner.read_on(to="quiz")
    page.locator("#language-button").click()
    page.get_by_role("button", name="Français").click()
    page.wait_for_function("document.documentElement.lang === 'fr'")


@pytest.mark.browser
@pytest.mark.parametrize("light", [False, True], ids=["full", "light"])
@pytest.mark.parametrize("name", FORMS)
def test_nothing_is_asked_of_another_host(
    course: Course,
    room: MediaRoom,
    page: Page,
    asked: list[str],
    site: tuple[Path, str],
    tmp_path: Path,
    name: str,
    light: bool,
) -> None:
    form = FORMS[name]
    order = Order(course=course, form=form, languages=course.languages, light=light)
    launch = put(build_package(order, tmp_path / "out", room).path, site[0])
    address = launch.as_uri() if form.from_disk else f"{site[1]}/index.html"
    own: list[str] = []
    page.context.on("request", lambda request: own.append(request.url))
    page.goto(address)
    read_everything(page, course)
    assert asked == []
    elsewhere = [url for url in own if not url.startswith(("file:", "data:", "blob:", site[1]))]
    assert elsewhere == []
    # That the recorder would have seen one:
    page.evaluate("fetch('http://elsewhere.example/x').catch(() => 0)")
    assert asked, "the recorder is deaf"


AXE = Path(__file__).parents[2] / "node" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("light", [False, True], ids=["full", "light"])
def test_axe_finds_nothing_where_media_are_shown(
    course: Course, room: MediaRoom, page: Page, tmp_path: Path, light: bool, scheme: str
) -> None:
    order = Order(course=course, form=FOLDER, languages=("fr", "en"), light=light)
    built = build_package(order, tmp_path / "out", room)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto((built.path / "index.html").as_uri())
    Learner(page, course.units[0]).arrive()
    assert page.locator(".media-light-note").count() == (2 if light else 0)
    page.add_script_tag(path=AXE)
    result = page.evaluate(
        "axe.run(document, { preload: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a',"
        " 'wcag21aa', 'wcag22aa', 'best-practice'] })"
    )
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in result["violations"]] == []
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide)
    page.screenshot(path=tmp_path / "page.png", full_page=True)


@pytest.mark.browser
def test_media_are_loaded_as_they_are_wanted(
    course: Course, room: MediaRoom, page: Page, site: tuple[Path, str], tmp_path: Path
) -> None:
    order = Order(course=course, form=FORMATS["scorm12"], languages=("en",))
    put(build_package(order, tmp_path / "out", room).path, site[0])
    own: list[str] = []
    page.context.on("request", lambda request: own.append(request.url.rpartition("/")[2]))
    page.goto(f"{site[1]}/index.html")
    Learner(page, course.units[0]).arrive()
    assert not [name for name in own if name.endswith((".mp4", ".webm", ".mp3"))]
    chart = page.locator("figure img[alt='A chart']")
    chart.scroll_into_view_if_needed()
    page.wait_for_function("i => i.complete", arg=chart.element_handle())
    assert "-480." in chart.evaluate("i => i.currentSrc"), "a phone loads the small one"
    page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_function("i => i.currentSrc.includes('-960.')", arg=chart.element_handle())
    video = page.locator("video").first
    box = video.bounding_box()
    assert box
    assert abs(box["width"] / box["height"] - 640 / 360) < 0.02, "room before it is loaded"
    video.evaluate("m => { m.muted = true; return m.play(); }")
    assert [name for name in own if name.endswith(".mp4")]


@pytest.mark.browser
@pytest.mark.parametrize("turn", [90, -90])
def test_the_still_of_a_phones_video_stands_as_the_video_does(
    page: Page, room: MediaRoom, site: tuple[Path, str], tmp_path: Path, turn: int
) -> None:
    from content.model import MediaFile
    from tests.media_samples import video

    source = video(site[0] / "v.mp4", seconds=1, size=(320, 180), rotation=turn, sound=None)
    recording = room.fitted().recording(MediaFile("v.mp4", source, source.stat().st_size))
    assert recording.poster
    still = recording.poster.widest
    (site[0] / "still").write_bytes(still.source.read_bytes())
    (site[0] / "index.html").write_text("<video src=v.mp4 muted></video><img src=still>", "utf-8")
    page.goto(f"{site[1]}/index.html")
    difference = page.evaluate(
        """async (at) => {
          const video = document.querySelector('video'), image = document.querySelector('img');
          await new Promise((done) => { video.onseeked = done; video.currentTime = at; });
          await image.decode();
          const pixels = (what) => {
            const canvas = document.createElement('canvas');
            canvas.width = 36; canvas.height = 64;
            const context = canvas.getContext('2d');
            context.drawImage(what, 0, 0, 36, 64);
            return context.getImageData(0, 0, 36, 64).data;
          };
          const [a, b] = [pixels(video), pixels(image)];
          return a.reduce((sum, one, index) => sum + Math.abs(one - b[index]), 0) / a.length;
        }""",
        0.1,
    )
    assert (still.width, still.height) == (180, 320)
    assert difference < 8
