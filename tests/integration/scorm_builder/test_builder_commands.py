"""The ``scorm-builder`` command from outside: what scripts may rely on."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result

from scorm_builder.cli import main
from scorm_builder.formats import FORMATS
from scorm_builder.request import makeable

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
        ["script", "-qec", command, "/dev/null"], capture_output=True, text=True, timeout=60
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


def lock_of(course: Path) -> dict[str, object]:
    return dict(json.loads((course / "scorm-builder.lock").read_text("utf-8")))


def rename_page(course: Path) -> None:
    """As an author might who does not know better: the file and its mention."""
    unit = course / "units/01-first-steps"
    for path in sorted(unit.glob("pages/who-decides.*.md")):
        path.rename(path.with_name(path.name.replace("who-decides", "who-votes")))
    for path in (unit / "unit.yaml", *unit.glob("pages/*.md")):
        text = path.read_text("utf-8").replace("page:who-decides", "page:who-votes")
        path.write_text(text.replace("[who-decides,", "[who-votes,"), "utf-8")


def test_a_build_keeps_the_lock_and_tells_before_an_identifier_vanishes(
    course: Path, tmp_path: Path
) -> None:
    first = run("build", course, "--language", "en", "--output", tmp_path / "a")
    assert first.exit_code == 0, first.stderr
    assert "scorm-builder.lock has changed; keep it with the course" in first.stderr
    before = (course / "scorm-builder.lock").read_bytes()
    again = run("build", course, "--language", "en", "--output", tmp_path / "b", "--locked")
    assert again.exit_code == 0, again.stderr
    assert "scorm-builder.lock" not in again.stderr
    files = [next((tmp_path / name).iterdir()).read_bytes() for name in "ab"]
    assert files[0] == files[1]

    rename_page(course)
    assert run("check", course).exit_code == 0
    refused = run("build", course, "--output", tmp_path / "c")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "lock.vanished" in refused.stderr
    assert "- page first-steps/who-decides" in refused.stderr
    assert "+ page first-steps/who-votes" in refused.stderr
    assert not (tmp_path / "c").exists()
    assert (course / "scorm-builder.lock").read_bytes() == before

    accepted = run("build", course, "--accept-changes", "--output", tmp_path / "d")
    assert accepted.exit_code == 0, accepted.stderr
    assert "who-votes" in json.dumps(lock_of(course))
    assert '"who-decides"' not in json.dumps(lock_of(course))


def test_locked_refuses_what_is_not_in_the_lock(course: Path, tmp_path: Path) -> None:
    result = run("build", course, "--locked", "--output", tmp_path / "out")
    assert result.exit_code == 1
    assert "lock.outdated" in result.stderr
    assert not (course / "scorm-builder.lock").exists()


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
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_documentation_names_every_command_and_option() -> None:
    text = (Path(__file__).parents[3] / "docs" / "cli-scorm-builder.md").read_text("utf-8")
    for name, command in main.commands.items():
        assert f"scorm-builder {name}" in text
        for parameter in command.params:
            for option in parameter.opts:
                assert not option.startswith("--") or f"`{option}" in text, option


def test_an_output_without_room_holds_up_no_other(course: Path, tmp_path: Path) -> None:
    """A limit of file size stands for a full disk: a single file is larger than the archive."""
    script = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, 120_000))\n"
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


def test_locked_and_accepted_changes_contradict_each_other(course: Path) -> None:
    result = run("build", course, "--locked", "--accept-changes")
    assert result.exit_code == 2
    assert "one of the two" in result.stderr


def test_what_is_left_undivided_is_told(course: Path, tmp_path: Path) -> None:
    options = ["--sco", "unit", "--format", "scorm12", "--format", "folder", "--language", "en"]
    result = run("build", course, *options, "--output", tmp_path / "out")
    assert result.exit_code == 0
    assert "leaves undivided: folder" in result.stderr


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
