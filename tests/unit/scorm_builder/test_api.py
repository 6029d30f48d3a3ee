"""The interface for other programs: its names and signatures stay, and its page tells the truth."""

from __future__ import annotations

import dataclasses
import inspect
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import scorm_builder
from scorm_builder import api
from scorm_builder.identifiers import Identifiers
from scorm_builder.lock import write_lock
from scorm_builder.starter import make_course

PAGE = Path(__file__).parents[3] / "docs" / "python-api.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.S)

#: To change one of these is to break other people's programs: docs/python-api.md.
SIGNATURES = {
    "build_course": [
        "course",
        "output",
        "*formats=('scorm12',)",
        "*languages=()",
        "*units=()",
        "*together=False",
        "*sco_per_unit=False",
        "*light=False",
        "*max_bytes=None",
        "*profile=None",
        "*tool=None",
        "*locked=False",
        "*accept_changes=False",
    ],
    "check_course": ["folder"],
    "format_names": [],
    "load_course": ["folder"],
    "new_course": ["folder", "*template='unit'", "*languages=('en', 'fr')"],
    "preview_course": ["folder", "*port=None", "*open_browser=False", "*announce"],
    "validate_package": ["path", "*profiles=()", "*public_key=None"],
}
FIELDS = {
    "BuiltPackage": ["path", "format", "language", "unit", "bytes", "contents", "entries"],
    "CheckReport": ["course", "problems"],
    "PackageReport": ["format", "problems"],
    "Problem": ["path", "line", "column", "severity", "code", "message", "hint"],
}
ERRORS = {
    "BuildError",
    "ContentError",
    "FolderInUseError",
    "LockError",
    "UnknownNameError",
    "VerificationError",
}


def described(name: str) -> list[str]:
    found = []
    for parameter in inspect.signature(getattr(scorm_builder, name)).parameters.values():
        text = "*" * (parameter.kind is parameter.KEYWORD_ONLY) + parameter.name
        plain = parameter.default is not parameter.empty and not callable(parameter.default)
        found.append(text + f"={parameter.default!r}" * plain)
    return found


def test_the_names_are_these() -> None:
    assert set(scorm_builder.__all__) == {*SIGNATURES, *FIELDS, *ERRORS, "Course"}
    assert scorm_builder.__all__ == api.__all__
    assert set(scorm_builder.__all__) <= set(dir(scorm_builder))
    for name in scorm_builder.__all__:
        assert getattr(scorm_builder, name) is getattr(api, name)
        assert (getattr(scorm_builder, name).__doc__ or "").strip(), name
    with pytest.raises(AttributeError):
        _ = scorm_builder.nothing_of_the_kind  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", SIGNATURES)
def test_the_signatures_are_these(name: str) -> None:
    found = described(name)
    # A further parameter may come at the end, as load_course has one of ours.
    assert found[: len(SIGNATURES[name])] == SIGNATURES[name]
    for later in found[len(SIGNATURES[name]) :]:
        assert "=" in later, "a parameter that must be given breaks every caller"
    assert inspect.signature(getattr(scorm_builder, name)).return_annotation is not inspect._empty


@pytest.mark.parametrize("name", FIELDS)
def test_the_fields_are_these(name: str) -> None:
    fields = [field.name for field in dataclasses.fields(getattr(scorm_builder, name))]
    assert [field for field in fields if field in FIELDS[name]] == FIELDS[name]


def test_everything_is_on_the_page() -> None:
    text = PAGE.read_text("utf-8")
    for name in {*SIGNATURES, *ERRORS, "BuiltPackage", "CheckReport", "Problem"}:
        assert name in text, name


def test_the_examples_run(tmp_path: Path) -> None:
    assert len(EXAMPLES) == 3
    program = "\n".join(EXAMPLES)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"^build\.[a-z-]+ ", done.stdout, re.M)
    assert "there is no folder" in done.stdout
    assert "choose from en, fr" in done.stdout
    assert len(list((tmp_path / "dist").iterdir())) == 4
    assert re.search(r"^scorm12 True$", done.stdout, re.M)


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    code = (
        "import sys, scorm_builder\n"
        "sys.exit(any(name.startswith(('content', 'yaml', 'lxml', 'scorm_builder.')) "
        "for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_identifiers_are_kept_and_asked_for(tmp_path: Path) -> None:
    make_course(tmp_path / "my", languages=["en"])
    course = scorm_builder.load_course(tmp_path / "my")
    with pytest.raises(scorm_builder.LockError):
        list(scorm_builder.build_course(course, tmp_path / "out", locked=True))
    assert not (tmp_path / "out").exists()
    assert len(list(scorm_builder.build_course(course, tmp_path / "out"))) == 1
    assert (tmp_path / "my" / "scorm-builder.lock").is_file()
    assert len(list(scorm_builder.build_course(course, tmp_path / "out", locked=True))) == 1


def test_what_there_is_not_is_named(tmp_path: Path) -> None:
    make_course(tmp_path / "my", languages=["en"])
    course = scorm_builder.load_course(tmp_path / "my")
    for wrong in (
        {"formats": ["zip"]},
        {"languages": ["fr"]},
        {"units": ["two"]},
        {"profile": "no"},
    ):
        with pytest.raises(scorm_builder.UnknownNameError, match="choose from"):
            next(scorm_builder.build_course(course, tmp_path / "out", **wrong))
    with pytest.raises(scorm_builder.UnknownNameError, match="case-study"):
        scorm_builder.new_course(tmp_path / "other", template="novel")
    for language in ("!!", "../x", "", "EN"):
        with pytest.raises(scorm_builder.UnknownNameError, match="language tag"):
            scorm_builder.new_course(tmp_path / "other", languages=["en", language])
    assert not (tmp_path / "other").exists()
    with pytest.raises(scorm_builder.FolderInUseError):
        scorm_builder.new_course(tmp_path / "my")
    assert not (tmp_path / "out").exists()


def test_a_profile_refuses_what_the_command_refuses(tmp_path: Path) -> None:
    make_course(tmp_path / "my", languages=["en"])
    course = scorm_builder.load_course(tmp_path / "my")
    asked = {"formats": ["scorm2004"], "profile": "chamilo"}
    with pytest.raises(scorm_builder.BuildError, match="Chamilo does not take scorm2004"):
        next(scorm_builder.build_course(course, tmp_path / "out", **asked))
    assert not (tmp_path / "out").exists()


def test_judging_says_what_it_does_not_know(tmp_path: Path) -> None:
    package = tmp_path / "package.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("index.html", "")
    with pytest.raises(scorm_builder.UnknownNameError, match="moodle"):
        scorm_builder.validate_package(package, profiles=["zz"])
    with pytest.raises(FileNotFoundError):
        scorm_builder.validate_package(package, public_key=tmp_path / "none.pub")
    (tmp_path / "some.pub").write_text("no key")
    with pytest.raises(scorm_builder.BuildError, match="minisign"):
        scorm_builder.validate_package(package, public_key=tmp_path / "some.pub")


def test_checking_tells_what_would_vanish(tmp_path: Path) -> None:
    make_course(tmp_path / "my", languages=["en"])
    lock = tmp_path / "my" / "scorm-builder.lock"
    course = scorm_builder.load_course(tmp_path / "my")
    given = Identifiers.of(course)
    unit = course.units[0].id
    parts = {**given.units[unit], "page": given.units[unit]["page"] | {"old-page"}}
    write_lock(tmp_path / "my", Identifiers(given.course, {unit: parts}))
    report = scorm_builder.check_course(tmp_path / "my")
    [problem] = report.problems
    assert report.course is not None
    assert (problem.code, problem.severity) == ("lock.vanished", "warning")
    assert f"{unit}/old-page" in problem.message
    assert "old name" in problem.hint
    lock.write_text("<<<<<<< ours")
    report = scorm_builder.check_course(tmp_path / "my")
    assert [one.code for one in report.problems] == ["lock.unreadable"]
    assert report.course is None
