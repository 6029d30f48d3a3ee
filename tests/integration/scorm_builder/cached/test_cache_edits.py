"""Whatever was built before: after an edit the bytes are those of a clean build."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scorm_builder import identity
from tests.scorm_builds import PAGE, assert_as_clean, build, edit_a_page, outputs, unchanged

PICTURE = "units/01-first-steps/media/one-vote.svg"


QUESTIONS = "units/01-first-steps/questions.yaml"


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def change_a_title(course: Path) -> None:
    replaced(course / PAGE, "title: ", "title: New ")


def change_the_unit(course: Path) -> None:
    unit = course / "units/01-first-steps/unit.yaml"
    replaced(unit, "workload_minutes: ", "workload_minutes: 1")


def change_a_question(course: Path) -> None:
    replaced(course / QUESTIONS, "type: single-choice", "type: single-choice\n    points: 3")


def change_the_glossary(course: Path) -> None:
    path = course / "glossary.yaml"
    path.write_text(path.read_text("utf-8").replace("en: ", "en: Truly ", 2), "utf-8")


def replace_media_with_as_many_bytes_and_the_old_time(course: Path) -> None:
    path = course / "units/01-first-steps/media/sheet.pdf"
    before = path.stat()
    path.write_bytes(b"%PDF-1.4 other" + bytes(200_000))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def exchange_media_by_renaming(course: Path) -> None:
    path = course / "units/01-first-steps/media/sheet.pdf"
    other = path.with_name("other.pdf")
    other.write_bytes(b"%PDF-1.4 third" + bytes(200_000))
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)


def draw_another_picture(course: Path) -> None:
    replaced(course / PICTURE, "<svg", "<!-- anew --><svg")


def change_the_version(course: Path) -> None:
    replaced(course / "course.yaml", 'version: "', 'version: "9.')


def rename_media(course: Path) -> None:
    path = course / "units/01-first-steps/media/sheet.pdf"
    path.rename(path.with_name("paper.pdf"))
    for page in course.glob("units/01-first-steps/pages/an-assembly.*.md"):
        replaced(page, "sheet.pdf", "paper.pdf")


def remove_media(course: Path) -> None:
    (course / "units/01-first-steps/media/sheet.pdf").unlink()
    for page in course.glob("units/01-first-steps/pages/an-assembly.*.md"):
        text = page.read_text("utf-8")
        page.write_text(text.partition("\n::: download")[0] + "\n", "utf-8")


EDITS = [
    edit_a_page,
    change_a_title,
    change_the_unit,
    change_a_question,
    change_the_glossary,
    replace_media_with_as_many_bytes_and_the_old_time,
    exchange_media_by_renaming,
    draw_another_picture,
    change_the_version,
    rename_media,
    remove_media,
]


@pytest.mark.parametrize("edit", EDITS)
def test_after_an_edit_the_bytes_are_those_of_a_clean_build(
    course: Path, tmp_path: Path, cache: Path, edit: Callable[[Path], None]
) -> None:
    build(course, tmp_path / "out")
    before = outputs(tmp_path / "out")
    assert unchanged(build(course, tmp_path / "out"))
    edit(course)
    assert_as_clean(course, tmp_path)
    assert outputs(tmp_path / "out") != before


def test_edits_one_after_the_other(course: Path, tmp_path: Path, cache: Path) -> None:
    for edit in EDITS[:-1]:
        edit(course)
        assert_as_clean(course, tmp_path)


def test_languages_come_and_go(course: Path, tmp_path: Path, cache: Path) -> None:
    build(course, tmp_path / "out")
    french = course / "course.yaml"
    whole = french.read_text("utf-8")
    for options in (["--language", "fr"], ["--language", "en"], ["--together"]):
        shutil.rmtree(tmp_path / "out")
        assert_as_clean(course, tmp_path, *options)
    assert french.read_text("utf-8") == whole


def test_other_options_are_other_builds(course: Path, tmp_path: Path, cache: Path) -> None:
    build(course, tmp_path / "out")
    result = build(course, tmp_path / "out", "--format", "scorm2004")
    assert not unchanged(result)
    assert unchanged(build(course, tmp_path / "out", "--format", "scorm2004"))
    assert not unchanged(build(course, tmp_path / "elsewhere"))
    assert unchanged(build(course, tmp_path / "out"))


def test_it_says_again_what_was_built_and_warned_of(
    course: Path, tmp_path: Path, cache: Path
) -> None:
    replaced(course / QUESTIONS, "checks:", "checks:\n")
    (course / "units/01-first-steps/pages/stray.en.md").write_text("---\ntitle: A\n---\nA\n")
    first = build(course, tmp_path / "out", "--json")
    again = build(course, tmp_path / "out", "--json")
    assert unchanged(again)
    assert again.stdout == first.stdout
    assert "page.unlisted" in first.stderr
    assert "page.unlisted" in again.stderr
    assert all(json.loads(line)["path"] for line in again.stdout.splitlines())


def test_new_files_and_folders_are_seen(course: Path, tmp_path: Path, cache: Path) -> None:
    build(course, tmp_path / "out")
    (course / "units" / "02-new").mkdir()
    assert not unchanged(build(course, tmp_path / "out"))
    assert unchanged(build(course, tmp_path / "out"))
    (course / ".hidden").write_text("a")
    assert unchanged(build(course, tmp_path / "out"))


def test_outputs_in_the_courses_own_folder_are_no_part_of_it(course: Path, cache: Path) -> None:
    """``scorm-builder build .`` writes into ``dist`` there."""
    build(course, course / "dist" / "today", "--format", "folder", "--format", "scorm12")
    again = build(course, course / "dist" / "today", "--format", "folder", "--format", "scorm12")
    assert unchanged(again)


def test_an_output_that_was_touched_is_built_again(
    course: Path, tmp_path: Path, cache: Path
) -> None:
    build(course, tmp_path / "out", "--language", "en")
    (package,) = (tmp_path / "out").iterdir()
    before, info = package.read_bytes(), package.stat()
    package.write_bytes(before[:-1] + b"x")
    os.utime(package, ns=(info.st_atime_ns, info.st_mtime_ns))
    assert not unchanged(build(course, tmp_path / "out", "--language", "en"))
    assert package.read_bytes() == before
    package.unlink()
    assert not unchanged(build(course, tmp_path / "out", "--language", "en"))
    assert package.read_bytes() == before


def test_files_too_young_to_be_known_by_their_times_are_compared(
    course: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a file system that keeps whole seconds: the times of an edit may be the old ones."""
    monkeypatch.setattr(identity, "_FINE", 3600)
    known = identity.Identity.of

    def coarse(info: os.stat_result) -> identity.Identity:
        return known(info)._replace(modified=known(info).modified // 10**13, inode=1)

    build(course, tmp_path / "out")
    assert unchanged(build(course, tmp_path / "out"))
    monkeypatch.setattr(identity.Identity, "of", coarse)
    for edit in (edit_a_page, replace_media_with_as_many_bytes_and_the_old_time):
        edit(course)
        assert_as_clean(course, tmp_path)


def test_media_are_taken_over_from_the_last_version(
    course: Path, tmp_path: Path, cache: Path
) -> None:
    out = tmp_path / "out"
    build(course, out, "--language", "en")
    (package,) = out.iterdir()
    first = package.stat().st_ino
    for edit in (edit_a_page, change_a_title, change_a_question):
        edit(course)
        assert_as_clean(course, tmp_path, "--language", "en")
        assert package.stat().st_ino == first
    package.write_bytes(package.read_bytes())
    edit_a_page(course)
    assert_as_clean(course, tmp_path, "--language", "en")
    assert package.stat().st_ino != first
