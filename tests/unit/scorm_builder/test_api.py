"""The interface for other programs: its names and signatures stay, and its page tells the truth."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

import scorm_builder
from scorm_builder import api
from scorm_builder.cli import main
from scorm_builder.identifiers import Identifiers
from scorm_builder.lock import NAME, write_lock
from scorm_builder.minisign import SecretKey
from scorm_builder.signing import PASSWORD
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
        "*sign=None",
        "*password=None",
        "*jobs=None",
        "*cached=True",
        "*keep_going=False",
        "*progress",
        "*tell",
    ],
    "check_course": ["folder"],
    "format_names": [],
    "load_course": ["folder"],
    "new_course": ["folder", "*template='unit'", "*languages=('en', 'fr')"],
    "preview_course": ["folder", "*port=None", "*open_browser=False", "*announce"],
    "validate_package": ["path", "*profiles=()", "*public_key=None"],
    "weigh_course": [
        "course",
        "*formats=('scorm12',)",
        "*languages=()",
        "*units=()",
        "*together=False",
        "*sco_per_unit=False",
        "*light=False",
        "*max_bytes=None",
        "*profile=None",
        "*tool=None",
        "*tell",
    ],
}
FIELDS = {
    "BuiltPackage": ["path", "format", "language", "unit", "bytes", "contents", "entries"],
    "CheckReport": ["course", "problems"],
    "FailedOutput": ["order", "error"],
    "OutputWeight": [
        *["output", "format", "language", "unit", "light", "max_bytes", "light_bytes", "weights"],
    ],
    "PackageReport": ["format", "problems"],
    "Progress": ["done", "total", "output"],
    "Problem": ["path", "line", "column", "severity", "code", "message", "hint"],
}
ERRORS = {
    "BuildError",
    "ContentError",
    "FolderInUseError",
    "LockError",
    "RequestError",
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
    everything: dict[str, object] = {}
    exec("from scorm_builder import *", everything)
    assert set(api.__all__) <= set(everything)
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
    for name in {*SIGNATURES, *ERRORS, *FIELDS}:
        assert name in text, name
    for name, parameters in SIGNATURES.items():
        for parameter in parameters:
            word = parameter.lstrip("*").partition("=")[0]
            assert re.search(rf"\b{word}\b", text), (name, word)


def test_the_examples_run(tmp_path: Path) -> None:
    assert len(EXAMPLES) == 5
    program = "\n".join(EXAMPLES)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"^build\.[a-z-]+ ", done.stdout, re.M)
    assert "there is no folder" in done.stdout
    assert "choose from en, fr" in done.stdout
    assert len(list((tmp_path / "dist").iterdir())) == 4
    assert re.search(r"^scorm12 True$", done.stdout, re.M)
    assert re.search(r"^1 of 2 [^ ]+scorm12\.zip$", done.stdout, re.M)
    assert re.search(r"^1 of 1 build\.failed ", done.stdout, re.M)
    assert re.search(r"^my-course-en-scorm12\.zip \d+ False pictures|texts", done.stdout, re.M)


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    code = (
        "import sys, scorm_builder\n"
        "sys.exit(any(name.startswith(('content', 'yaml', 'lxml', 'scorm_builder.')) "
        "for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=300).returncode == 0


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
    assert "pages/old-page.en.md" in problem.hint
    lock.write_text("<<<<<<< ours")
    report = scorm_builder.check_course(tmp_path / "my")
    assert [one.code for one in report.problems] == ["lock.unreadable"]
    assert report.course is None


def built(output: Path) -> dict[str, bytes]:
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file()
    }


SAME: dict[str, tuple[dict[str, object], list[str]]] = {
    "plain": ({}, []),
    "all": (
        {"formats": ["all"], "languages": ["en"], "tool": "https://campus.example.org"},
        ["--format", "all", "--language", "en", "--tool", "https://campus.example.org"],
    ),
    "light": ({"light": True, "jobs": 2}, ["--light", "--jobs", "2"]),
    "profile": (
        {"formats": ["all"], "profile": "moodle", "languages": ["fr"]},
        ["--format", "all", "--profile", "moodle", "--language", "fr"],
    ),
    "divided": (
        {"formats": ["scorm2004", "web"], "sco_per_unit": True, "together": True},
        ["--format", "scorm2004", "--format", "web", "--sco", "unit", "--together"],
    ),
    "unit": (
        {"units": ["first-steps"], "jobs": 1, "cached": False},
        ["--unit", "first-steps", "--jobs", "1", "--no-cache"],
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_a_script_gets_what_the_command_makes_and_says(tmp_path: Path, name: str) -> None:
    asked, arguments = SAME[name]
    for folder in ("one", "two"):
        make_course(tmp_path / folder / "my", languages=["en", "fr"])
    secret = SecretKey.new()
    (tmp_path / "my.key").write_text(secret.text("open"))
    told: list[str] = []
    course = scorm_builder.load_course(tmp_path / "one" / "my")
    made = list(
        scorm_builder.build_course(
            course,
            tmp_path / "script",
            sign=tmp_path / "my.key",
            password="open",
            tell=told.append,
            **asked,  # type: ignore[arg-type]
        )
    )
    command = [
        "build",
        str(tmp_path / "two" / "my"),
        "--output",
        str(tmp_path / "command"),
        "--json",
    ]
    runner = CliRunner(env={PASSWORD: "open"})
    done = runner.invoke(main, [*command, "--sign", str(tmp_path / "my.key"), *arguments])
    assert done.exit_code == 0, done.stderr
    assert built(tmp_path / "script") == built(tmp_path / "command")
    facts = [json.loads(line) for line in done.stdout.splitlines()]
    script, out = str(tmp_path / "script"), str(tmp_path / "command")
    assert json.loads(json.dumps([one.as_dict() for one in made]).replace(script, out)) == facts
    said = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert "\n".join(told).splitlines() == said
    locks = [(tmp_path / folder / "my" / NAME).read_bytes() for folder in ("one", "two")]
    assert locks[0] == locks[1]


CONTRADICTIONS: dict[str, dict[str, object]] = {
    "locked": {"locked": True, "accept_changes": True},
    "tool": {"formats": ["thincc"], "tool": "http://campus.example.org"},
    "sco": {"formats": ["folder", "web"], "sco_per_unit": True},
    "jobs": {"jobs": 0},
    "max-bytes": {"max_bytes": 0},
}


@pytest.mark.parametrize("option", CONTRADICTIONS)
def test_what_contradicts_itself_is_refused(tmp_path: Path, option: str) -> None:
    make_course(tmp_path / "my", languages=["en"])
    course = scorm_builder.load_course(tmp_path / "my")
    with pytest.raises(scorm_builder.RequestError) as caught:
        next(scorm_builder.build_course(course, tmp_path / "out", **CONTRADICTIONS[option]))
    assert caught.value.option == option
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "my" / NAME).exists()


@pytest.mark.parametrize("keep_going", [False, True])
def test_what_fails_is_raised_at_once_or_at_the_end(tmp_path: Path, keep_going: bool) -> None:
    make_course(tmp_path / "my", languages=["en", "fr"])
    (tmp_path / "out" / "my-en-scorm12.zip").mkdir(parents=True)
    heard: list[scorm_builder.Progress] = []
    building = scorm_builder.build_course(
        scorm_builder.load_course(tmp_path / "my"),
        tmp_path / "out",
        jobs=1,
        keep_going=keep_going,
        progress=heard.append,
    )
    if keep_going:
        assert next(building).language == "fr"
    with pytest.raises(scorm_builder.BuildError, match="cannot be put in place"):
        next(building)
    assert [(one.done, one.total) for one in heard] == [(1, 2), (2, 2)][: 1 + keep_going]
    first = heard[0].output
    assert isinstance(first, scorm_builder.FailedOutput)
    assert first.as_dict()["language"] == "en"
    assert (tmp_path / "my" / NAME).exists() is keep_going


def test_a_key_that_cannot_be_used_is_refused_before_anything_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PASSWORD, raising=False)
    make_course(tmp_path / "my", languages=["en"])
    course = scorm_builder.load_course(tmp_path / "my")
    key = tmp_path / "my.key"
    key.write_text(SecretKey.new().text("open"))

    def signed(path: Path, password: str | None = None) -> list[object]:
        return list(
            scorm_builder.build_course(course, tmp_path / "out", sign=path, password=password)
        )

    for path, password, words in (
        (key, None, "has a password"),
        (key, "shut", "wrong password"),
        (tmp_path / "none.key", None, "cannot be read"),
    ):
        with pytest.raises(scorm_builder.BuildError, match=words):
            signed(path, password)
    assert not (tmp_path / "out").exists()
    monkeypatch.setenv(PASSWORD, "open")
    assert len(signed(key)) == 1


def test_weights_are_those_of_the_command(tmp_path: Path) -> None:
    make_course(tmp_path / "my", languages=["en", "fr"])
    course = scorm_builder.load_course(tmp_path / "my")
    found = scorm_builder.weigh_course(course, formats=["all"], languages=["fr"], max_bytes=60_000)
    options = ["--format", "all", "--language", "fr", "--max-size", "60kB", "--json"]
    done = CliRunner().invoke(main, ["weigh", str(tmp_path / "my"), *options])
    assert done.exit_code == 1
    assert [one.as_dict() for one in found] == [
        json.loads(line) for line in done.stdout.splitlines()
    ]
