"""A build that fails, wholly or in part, gives out nothing half and leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.scorm_commands import break_course, run


def test_one_output_that_fails_holds_up_no_other(course: Path, tmp_path: Path) -> None:
    (tmp_path / "small-en-scorm12.zip").mkdir()
    result = run("build", course, "--output", tmp_path, "--json")
    assert result.exit_code == 1
    failed, built = [json.loads(line) for line in result.stdout.splitlines()]
    assert (failed["language"], failed["format"]) == ("en", "scorm12")
    assert failed["error"] == "build.failed"
    assert "cannot be put in place" in failed["message"]
    assert built["language"] == "fr"
    assert Path(built["path"]).is_file()
    assert "1 of 2 outputs could not be built" in result.stderr


def test_a_build_that_fails_gives_nothing_out(course: Path, tmp_path: Path) -> None:
    for language in ("en", "fr"):
        (tmp_path / f"small-{language}-scorm12.zip").mkdir()
    assert run("build", course, "--output", tmp_path).exit_code == 1
    assert not (course / "scorm-builder.lock").exists()


def test_a_folder_that_cannot_be_written_to_is_warned_of(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("scorm_builder.lock_keeping.write_lock", refuse)
    result = run("build", course, "--language", "en", "--output", tmp_path)
    assert result.exit_code == 0
    assert "warning: scorm-builder.lock cannot be written (Permission denied)" in result.stderr


def test_a_course_with_errors_is_not_built_and_all_are_listed(course: Path, tmp_path: Path) -> None:
    break_course(course)
    errors = json.loads(run("check", course, "--json").stdout)
    result = run("build", course, "--output", tmp_path / "out", "--json")
    assert result.exit_code == 1
    assert [json.loads(line) for line in result.stdout.splitlines()] == errors
    for problem in errors:
        assert problem["message"] in result.stderr
    assert run("build", course, "--output", tmp_path / "out").stdout == ""
    assert not (tmp_path / "out").exists()


def test_what_stops_the_whole_build_is_a_line_of_json(course: Path, tmp_path: Path) -> None:
    key = tmp_path / "no.key"
    key.write_text("no key\n")
    for code, options in (
        ("lock.outdated", ["--locked"]),
        ("signing.key", ["--sign", key]),
    ):
        result = run("build", course, "--json", "--output", tmp_path / "out", *options)
        assert result.exit_code == 1
        [line] = result.stdout.splitlines()
        assert json.loads(line)["error"] == code
        assert json.loads(line)["hint"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("folder", ["media", "units/01-first-steps/media", "units/dist"])
def test_nothing_is_built_into_the_course_itself(course: Path, folder: str) -> None:
    result = run("build", course, "--format", "folder", "--output", course / folder / "built")
    assert result.exit_code == 2
    assert "is part of the course" in result.stderr
    assert not (course / folder / "built").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux alone has a disk always full")
@pytest.mark.parametrize("command", ["build", "check", "check --json", "weigh", "validate"])
def test_results_that_find_no_room_are_told_without_a_traceback(
    course: Path, tmp_path: Path, command: str
) -> None:
    (course / "media").mkdir()
    (course / "media/unused.txt").write_text("unused\n", "utf-8")
    name, *options = command.split()
    place = ["--output", str(tmp_path / "out")] if name == "build" else []
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scorm_builder", name, str(course), *options, *place],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_course_whose_state_cannot_fit_is_refused_with_the_way_out(
    course: Path, tmp_path: Path
) -> None:
    first = course / "units/01-first-steps"
    unit = first / "unit.yaml"
    text = unit.read_text("utf-8").replace("attempts: 2", "attempts: 100")
    unit.write_text(text, "utf-8")
    shutil.copytree(first, course / "units/02-more")
    (course / "units/02-more/unit.yaml").write_text(text.replace("id: first", "id: more", 1))
    whole = course / "course.yaml"
    listed = whole.read_text("utf-8").replace("[01-first-steps]", "[01-first-steps, 02-more]")
    whole.write_text(listed, "utf-8")
    small = run("build", course, "--language", "en", "--output", tmp_path / "dist")
    assert small.exit_code == 1
    assert "4,096" in small.stderr
    assert "allow at most" in small.stderr
    assert "build scorm2004" in small.stderr
    assert "--sco unit" in small.stderr
    assert not list(tmp_path.glob("dist/*"))
    large = run("build", course, "--format", "scorm2004", "--output", tmp_path / "dist")
    assert large.exit_code == 0


def test_an_output_that_cannot_be_written_says_what_to_do(course: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = run("build", course, "--output", tmp_path / "file" / "dist")
    assert result.exit_code == 1
    assert "--output" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_output_without_room_holds_up_no_other(course: Path, tmp_path: Path) -> None:
    """A limit of file size stands for a full disk: a single file is larger than the archive."""
    script = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))\n"
        "from scorm_builder.cli import main; main()"
    )
    options = ["--format", "single", "--format", "folder", "--format", "scorm12", "--json"]
    output = tmp_path / "out"
    options += ["--language", "en", "--output", str(output), "--no-cache"]
    built = subprocess.run(
        [sys.executable, "-c", script, "build", course, *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 1
    assert "Traceback" not in built.stderr
    told = {one["format"]: one for one in map(json.loads, built.stdout.splitlines())}
    assert told["single"]["error"] == "build.failed"
    assert f"{output}/small-en-single.html cannot be written" in told["single"]["message"]
    assert "--output" in told["single"]["hint"]
    assert sorted(path.name for path in output.iterdir()) == sorted(
        Path(one["path"]).name for one in told.values() if "path" in one
    )
    assert "path" in told["folder"]
    assert "path" in told["scorm12"]


def test_drafts_of_builds_that_were_killed_are_swept(course: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    output.mkdir()
    old, young, other = (
        output / f".{name}.part"
        for name in ("small-en-scorm12.zip-abcdefgh", "small-en-scorm12.zip-ijklmnop", "mine")
    )
    for path in (old, young, other):
        path.write_bytes(b"half")
    long_ago = time.time() - 2 * 24 * 60 * 60
    os.utime(old, (long_ago, long_ago))
    os.utime(other, (long_ago, long_ago))
    assert run("build", course, "--language", "en", "--output", output).exit_code == 0
    assert not old.exists()
    assert young.exists()
    assert other.exists()


def test_a_build_that_is_told_to_end_leaves_no_draft(course: Path, tmp_path: Path) -> None:
    """It is told as soon as there is a draft, before that could be whole."""
    output = tmp_path / "out"
    script = (
        "import os, signal, scorm_builder.build as b\n"
        "def stop(*a, **k): os.kill(os.getpid(), signal.SIGTERM); raise AssertionError\n"
        "b.write_archive = stop\n"
        "from scorm_builder.cli import main; main()"
    )
    arguments = ["build", course, "--language", "en", "--output", output, "--no-cache"]
    ended = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 128 + signal.SIGTERM, ended.stderr
    assert not list(output.iterdir())
