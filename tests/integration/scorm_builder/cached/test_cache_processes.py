"""What a build loads, and that its bytes depend on no process, clock or environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from scorm_builder import apprentice
from tests.bench.courses import Case
from tests.bench.courses import make_course as make_bench_course
from tests.scorm_builds import build, outputs

ENVIRONMENTS: Sequence[tuple[dict[str, str], int, str]] = [
    ({"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"}, 0o022, "1"),
    ({"PYTHONHASHSEED": "4242", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"}, 0o077, "3"),
]


def test_bytes_depend_on_nothing_but_the_course(course: Path, tmp_path: Path, cache: Path) -> None:
    """Not on folders, orders of files, times, seeds, locales, time zones, masks and jobs."""
    made = []
    for number, (environment, mask, jobs) in enumerate(ENVIRONMENTS):
        copy = tmp_path / f"place {number}" / "course"
        copy.mkdir(parents=True)
        files = sorted(path for path in course.rglob("*") if path.is_file())
        for path in files if number else reversed(files):
            target = copy / path.relative_to(course)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            os.utime(target, (number * 1e9, number * 1e9))
        output = tmp_path / f"out-{number}"
        subprocess.run(
            [
                *[sys.executable, "-c"],
                f"import os; os.umask({mask}); from scorm_builder.cli import main; main()",
                *["build", str(copy), "--output", str(output), "--jobs", jobs, "--no-cache"],
                *["--format", "scorm12", "--format", "scorm2004", "--format", "folder"],
            ],
            env=os.environ | environment,
            check=True,
            capture_output=True,
        )
        made.append(outputs(output))
        modes = {path.stat().st_mode & 0o777 for path in output.rglob("*") if path.is_file()}
        assert modes == {0o644}
    assert made[0] == made[1]


UNNEEDED = {
    *("pydantic", "xmlschema", "PIL", "av", "fontTools", "sqlalchemy", "flask"),
    *("cryptography", "watchfiles", "requests"),
}


@pytest.mark.parametrize("command", ["build", "check", "--help"])
def test_libraries_that_a_path_does_not_need_are_not_loaded(
    course: Path, tmp_path: Path, cache: Path, command: str
) -> None:
    arguments = {
        "build": ["build", str(course), "--output", str(tmp_path / "out")],
        "check": ["check", str(course)],
        "--help": ["--help"],
    }[command]
    code = (
        "import sys; from scorm_builder.cli import main\n"
        f"try: main({arguments!r})\nexcept SystemExit as done: assert not done.code\n"
        f"loaded = {UNNEEDED!r} & set(sys.modules)\nsys.exit(str(loaded) if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_build_with_nothing_to_do_loads_next_to_nothing(
    course: Path, tmp_path: Path, cache: Path
) -> None:
    build(course, tmp_path / "out")
    arguments = ["build", str(course), "--output", str(tmp_path / "out")]
    heavy = {"lxml", "yaml", "jinja2", "markdown_it", "nh3", "content.load", "scorm_builder.build"}
    code = (
        "import sys; from scorm_builder.cli import main\n"
        f"try: main({arguments!r})\nexcept SystemExit as done: assert not done.code\n"
        f"loaded = {heavy!r} & set(sys.modules)\nsys.exit(str(loaded) if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "nothing has changed" in done.stderr


def test_a_second_process_changes_no_byte(tmp_path: Path, cache: Path) -> None:
    """Sixty pages: enough for one that parses beside the first, with what it warns of."""
    folder = tmp_path / "sixty"
    make_bench_course(Case("sixty", 60, 2, 3), folder)
    page = folder / "units/01-unit/pages/page-55.en.md"
    page.write_text(page.read_text("utf-8") + "\n[here](https://example.org/)\n", "utf-8")
    said = {}
    for jobs in ("1", "2"):
        done = subprocess.run(
            [
                *[sys.executable, "-m", "scorm_builder", "build", str(folder), "--no-cache"],
                *["--output", str(tmp_path / jobs), "--jobs", jobs],
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        said[jobs] = [line for line in done.stderr.splitlines() if "link.text" in line]
    assert outputs(tmp_path / "1") == outputs(tmp_path / "2")
    assert len(said["1"]) == 1
    assert said["1"] == said["2"]


def test_pages_are_parsed_here_where_the_second_process_dies(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sixty"
    make_bench_course(Case("sixty", 60, 2, 3), folder)
    build(folder, tmp_path / "clean", "--no-cache", "--jobs", "1")

    def die(share: object, writing: int) -> None:
        os._exit(1)

    monkeypatch.setattr(apprentice, "_work", die)
    build(folder, tmp_path / "out", "--jobs", "2")
    assert outputs(tmp_path / "out") == outputs(tmp_path / "clean")
