"""What ``scorm-builder new`` makes: courses without a single problem, in every ready language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import scorm_builder
from content.load import inspect_course, load_course
from scorm_builder.build import build_package
from scorm_builder.cli import main
from scorm_builder.formats import FORMATS
from scorm_builder.order import Order
from scorm_builder.starter import READY_LANGUAGES, TEMPLATES, make_course

HOME = Path(scorm_builder.__file__).parent / "templates"

each_template = pytest.mark.parametrize("template", TEMPLATES)


def test_the_command_and_the_folders_know_the_same_templates() -> None:
    assert {path.name for path in HOME.iterdir()} == set(TEMPLATES)
    told = CliRunner().invoke(main, ["new", "--help"]).stdout
    assert f"[{'|'.join(TEMPLATES)}]" in told


@each_template
@pytest.mark.parametrize("languages", [("en",), ("fr",), ("ar",), ("ar", "en"), ("en", "fr", "ar")])
def test_each_is_clean_and_builds(
    template: str, languages: tuple[str, ...], tmp_path: Path
) -> None:
    made = make_course(tmp_path / "my", template=template, languages=languages)
    course, problems = inspect_course(tmp_path / "my")
    assert problems == ()
    assert course
    assert course.languages == languages
    assert course.id == "my"
    assert sorted(made) == sorted(p for p in (tmp_path / "my").rglob("*") if p.is_file())
    built = build_package(
        Order(course=course, form=FORMATS["scorm12"], languages=languages[:1]), tmp_path / "out"
    )
    assert built.path.is_file()


@each_template
def test_every_word_is_there_in_each_language_and_used(template: str) -> None:
    used = set()
    for path in (HOME / template).rglob("*.yaml"):
        if not path.name.startswith("words."):
            used |= set(re.findall(r": @([a-z0-9.-]+)", path.read_text("utf-8")))
    for language in READY_LANGUAGES:
        text = (HOME / template / f"words.{language}.yaml").read_text("utf-8")
        words = yaml.safe_load(text)
        assert set(words) == used - {"languages"}
        assert len(re.findall(r"^[a-z]", text, re.M)) == len(words), "a key stands twice"
        assert all(isinstance(word, str) and word for word in words.values())


@each_template
def test_invented_cases_say_so(template: str) -> None:
    for path in (HOME / template).rglob("*.md"):
        for line in path.read_text("utf-8").splitlines():
            if line.lstrip(": ").startswith("case "):
                assert line.endswith("{fictional}"), path


def test_the_guides_minutes_are_those_of_the_unit(tmp_path: Path) -> None:
    make_course(tmp_path / "my", template="trainers-guide", languages=READY_LANGUAGES)
    unit = load_course(tmp_path / "my").units[0]
    for language in READY_LANGUAGES:
        minutes = re.findall(r"\| (\d+) \|", unit.guide[language])
        assert sum(map(int, minutes)) == unit.workload_minutes == 90


def new(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["new", *arguments])
    return done.exit_code, done.stdout, done.stderr


def test_another_language_begins_in_english_and_says_so(tmp_path: Path) -> None:
    code, out, err = new(str(tmp_path / "my"), "--language", "fr-CA", "--language", "pt-BR")
    assert code == 0
    assert "pt-BR: there are no ready texts" in err
    assert "fr-CA: " not in err
    course = load_course(tmp_path / "my")
    assert course.languages == ("fr-CA", "pt-BR")
    assert course.title == {"fr-CA": "Mon premier cours", "pt-BR": "My first course"}
    assert str(tmp_path / "my" / "course.yaml") in out.splitlines()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    code, _, err = new(str(tmp_path))
    assert code == 2
    assert "not empty" in err
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


@pytest.mark.parametrize(
    "options", [["--template", "other"], ["--language", "en]"], ["--language", "../x"]]
)
def test_what_there_is_not_is_refused(options: list[str], tmp_path: Path) -> None:
    code, _, _ = new(str(tmp_path / "my"), *options)
    assert code == 2
    assert not (tmp_path / "my").exists()


def test_a_template_that_there_is_not_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        make_course(tmp_path / "my", template="../templates/unit")
    assert not (tmp_path / "my").exists()
