"""The examples for continuous integration: their commands, run here as they would be there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from content.load import load_course
from scorm_builder.api import build_course
from scorm_builder.starter import make_course

FOLDER = Path(__file__).parents[3] / "config" / "ci"
INSTALL = 'python -m pip install "$SSE_CAMPUS"'


def commands(name: str) -> list[str]:
    document: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text("utf-8"))
    if name == "gitlab-ci.yml":
        return list(document["course"]["script"])
    return [step["run"] for step in document["jobs"]["build"]["steps"] if "run" in step]


def run(lines: list[str], course: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Line by line, as both systems do: the first that fails ends it."""
    place = tmp_path / "bin"
    place.mkdir(exist_ok=True)
    command = place / "scorm-builder"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m scorm_builder "$@"\n')
    command.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{place}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(FOLDER.parents[1]),
    }
    script = "set -e\n" + "\n".join(lines)
    return subprocess.run(
        ["bash", "-c", script],
        cwd=course,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course whose author has built it once and committed the lock file."""
    make_course(tmp_path / "course")
    list(build_course(load_course(tmp_path / "course"), tmp_path / "first"))
    return tmp_path / "course"


@pytest.mark.parametrize("name", ["github-actions.yml", "gitlab-ci.yml"])
def test_a_sound_course_is_built_and_judged(name: str, course: Path, tmp_path: Path) -> None:
    lines = commands(name)
    assert lines[0] == INSTALL
    done = run(lines[1:], course, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list((course / "dist").glob("*.zip"))) == 4
    assert "not valid" not in done.stdout


def test_both_do_the_same() -> None:
    assert commands("github-actions.yml") == commands("gitlab-ci.yml")


def test_a_warning_stops_it_before_anything_is_built(course: Path, tmp_path: Path) -> None:
    (course / "units/01-first-steps/media/left.csv").write_text("a,b\n")
    done = run(commands("gitlab-ci.yml")[1:], course, tmp_path)
    assert done.returncode == 1
    assert "media.unused" in done.stdout
    assert not (course / "dist").exists()


def test_an_identifier_that_vanishes_stops_it(course: Path, tmp_path: Path) -> None:
    for path in (course / "units/01-first-steps").rglob("*"):
        if path.suffix in (".yaml", ".md"):
            path.write_text(path.read_text("utf-8").replace("an-assembly", "the-assembly"), "utf-8")
    for path in (course / "units/01-first-steps/pages").glob("an-assembly.*"):
        path.rename(path.with_name(path.name.replace("an-assembly", "the-assembly")))
    done = run(commands("gitlab-ci.yml")[1:], course, tmp_path)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "lock." in said
    assert "an-assembly" in said


def test_no_registry_is_named() -> None:
    for path in FOLDER.iterdir():
        text = path.read_text("utf-8")
        assert "://" not in text
        assert "index-url" not in text
