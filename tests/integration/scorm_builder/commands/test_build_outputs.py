"""Which outputs a build makes of which options, and what it tells meanwhile."""

from __future__ import annotations

import hashlib
import json
import shlex
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from scorm_builder.formats import FORMATS
from scorm_builder.request import makeable
from tests.scorm_commands import run


def test_build_makes_a_package_of_the_course_in_each_language(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("build", course, "--json")
    assert result.exit_code == 0, result.stderr
    built = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(b["language"], b["format"], b["unit"]) for b in built] == [
        ("en", "scorm12", None),
        ("fr", "scorm12", None),
    ]
    for package_facts in built:
        path = Path(package_facts["path"])
        assert list(package_facts) == [
            *["path", "format", "language", "unit", "bytes", "contents", "entries", "notes"],
            "signature",
        ]
        assert path.is_absolute()
        assert path.parent == tmp_path / "dist"
        assert path.stat().st_size == package_facts["bytes"]
        with ZipFile(path) as archive:
            sums = archive.read("SHA256SUMS")
            assert hashlib.sha256(sums).hexdigest() == package_facts["contents"]
            assert len(archive.namelist()) == package_facts["entries"]
    assert sorted(path.name for path in (tmp_path / "dist").iterdir()) == [
        "small-en-scorm12.zip",
        "small-fr-scorm12.zip",
    ]


def test_progress_is_a_line_of_json_where_there_is_no_terminal(
    course: Path, tmp_path: Path
) -> None:
    result = run("build", course, "--output", tmp_path / "out")
    told = [json.loads(line) for line in result.stderr.splitlines() if line.startswith("{")]
    assert [(one["done"], one["of"], one["language"]) for one in told] == [
        (1, 2, "en"),
        (2, 2, "fr"),
    ]
    assert [one["path"] for one in told] == result.stdout.splitlines()


def test_progress_is_a_bar_on_a_terminal(course: Path, tmp_path: Path) -> None:
    """And what is printed does not tear it apart."""
    command = f"{shlex.quote(sys.executable)} -m scorm_builder build {shlex.quote(str(course))}"
    command += f" --output {shlex.quote(str(tmp_path / 'out'))}"
    done = subprocess.run(
        ["script", "-qec", command, "/dev/null"], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0
    assert "100%" in done.stdout
    assert '"done"' not in done.stdout
    bar, _, rest = done.stdout.rpartition("100%")
    assert ".zip" not in bar
    assert rest.count(".zip") == 2


def test_together_languages_are_one_output_in_the_order_given(course: Path, tmp_path: Path) -> None:
    options = ["--together", "--language", "fr", "--language", "en"]
    result = run("build", course, *options, "--output", tmp_path, "--json")
    assert result.exit_code == 0, result.stderr
    (built,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (built["language"], Path(built["path"]).name) == ("multi", "small-multi-scorm12.zip")
    with ZipFile(built["path"]) as archive:
        assert '<html lang="fr"' in archive.read("index.html").decode()
        assert "lang/en.js" in archive.namelist()


def test_a_unit_can_be_an_activity_of_its_own(course: Path, tmp_path: Path) -> None:
    result = run("build", course, "--sco", "unit", "--language", "en", "--output", tmp_path)
    assert result.exit_code == 0, result.stderr
    with ZipFile(result.stdout.strip()) as archive:
        assert "units/first-steps/index.html" in archive.namelist()


@pytest.mark.parametrize("tool", [None, "https://campus.example.org"])
def test_all_builds_every_format(course: Path, tmp_path: Path, tool: str | None) -> None:
    options = ["--format", "all", "--language", "en", "--sco", "unit", "--json"]
    options += ["--tool", tool] if tool else []
    result = run("build", course, *options, "--output", tmp_path)
    assert result.exit_code == 0, result.stderr
    built = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["format"] for one in built] == makeable(tool)
    assert ("thincc" in makeable(tool)) is bool(tool)
    for one in built:
        path = Path(one["path"])
        assert path.name == f"small-en-{one['format']}{FORMATS[one['format']].suffix.rstrip('/')}"
        assert path.is_dir() is (one["format"] == "folder")


def test_all_for_an_lms_is_what_it_takes(course: Path, tmp_path: Path) -> None:
    options = ["--format", "all", "--profile", "moodle", "--language", "en", "--json"]
    result = run("build", course, *options, "--output", tmp_path)
    assert result.exit_code == 0, result.stderr
    built = [json.loads(line)["format"] for line in result.stdout.splitlines()]
    assert {"scorm12", "scorm2004", "cc11"} <= set(built)
    assert not {"cmi5", "folder", "thincc"} & set(built)


def test_links_need_to_know_where_they_lead(course: Path, tmp_path: Path) -> None:
    result = run("build", course, "--format", "thincc", "--output", tmp_path)
    assert result.exit_code == 1
    assert "--tool" in result.stderr


def test_together_leaves_apart_what_has_one_language_only(course: Path, tmp_path: Path) -> None:
    options = ["--together", "--format", "cc11", "--format", "scorm12", "--output", tmp_path]
    result = run("build", course, *options)
    assert result.exit_code == 0, result.stderr
    assert [Path(line).name for line in result.stdout.splitlines()] == [
        "small-multi-scorm12.zip",
        "small-en-cc11.imscc",
        "small-fr-cc11.imscc",
    ]


def test_what_cannot_be_divided_is_refused_where_nothing_else_is_built(
    course: Path, tmp_path: Path
) -> None:
    options = ["--sco", "unit", "--format", "single", "--format", "web", "--output", tmp_path]
    result = run("build", course, *options)
    assert result.exit_code == 2
    assert "single, web" in result.stderr


def test_build_takes_formats_languages_and_units(course: Path, tmp_path: Path) -> None:
    options = ["--format", "scorm2004", "--format", "scorm12", "--language", "fr"]
    options += ["--unit", "first-steps", "--output", str(tmp_path / "a" / "b")]
    result = run("build", course, *options)
    assert result.exit_code == 0, result.stderr
    assert [Path(line).name for line in result.stdout.splitlines()] == [
        "small-first-steps-fr-scorm2004.zip",
        "small-first-steps-fr-scorm12.zip",
    ]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("campus.example.org", "no whole address"),
        ("http://campus.example.org", "https://"),
        ("https://", "no whole address"),
        ("https://me:secret@campus.example.org", "password"),
        ("https://campus.example.org/?a=1", "behind a ?"),
        ("https://campus.example.org/#a", "behind a ?"),
        ("https://campus. example.org", "blanks"),
        ("https://campus.example.org:port", "no address"),
        ("", "no whole address"),
    ],
)
def test_an_address_that_no_lms_could_follow_is_refused(
    course: Path, tmp_path: Path, address: str, told: str
) -> None:
    options = ["--format", "thincc", "--tool", address, "--output", tmp_path / "out"]
    result = run("build", course, *options)
    assert result.exit_code == 2
    assert told in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_tool_on_this_computer_needs_no_encryption(course: Path, tmp_path: Path) -> None:
    options = ["--format", "thincc", "--tool", "http://localhost:5000", "--output", tmp_path / "o"]
    assert run("build", course, *options).exit_code == 0


def test_what_is_left_undivided_is_told(course: Path, tmp_path: Path) -> None:
    options = ["--sco", "unit", "--format", "scorm12", "--format", "folder", "--language", "en"]
    result = run("build", course, *options, "--output", tmp_path / "out")
    assert result.exit_code == 0
    assert "leaves undivided: folder" in result.stderr
