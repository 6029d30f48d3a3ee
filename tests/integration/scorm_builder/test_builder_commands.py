"""The ``scorm-builder`` command from outside: what scripts may rely on."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result

from scorm_builder.cli import main
from scorm_builder.commands.build import FORMAT_NAMES
from scorm_builder.formats import FORMATS

PROBLEM_KEYS = ["severity", "code", "path", "line", "column", "message", "hint"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("courses") / "small"
    assert run("new", folder).exit_code == 0
    return folder


@pytest.fixture
def course(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "small"))


def break_course(course: Path) -> None:
    """Three errors in three files."""
    (course / "glossary.yaml").write_text("- id: cooperative\n  term: {en: x}\n", "utf-8")
    page = course / "units/01-first-steps/pages/an-assembly.fr.md"
    page.write_text(page.read_text("utf-8") + "\n[nowhere](page:nowhere)\n", "utf-8")
    questions = course / "units/01-first-steps/questions.yaml"
    questions.write_text(questions.read_text("utf-8").replace("value: 20", "value: many"), "utf-8")


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
            *["path", "format", "language", "unit", "bytes", "contents", "entries"]
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


def test_a_course_with_errors_is_not_built_and_all_are_listed(course: Path, tmp_path: Path) -> None:
    break_course(course)
    errors = json.loads(run("check", course, "--json").stdout)
    result = run("build", course, "--output", tmp_path / "out", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    for problem in errors:
        assert problem["message"] in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_course_whose_state_cannot_fit_is_refused_with_the_way_out(
    course: Path, tmp_path: Path
) -> None:
    unit = course / "units/01-first-steps/unit.yaml"
    text = unit.read_text("utf-8")
    unit.write_text(text.replace("attempts: 2", "attempts: 100"), "utf-8")
    small = run("build", course, "--language", "en", "--output", tmp_path / "dist")
    assert small.exit_code == 1
    assert "4,096" in small.stderr
    assert "allow fewer attempts, or build scorm2004" in small.stderr
    assert not list(tmp_path.glob("dist/*"))
    large = run("build", course, "--format", "scorm2004", "--output", tmp_path / "dist")
    assert large.exit_code == 0


def test_an_output_that_cannot_be_written_says_what_to_do(course: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = run("build", course, "--output", tmp_path / "file" / "dist")
    assert result.exit_code == 1
    assert "--output" in result.stderr
    assert "Traceback" not in result.stderr


def test_every_command_helps_with_an_example() -> None:
    for name in main.commands:
        result = run(name, "--help")
        assert result.exit_code == 0
        assert f"scorm-builder {name}" in result.stdout
    assert tuple(FORMATS) == FORMAT_NAMES


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from scorm_builder.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'lxml', 'yaml', 'jinja2', 'markdown_it', 'watchfiles', 'content.load'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_documentation_names_every_command_and_option() -> None:
    text = (Path(__file__).parents[3] / "docs" / "cli-scorm-builder.md").read_text("utf-8")
    for name, command in main.commands.items():
        assert f"scorm-builder {name}" in text
        for parameter in command.params:
            for option in parameter.opts:
                assert not option.startswith("--") or f"`{option}" in text, option
