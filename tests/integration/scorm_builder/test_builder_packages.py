"""What is in a package, and that it is the same everywhere."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import etree

from content.load import load_course
from content.model import Course, MediaFile
from scorm_builder import build as building
from scorm_builder.archive import Parts, write_archive
from scorm_builder.build import build_package
from scorm_builder.entries import Entry
from scorm_builder.errors import BuildError, VerificationError
from scorm_builder.formats import FORMATS, SCORM_FORMATS, Format
from scorm_builder.order import Order
from scorm_builder.plan import plan_package
from scorm_builder.starter import make_course
from scorm_builder.verify import Report, verify_package
from tests.scorm_packages import official

FRENCH = "fr"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("courses") / "small"
    make_course(folder)
    return folder


@pytest.fixture(scope="module")
def course(folder: Path) -> Course:
    return load_course(folder)


@pytest.fixture(scope="module", params=SCORM_FORMATS, ids=lambda form: form.name)
def form(request: pytest.FixtureRequest) -> Format:
    return request.param


@pytest.fixture(scope="module")
def built(course: Course, form: Format, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_package(
        Order(course=course, form=form, languages=(FRENCH,)), tmp_path_factory.mktemp("dist")
    ).path


def test_it_passes_its_own_validation_without_a_word(built: Path, form: Format) -> None:
    assert verify_package(built) == Report(form.name, ())


def test_the_manifest_lists_exactly_what_is_there(built: Path, form: Format) -> None:
    with ZipFile(built) as archive:
        names = archive.namelist()
        manifest = archive.read("imsmanifest.xml")
    assert names[0] == "imsmanifest.xml"
    assert names[-1] == "SHA256SUMS"
    assert names[1:-1] == sorted(names[1:-1])
    listed = [file.get("href") for file in etree.fromstring(manifest).iter("{*}file")]
    assert sorted(listed) == sorted(names[1:])
    assert official.errors(manifest, form.name) == []


def test_each_schema_that_is_named_lies_at_the_root(built: Path) -> None:
    with ZipFile(built) as archive:
        manifest = archive.read("imsmanifest.xml").decode()
        located = re.search(r'schemaLocation="([^"]+)"', manifest)
        assert located
        waiting, seen = located[1].split()[1::2], set()
        while waiting:
            name = waiting.pop()
            seen.add(name)
            text = archive.read(name).decode()
            waiting += set(re.findall(r'schemaLocation="([^"]+)"', text)) - seen
        assert "metadata.xml" in archive.namelist()
    assert len(seen) >= 3


def test_a_unit_is_one_document(built: Path) -> None:
    with ZipFile(built) as archive:
        assert [name for name in archive.namelist() if name.endswith(".html")] == ["index.html"]
        page = archive.read("index.html").decode("utf-8")
    assert '<html lang="fr" dir="ltr"' in page
    assert "Qui décide" in page
    assert "Une assemblée" in page


def test_entries_are_plain_files_of_a_fixed_time(built: Path) -> None:
    with ZipFile(built) as archive:
        for info in archive.infolist():
            assert info.filename.isascii()
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert stat.S_IMODE(info.external_attr >> 16) == 0o644
            assert (info.create_system, info.extra, info.comment) == (3, b"", b"")
            assert not info.flag_bits & ~0x6, "neither encrypted nor streamed with a descriptor"


def test_the_same_course_gives_the_same_bytes_anywhere(
    folder: Path, form: Format, built: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "elsewhere" / "renamed folder"
    shutil.copytree(folder, copy)
    for path in copy.rglob("*"):
        os.utime(path, (1e9, 1e9))
    again = build_package(
        Order(course=load_course(copy), form=form, languages=(FRENCH,)), tmp_path / "dist"
    )
    assert again.path.read_bytes() == built.read_bytes()


def test_a_new_version_replaces_the_old_package(course: Course, tmp_path: Path) -> None:
    form = FORMATS["scorm12"]
    first = build_package(Order(course=course, form=form, languages=(FRENCH,)), tmp_path)
    second = build_package(
        Order(course=replace(course, version="2.0.0"), form=form, languages=(FRENCH,)), tmp_path
    )
    assert first.path == second.path
    assert first.contents != second.contents
    assert [path.name for path in tmp_path.iterdir()] == [first.path.name]
    assert stat.S_IMODE(second.path.stat().st_mode) == 0o644


def test_a_package_that_fails_verification_never_takes_its_place(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = FORMATS["scorm12"]
    old = build_package(Order(course=course, form=form, languages=(FRENCH,)), tmp_path)
    before = old.path.read_bytes()
    real = building.plan_package

    def spoiled(*args: object) -> object:
        plan = real(*args)  # type: ignore[arg-type]
        extra = Entry("forgotten.html", data=b"<img src='https://x.example/pixel.png'>")
        return replace(plan, entries=(*plan.entries, extra))

    monkeypatch.setattr(building, "plan_package", spoiled)
    with pytest.raises(VerificationError) as caught:
        build_package(Order(course=course, form=form, languages=(FRENCH,)), tmp_path)
    assert {p.code for p in caught.value.problems} >= {"file.undeclared", "callout"}
    assert old.path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [old.path]


def test_a_file_that_vanishes_in_the_middle_leaves_nothing_behind(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tuple(replace(media, source=tmp_path / "gone.svg") for media in course.media)
    with pytest.raises(BuildError, match=r"gone\.svg"):
        build_package(
            Order(course=replace(course, media=gone), form=FORMATS["scorm12"], languages=(FRENCH,)),
            tmp_path,
        )
    assert list(tmp_path.iterdir()) == []


def test_media_are_stored_and_memory_stays_flat(course: Course, tmp_path: Path) -> None:
    size = 200 << 20
    video = tmp_path / "video.mp4"
    with video.open("wb") as file:
        file.truncate(size)
    plan = plan_package(Order(course=course, form=FORMATS["scorm12"], languages=(FRENCH,)))
    plan = replace(plan, entries=(*plan.entries, Entry("media/video.mp4", source=video)))
    target = tmp_path / "large.zip"
    tracemalloc.start()
    write_archive(Parts(plan), target)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20
    with ZipFile(target) as archive:
        info = archive.getinfo("media/video.mp4")
        assert (info.compress_type, info.file_size) == (zipfile.ZIP_STORED, size)
        assert archive.getinfo("index.html").compress_type == zipfile.ZIP_DEFLATED


def test_only_media_that_the_document_uses_come_along(course: Course, tmp_path: Path) -> None:
    unused = MediaFile("media/unused.png", tmp_path / "unused.png", 3)
    plan = plan_package(
        Order(
            course=replace(course, media=(*course.media, unused)),
            form=FORMATS["scorm12"],
            languages=(FRENCH,),
        )
    )
    names = [entry.name for entry in plan.entries]
    assert "media/units/01-first-steps/media/one-vote.svg" in names
    assert not any("unused" in name for name in names)
