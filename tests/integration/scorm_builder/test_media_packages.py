"""What packages of a course full of media hold: what pages need of them, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import html

from content.model import Course
from scorm_builder.build import build_package
from scorm_builder.formats import FORMATS
from scorm_builder.media.room import MediaError, MediaRoom
from scorm_builder.order import Order
from tests.media_course import make_media_course
from tests.unit.content.courses import CourseFolder


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_media_course(tmp_path_factory.mktemp("media") / "course").root


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaRoom]:
    with MediaRoom(tmp_path_factory.mktemp("cache")) as room:
        yield room


@pytest.fixture
def course(sources: Path) -> Course:
    return CourseFolder(sources).load()


def order(course: Course, form: str = "scorm12", **how: object) -> Order:
    return Order(course=course, form=FORMATS[form], languages=("en",), **how)  # type: ignore[arg-type]


def test_the_course_is_sound(sources: Path) -> None:
    assert CourseFolder(sources).problems() == ()


def test_a_package_holds_what_its_pages_ask_for(
    course: Course, room: MediaRoom, tmp_path: Path
) -> None:
    built = build_package(order(course), tmp_path, room)
    with ZipFile(built.path) as package:
        names = {name for name in package.namelist() if name.startswith("media/")}
        page = html.fromstring(package.read("index.html"))
        sizes = {name: package.getinfo(name).file_size for name in names}
    asked = {str(one) for one in page.xpath("//@src | //@poster | //a[@download]/@href")}
    for srcset in page.xpath("//@srcset"):
        asked |= {part.split()[0] for part in str(srcset).split(", ")}
    asked = {name for name in asked if name.startswith("media/")}
    assert names == asked
    photos = sorted(name for name in names if "/photo-" in name)
    assert [name.rpartition("-")[2].partition(".")[0] for name in photos] == ["1440", "480", "960"]
    assert sum(sizes[name] for name in photos) < course_size(course, "media/photo.jpg")
    # The download is the author's own file, to the byte.
    assert sizes["media/media/photo.jpg"] == course_size(course, "media/photo.jpg")
    assert "media/media/chart.png" not in names
    assert "media/media/small.png" in names
    [first, second] = page.xpath("//video")
    assert (first.get("preload"), first.get("width"), first.get("height")) == ("none", "640", "360")
    assert "/visit-" in first.get("poster")
    assert "/photo-" in second.get("poster")
    facts = first.getparent().find(".//span[@class='file-size']").text_content()
    assert facts.startswith("Video · 3 seconds · ")


@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize("name", [name for name in FORMATS if FORMATS[name].family == "cartridge"])
def test_a_cartridge_has_each_picture_in_one_width(
    course: Course, room: MediaRoom, tmp_path: Path, name: str, light: bool
) -> None:
    ordered = order(course, name, light=light, tool="https://campus.example.org")
    with ZipFile(build_package(ordered, tmp_path, room).path) as package:
        names = package.namelist()
        pages = [package.read(one).decode() for one in names if one.endswith(".html")]
        manifest = package.read("imsmanifest.xml").decode()
    assert not [page for page in pages if "srcset" in page]
    if pages:
        photos = [one for one in names if "/photo-" in one]
        assert len(photos) == 1
        assert all(one in manifest for one in names if one.startswith("media/"))
        assert [one for one in names if one.endswith(".mp4")] == (
            [] if light else ["media/media/visit.mp4"]
        )


def course_size(course: Course, path: str) -> int:
    return next(file.size for file in course.media if file.path == path)


def test_the_light_edition_leaves_videos_out_and_says_so(
    course: Course, room: MediaRoom, tmp_path: Path
) -> None:
    full = build_package(order(course), tmp_path, room)
    light = build_package(order(course, light=True), tmp_path, room)
    assert light.path.name == "tiny-en-scorm12-light.zip"
    with ZipFile(light.path) as package:
        names = package.namelist()
        page = html.fromstring(package.read("index.html"))
    assert not [name for name in names if name.endswith((".mp4", ".webm", ".vtt"))]
    assert len([name for name in names if name.endswith(".m4a")]) >= 2
    assert not page.xpath("//video | //track")
    notes = [note.text for note in page.xpath("//p[@class='media-light-note']")]
    assert len(notes) == 2
    assert "light edition" in notes[0]
    assert page.xpath("//a[@href='https://video.example.org/visit']")
    assert len(page.xpath("//details[@open]")) == 2
    assert light.bytes < full.bytes - course_size(course, "media/visit.mp4") / 2


def test_the_same_order_gives_the_same_bytes(course: Course, tmp_path: Path) -> None:
    sums = set()
    for run in range(2):
        with MediaRoom(tmp_path / f"cache-{run}") as room:
            sums.add(build_package(order(course), tmp_path / str(run), room).contents)
    assert len(sums) == 1


def test_a_broken_picture_stops_the_build_and_is_named(sources: Path, tmp_path: Path) -> None:
    folder = CourseFolder(Path(shutil.copytree(sources, tmp_path / "course")))
    photo = (folder.root / "media/photo.jpg").read_bytes()
    folder.write("media/photo.jpg", photo[: len(photo) // 2])
    with MediaRoom(tmp_path / "cache") as room, pytest.raises(MediaError) as caught:
        build_package(order(folder.load()), tmp_path / "out", room)
    assert "media/photo.jpg" in caught.value.message
    assert caught.value.hint
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_the_authors_files_are_not_touched(
    sources: Path, course: Course, room: MediaRoom, tmp_path: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for path in sources.rglob("*")}
    build_package(order(course, light=True), tmp_path, room)
    assert {path: path.stat().st_mtime_ns for path in sources.rglob("*")} == before
