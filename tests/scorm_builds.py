"""Builds of the starter course, again and again, as the tests of the cache make them."""

from __future__ import annotations

import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from content.memo import KNOWN
from scorm_builder.cli import main

PAGE = "units/01-first-steps/pages/an-assembly.en.md"


def build(course: Path, output: Path, *options: str) -> Result:
    # As in a process of its own: nothing is known but what lies in the cache.
    KNOWN.forget()
    arguments = ["build", str(course), "--output", str(output), *options]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return result


def outputs(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def unchanged(result: Result) -> bool:
    return "nothing has changed" in result.stderr


def assert_as_clean(course: Path, tmp_path: Path, *options: str) -> None:
    """A build with what is known makes what a build without it makes."""
    build(course, tmp_path / "out", *options)
    shutil.rmtree(tmp_path / "clean", ignore_errors=True)
    build(course, tmp_path / "clean", "--no-cache", *options)
    assert outputs(tmp_path / "out") == outputs(tmp_path / "clean")


def edit_a_page(course: Path) -> None:
    (course / PAGE).write_text((course / PAGE).read_text("utf-8") + "\nMore *words*.\n", "utf-8")
