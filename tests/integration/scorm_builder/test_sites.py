"""What goes into a folder and into one file, and into outputs of several languages."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType
from zipfile import ZipFile

import pytest
from lxml import etree

from content.load import load_course
from content.model import Course, MediaFile
from content.render import player_files
from scorm_builder.build import build_package
from scorm_builder.errors import BuildError
from scorm_builder.formats import FORMATS, SCORM_FORMATS, Format
from scorm_builder.formats.sites import FOLDER, SINGLE, WEB
from scorm_builder.order import Order
from scorm_builder.plan import plan_package
from scorm_builder.starter import make_course
from scorm_builder.verify import Report, verify_package
from tests.fonts import small_font
from tests.scorm_packages import official
from tests.scorm_packages.recorded import CAPTIONS, recorded_course

BOTH = ("en", "fr")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return recorded_course(tmp_path_factory.mktemp("courses") / "small")


def texts(order: Order) -> dict[str, str]:
    """The texts that the plan makes, by name."""
    made = (e for e in plan_package(order).entries if not e.name.endswith(".png"))
    return {e.name: e.data.decode("utf-8") for e in made if e.data is not None}


class Addresses(HTMLParser):
    """What a document would load, outside its scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("src", "href", "poster")]


def test_a_folder_has_each_file_that_its_document_names(course: Course) -> None:
    plan = plan_package(Order(course=course, form=FOLDER, languages=("en",)))
    assert plan.file_name == "small-en-folder"
    names = [entry.name for entry in plan.entries]
    assert names == [*sorted(names[:-1]), "SHA256SUMS"]
    html = next(e.data for e in plan.entries if e.name == "index.html")
    assert html is not None
    wanted = [a for a in Addresses(html.decode()).found if not a.startswith(("#", "data:"))]
    assert len(wanted) > 5
    assert set(wanted) <= set(names)


def test_captions_stand_inside_what_is_opened_from_a_disk(course: Course) -> None:
    """Browsers refuse to load a track from a file."""
    order = Order(course=course, form=FOLDER, languages=("en",))
    html = texts(order)["index.html"]
    track = re.search(r'<track kind="captions" src="data:text/vtt;base64,([^"]+)"', html)
    assert track
    assert base64.b64decode(track[1]).decode() == CAPTIONS
    assert not any(entry.name.endswith(".vtt") for entry in plan_package(order).entries)
    packed = plan_package(replace(order, form=SCORM_FORMATS[0]))
    assert any(entry.name.endswith("welcome.vtt") for entry in packed.entries)


@pytest.mark.parametrize("form", [FOLDER, SINGLE], ids=lambda form: form.name)
def test_fonts_stand_inside_too_each_once(form: Format, tmp_path: Path) -> None:
    make_course(tmp_path / "themed")
    for name, data in {
        "theme.yaml": b"fonts:\n  text: {file: small.woff2, licence: OFL-1.1}\n",
        "media/small.woff2": small_font("woff2"),
    }.items():
        (tmp_path / "themed" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "themed" / name).write_bytes(data)
    themed = load_course(tmp_path / "themed")
    plan = plan_package(Order(course=themed, form=form, languages=BOTH))
    assert not any(entry.name.endswith(".woff2") for entry in plan.entries)
    html = next(e.data for e in plan.entries if e.name.endswith(".html"))
    assert html is not None
    assert html.count(b"data:font/woff2;base64,") == 1
    assert b"in-this-file" not in html
    packed = plan_package(Order(course=themed, form=FORMATS["scorm12"], languages=BOTH))
    assert any(entry.name.endswith("small.woff2") for entry in packed.entries)


@pytest.mark.parametrize("languages", [("en",), BOTH])
def test_one_file_names_no_other(course: Course, languages: tuple[str, ...]) -> None:
    plan = plan_package(Order(course=course, form=SINGLE, languages=languages))
    tag = "en" if len(languages) == 1 else "multi"
    assert plan.file_name == f"small-{tag}-single.html"
    (entry,) = plan.entries
    assert entry.name == plan.file_name
    assert entry.data is not None
    found = Addresses(entry.data.decode()).found
    assert all(address.startswith(("#", "data:")) for address in found)
    assert b"in-this-file" not in entry.data
    drawing = course.root / "units/01-first-steps/media/one-vote.svg"
    held = "data:image/svg+xml;base64," + base64.b64encode(drawing.read_bytes()).decode()
    assert entry.data.decode().count(held) == len(languages)
    assert b'download="grid.csv"' in entry.data


def test_scripts_and_styles_stand_in_the_file_as_they_are(course: Course) -> None:
    order = Order(course=course, form=SINGLE, languages=("en",))
    (html,) = texts(order).values()
    parts = [part.read_text("utf-8") for file in player_files("local") for part in file.parts]
    assert len(parts) > 20
    assert all(html.count(part) == 1 for part in parts)
    places = [html.index(part) for part in parts]
    assert places == sorted(places)
    assert "<link" not in html


def test_a_file_that_media_would_make_too_large_is_refused_with_the_weights(
    course: Course, tmp_path: Path
) -> None:
    film = tmp_path / "film.webm"
    with film.open("wb") as file:
        file.truncate(40_000_000)
    media = tuple(
        replace(m, source=film, size=40_000_000) if m.path.endswith(".webm") else m
        for m in course.media
    )
    order = Order(course=replace(course, media=media), form=SINGLE, languages=("en",))
    with pytest.raises(BuildError) as caught:
        plan_package(order)
    told = str(caught.value)
    assert "53." in told, "base64 makes four bytes of three"
    assert "30.0 MB is the most" in told
    assert "welcome.webm (40.0 MB)" in told
    most = re.search(r"--max-size (\d+)MB", told)
    assert most
    (entry,) = plan_package(replace(order, max_bytes=int(most[1]) * 1_000_000)).entries
    assert entry.data is not None
    assert 53_000_000 < len(entry.data) <= int(most[1]) * 1_000_000
    with pytest.raises(BuildError, match="100 kB is the most") as small:
        plan_package(Order(course=course, form=SINGLE, languages=("en",), max_bytes=100_000))
    assert small.value.code == caught.value.code == "build.too-large"
    assert re.search(r"--max-size \d+kB", small.value.hint)


def kept(order: Order) -> dict[str, list[object]]:
    """What the service worker knows: hash, bytes and need by name."""
    first, _, _ = texts(order)["sw.js"].partition("\n")
    found = json.loads(first.removeprefix("const KEPT = ").removesuffix(";"))
    return dict(found["files"])


def test_a_site_keeps_each_of_its_files_by_its_hash(course: Course) -> None:
    order = Order(course=course, form=WEB, languages=("en", "fr"))
    plan = plan_package(order)
    assert plan.file_name == "small-multi-web.zip"
    files = kept(order)
    unkept = {"sw.js", "SHA256SUMS"}
    assert set(files) == {entry.name for entry in plan.entries} - unkept
    for entry in plan.entries:
        if entry.name in unkept:
            continue
        data = entry.data if entry.data is not None else (entry.source or Path()).read_bytes()
        digest, size, needed = files[entry.name]
        assert (digest, size) == (hashlib.sha256(data).hexdigest(), len(data))
        assert needed == (0 if entry.name.startswith("media/") else 1)
    manifest = json.loads(texts(order)["manifest.webmanifest"])
    assert manifest["name"] == "My first course"
    assert {icon["src"] for icon in manifest["icons"]} <= set(files)


def test_only_what_changed_is_fetched_again_by_a_new_version(course: Course) -> None:
    order = Order(course=course, form=WEB, languages=("en",))
    body = MappingProxyType({"en": "Edited.", "fr": "Corrigé."})
    pages = (replace(course.units[0].pages[0], body=body), *course.units[0].pages[1:])
    units = (replace(course.units[0], pages=pages),)
    before = kept(order)
    after = kept(replace(order, course=replace(course, units=units)))
    changed = {name for name in before if after.get(name, before[name]) != before[name]}
    assert changed == {"index.html"}
    assert kept(order) == before


@pytest.mark.parametrize("form", [SINGLE, WEB], ids=lambda form: form.name)
def test_media_that_vanish_are_named(course: Course, form: Format, tmp_path: Path) -> None:
    gone = tuple(replace(m, source=tmp_path / "gone") for m in course.media)
    order = Order(course=replace(course, media=gone), form=form, languages=("en",))
    with pytest.raises(BuildError, match="gone cannot be read"):
        plan_package(order)


@pytest.mark.parametrize("form", [FOLDER, SINGLE, WEB], ids=lambda form: form.name)
def test_what_has_no_lms_cannot_be_divided(course: Course, form: Format) -> None:
    order = Order(course=course, form=form, languages=("en",), sco_per_unit=True)
    with pytest.raises(BuildError, match="leave out --sco unit"):
        plan_package(order)


def test_a_cartridge_is_in_one_language(course: Course) -> None:
    with pytest.raises(BuildError, match="leave out --together"):
        plan_package(Order(course=course, form=FORMATS["cc11"], languages=BOTH))


@pytest.mark.parametrize("divided", [False, True], ids=["course", "unit"])
@pytest.mark.parametrize("form", SCORM_FORMATS, ids=lambda form: form.name)
def test_several_languages_travel_in_one_package(
    course: Course, form: Format, divided: bool, tmp_path: Path
) -> None:
    order = Order(course=course, form=form, languages=("fr", "en"), sco_per_unit=divided)
    built = build_package(order, tmp_path)
    assert built.path.name == f"small-multi-{form.name}.zip"
    assert verify_package(built.path) == Report(form.name, ())
    folder = "units/first-steps/" if divided else ""
    with ZipFile(built.path) as archive:
        manifest = archive.read("imsmanifest.xml")
        metadata = archive.read("metadata.xml").decode()
        english = archive.read(f"{folder}lang/en.js").decode()
        page = archive.read(f"{folder}index.html").decode()
        assert not [n for n in archive.namelist() if n.endswith("lang/fr.js")]
    assert official.errors(manifest, form.name) == []
    root = etree.fromstring(manifest)
    assert {t.text for t in root.iter("{*}title")} <= {"Mon premier cours", "Premiers pas"}
    listed = [file.get("href") for file in root.iter("{*}file")]
    assert f"{folder}lang/en.js" in listed
    assert "<language>fr</language>" in metadata
    assert "<language>en</language>" in metadata
    assert "Who decides" in english
    assert "Who decides" not in page
    media = re.findall(r'src=\\"([^"\\]+\.svg)', english)
    assert media
    prefix = "../../" if divided else ""
    assert all(name.removeprefix(prefix) in listed for name in media)


def test_a_language_brings_the_media_that_only_it_uses(course: Course, tmp_path: Path) -> None:
    own = tmp_path / "one-vote.fr.svg"
    own.write_text("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>")
    french = MediaFile("units/01-first-steps/media/one-vote.fr.svg", own, 10)
    order = Order(
        course=replace(course, media=(*course.media, french)), form=FOLDER, languages=BOTH
    )
    names = {entry.name for entry in plan_package(order).entries}
    assert {f"media/units/01-first-steps/media/one-vote{x}.svg" for x in ("", ".fr")} <= names
    alone = plan_package(replace(order, languages=("en",)))
    assert not any(entry.name.endswith(".fr.svg") for entry in alone.entries)
