"""Beginning a course, checking it, and what the commands say of themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scorm_builder.cli import main
from tests.scorm_commands import break_course, run

PROBLEM_KEYS = ["severity", "code", "path", "line", "column", "message", "hint"]


def test_the_starter_course_is_clean_even_when_strict(sound: Path) -> None:
    result = run("check", sound, "--strict", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])


def test_new_refuses_a_folder_in_use_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    result = run("new", tmp_path)
    assert result.exit_code == 2
    assert "not empty" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("name", "identifier"),
    [("Mon Cours", "mon-cours"), ("2026 plan", "course-2026-plan"), ("دورة", "x")],
)
def test_new_takes_the_id_from_the_folder(tmp_path: Path, name: str, identifier: str) -> None:
    assert run("new", tmp_path / name).exit_code == 0
    assert f"id: {identifier} " in (tmp_path / name / "course.yaml").read_text("utf-8")
    assert run("check", tmp_path / name).exit_code == 0


def test_check_lists_every_problem_in_one_array(course: Path) -> None:
    break_course(course)
    result = run("check", course, "--json")
    problems = json.loads(result.stdout)
    assert result.exit_code == 1
    assert len({problem["path"] for problem in problems}) >= 3
    for problem in problems:
        assert list(problem) == PROBLEM_KEYS
        assert problem["message"]
        assert problem["hint"]
    lines = run("check", course).stdout.splitlines()
    assert len(lines) == len(problems)
    assert all(": error " in line or ": warning " in line for line in lines)


def test_strict_makes_warnings_errors(course: Path) -> None:
    page = course / "units/01-first-steps/pages/an-assembly.fr.md"
    page.write_text(page.read_text("utf-8").replace("\u202f?", " ?"), "utf-8")
    relaxed = run("check", course, "--json")
    strict = run("check", course, "--strict", "--json")
    assert {p["severity"] for p in json.loads(relaxed.stdout)} == {"warning"}
    assert {p["severity"] for p in json.loads(strict.stdout)} == {"error"}
    assert (relaxed.exit_code, strict.exit_code) == (0, 1)


@pytest.mark.parametrize(
    ("option", "value", "choice"),
    [
        ("--format", "scorm13", "scorm2004"),
        ("--language", "de", "fr"),
        ("--unit", "z9", "first-steps"),
    ],
)
def test_an_unknown_choice_is_a_usage_error_with_the_choices(
    course: Path, tmp_path: Path, option: str, value: str, choice: str
) -> None:
    result = run("build", course, option, value, "--output", tmp_path / "out")
    assert result.exit_code == 2
    assert value in result.stderr
    assert choice in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "nowhere"],
        ["build", "nowhere"],
        ["preview", "nowhere"],
        ["validate", "nowhere.zip"],
        ["validate"],
        ["check"],
        ["paint"],
        ["build", ".", "--paint"],
    ],
)
def test_wrong_calls_exit_with_2(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""


def test_every_command_helps_with_an_example() -> None:
    for name in main.commands:
        result = run(name, "--help")
        assert result.exit_code == 0
        assert f"scorm-builder {name}" in result.stdout


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from scorm_builder.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'lxml', 'yaml', 'jinja2', 'markdown_it', 'watchfiles', 'content.load'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def test_the_documentation_names_every_command_and_option() -> None:
    text = (Path(__file__).parents[4] / "docs" / "cli-scorm-builder.md").read_text("utf-8")
    for name, command in main.commands.items():
        assert f"scorm-builder {name}" in text
        for parameter in command.params:
            for option in parameter.opts:
                assert not option.startswith("--") or f"`{option}" in text, option
