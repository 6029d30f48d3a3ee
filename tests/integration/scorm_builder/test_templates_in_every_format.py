"""Each course that ``new`` makes, in each language and every format: one command builds it, and our
own verifier, the standards' schemas and judges of others find nothing wrong with what it made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import xmlschema
from click.testing import CliRunner

from scorm_builder.cli import main
from scorm_builder.formats import FORMATS, SCORM_FORMATS
from scorm_builder.starter import READY_LANGUAGES, TEMPLATES
from scorm_builder.verify import verify_package
from tests.integration.scorm_builder.test_cartridge_judges import judge
from tests.integration.scorm_builder.test_cmi5_packages import SCHEMA
from tests.integration.scorm_builder.test_page_judges import judged
from tests.scorm_packages import official

each_template = pytest.mark.parametrize("template", TEMPLATES)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCORM_BUILDER_CACHE", str(tmp_path / "cache"))


def build(tmp_path: Path, template: str, *options: str) -> list[dict[str, Any]]:
    """What the command tells of each output, of a course in all languages."""
    course = tmp_path / "my"
    languages = [f"--language={language}" for language in READY_LANGUAGES]
    run = CliRunner().invoke
    made = run(main, ["new", str(course), f"--template={template}", *languages])
    assert made.exit_code == 0, made.stderr
    every = ["--format=all", "--tool=https://campus.example.org", f"--output={tmp_path / 'out'}"]
    built = run(main, ["build", str(course), "--json", *every, *options])
    assert built.exit_code == 0, built.stderr
    return [json.loads(line) for line in built.stdout.splitlines()]


def assert_sound(output: dict[str, Any]) -> None:
    path, name = Path(output["path"]), output["format"]
    report = verify_package(path)
    assert report.problems == (), path.name
    if name in {form.name for form in SCORM_FORMATS}:
        with ZipFile(path) as archive:
            assert official.errors(archive.read("imsmanifest.xml"), name) == []
    if name == "cmi5":
        with ZipFile(path) as archive:
            structure = xmlschema.XMLResource(archive.read("cmi5.xml"))
        xmlschema.XMLSchema(str(SCHEMA), allow="local").validate(structure)


@each_template
@pytest.mark.parametrize("language", READY_LANGUAGES)
def test_in_one_language(template: str, language: str, tmp_path: Path) -> None:
    outputs = build(tmp_path, template, f"--language={language}")
    assert {one["format"] for one in outputs} == set(FORMATS)
    assert {one["language"] for one in outputs} == {language}
    for output in outputs:
        assert_sound(output)


@each_template
@pytest.mark.parametrize("sco", ["course", "unit"])
def test_in_all_languages_together(template: str, sco: str, tmp_path: Path) -> None:
    outputs = build(tmp_path, template, "--together", f"--sco={sco}")
    assert {one["format"] for one in outputs} == set(FORMATS)
    for output in outputs:
        assert_sound(output)


@each_template
def test_judges_of_others_say_the_same(template: str, tmp_path: Path) -> None:
    outputs = build(tmp_path, template)
    assert len(outputs) == len(FORMATS) * len(READY_LANGUAGES)
    cartridges = [
        Path(one["path"]) for one in outputs if FORMATS[one["format"]].family == "cartridge"
    ]
    for path, verdict in zip(cartridges, judge(*cartridges), strict=True):
        assert (verdict.profile, verdict.integrity) == ([], []), path.name
    pages = [
        (f"{path.name}/{page.name}", page.read_text("utf-8"), "document")
        for path in (Path(one["path"]) for one in outputs if one["format"] == "folder")
        for page in path.glob("*.html")
    ]
    for path in cartridges:
        with ZipFile(path) as archive:
            pages += [
                (f"{path.name}/{name}", archive.read(name).decode(), "document")
                for name in archive.namelist()
                if name.endswith(".html")
            ]
    assert len(pages) > len(READY_LANGUAGES)
    assert judged(pages) == []
