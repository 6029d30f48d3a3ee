"""Edits of wording alone are brought into the last outputs: the bytes are those of a clean build.
Any other edit makes a whole build."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import content.load
import scorm_builder.revision
from content.memo import KNOWN
from scorm_builder import in_place
from scorm_builder.cli import main
from scorm_builder.starter import make_course

PAGES = "units/01-first-steps/pages"
PAGE = f"{PAGES}/an-assembly.en.md"


class Builder:
    """Builds the course again and again; ``whole`` counts how often it was read as a whole."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.course = folder / "course"
        self.out = folder / "out"
        self.whole = 0
        self._folder = folder
        make_course(self.course, languages=("en", "fr", "ar"))
        media = self.course / "units/01-first-steps/media"
        (media / "sheet.pdf").write_bytes(b"%PDF-1.4" + bytes(200_000))
        for page in (self.course / PAGES).glob("who-decides.*.md"):
            text = "\n::: download sheet.pdf\ntitle: A *sheet*\ncredit: Nobody\n:::\n"
            page.write_text(page.read_text("utf-8") + text, "utf-8")
        survey = content.load.survey_course

        def counted(*arguments: Any, **options: Any) -> object:
            self.whole += 1
            return survey(*arguments, **options)

        monkeypatch.setattr(content.load, "survey_course", counted)

    def run(self, output: Path, *options: str) -> Result:
        KNOWN.forget()
        arguments = ["build", str(self.course), "--output", str(output), *options]
        return CliRunner().invoke(main, arguments, catch_exceptions=False)

    def build(self, *options: str) -> Result:
        result = self.run(self.out, *options)
        assert result.exit_code == 0, result.stderr
        return result

    def revised(self, *options: str) -> bool:
        """Whether a build did without reading the course; its outputs are those of a clean one."""
        before = self.whole
        self.build(*options)
        revised = self.whole == before
        shutil.rmtree(self._folder / "clean", ignore_errors=True)
        clean = self.run(self._folder / "clean", "--no-cache", *options)
        assert clean.exit_code == 0, clean.stderr
        assert self.outputs("out") == self.outputs("clean")
        return revised

    def outputs(self, name: str) -> dict[str, bytes]:
        found = (self._folder / name).rglob("*")
        return {str(path.name): path.read_bytes() for path in found if path.is_file()}

    def edit(self, page: str, change: Callable[[str], str]) -> None:
        path = self.course / page
        before = path.read_bytes().decode("utf-8")
        after = change(before)
        assert after != before
        path.write_bytes(after.encode("utf-8"))


@pytest.fixture
def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Builder]:
    monkeypatch.setenv("SCORM_BUILDER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(in_place, "_LEAST", 1)
    yield Builder(tmp_path, monkeypatch)
    KNOWN.forget()


WORDING: dict[str, Callable[[str], str]] = {
    "more": lambda text: text + "\nOne sentence *more*, at the end.\n",
    "in a block": lambda text: text.replace("forty", "forty-one, 41 % of whom are «new»,"),
    "other scripts": lambda text: text.replace("You have seen", "Ви бачили 🍏 وقد رأيت"),
    "a link's text": lambda text: text.replace("[who decides]", "[who *decides* here]"),
    "a table": lambda text: text.replace("Some are", "| a | b |\n|---|---|\n| c | d |\n\nSome are"),
    "a way out": lambda text: text.replace("quiz.", "[quiz](https://example.org/a?b=c&d)."),
    "a list": lambda text: text.replace("Now try", "- Now\n- then\n\n> try `<b>` &amp;"),
    "line ends": lambda text: text.replace("\n", "\r\n"),
    "fewer": lambda text: text.replace(" Now try the quiz.", ""),
}
MORE: dict[str, Callable[[str], str]] = {
    "the title": lambda text: text.replace("title: An assembly", "title: The assembly"),
    "a heading": lambda text: text + "\n## A heading\n\nBelow it.\n",
    "a block's title": lambda text: text.replace("Belmas", "Pelmas"),
    "what a block says of itself": lambda text: text.replace(" {fictional}", ""),
    "where a link leads": lambda text: text.replace("page:who-decides", "page:an-assembly"),
    "a block": lambda text: text.replace("key-idea", "reflection"),
    "something to warn of": lambda text: text + "\n[here](https://example.org/)\n",
    "a term": lambda text: text.replace("The members", "The [members](term:cooperative)"),
    "a comment": lambda text: text.replace("\n---\n", "\n# a comment\n---\n"),
}


@pytest.mark.parametrize("edit", WORDING)
def test_an_edit_of_wording_is_a_revision(builder: Builder, edit: str) -> None:
    builder.build()
    builder.edit(PAGE, WORDING[edit])
    assert builder.revised()
    assert "nothing has changed" in builder.build().stderr


@pytest.mark.parametrize("edit", MORE)
def test_any_other_edit_makes_a_whole_build(builder: Builder, edit: str) -> None:
    builder.build()
    builder.edit(PAGE, MORE[edit])
    assert not builder.revised()
    builder.edit(PAGE, WORDING["more"])
    assert builder.revised() is (edit != "something to warn of")


def test_the_words_of_a_heading_are_wording(builder: Builder) -> None:
    builder.build()
    builder.edit(
        f"{PAGES}/who-decides.en.md", lambda text: text.replace("## What that", "## All that *it*")
    )
    assert builder.revised()


def test_a_signature_that_lies_there_is_told_of(builder: Builder) -> None:
    builder.build("--language", "en")
    (package,) = builder.out.iterdir()
    left = package.with_name(f"{package.name}.minisig")
    left.write_text("of an earlier build")
    for page in (PAGE, f"{PAGES}/who-decides.en.md"):
        builder.edit(page, WORDING["more"])
        assert left.name in builder.build("--language", "en", "--json").stdout
    assert builder.whole == 3
    left.unlink()
    builder.edit(PAGE, WORDING["more"])
    assert left.name not in builder.build("--language", "en", "--json").stdout


def test_an_output_that_becomes_too_large_is_refused(builder: Builder) -> None:
    builder.build("--language", "en")
    (package,) = builder.out.iterdir()
    options = ["--language", "en", "--max-size", str(package.stat().st_size + 200)]
    builder.build(*options)
    noise = "".join(sha256(bytes([number])).hexdigest() for number in range(40))
    builder.edit(PAGE, lambda text: f"{text}\n{noise}\n")
    result = builder.run(builder.out, *options)
    assert result.exit_code == 1
    assert "is the most" in result.stderr


@pytest.mark.parametrize("field", ["alt: Three", "caption: One", "credit: Drawing", "one-vote.svg"])
def test_figures_are_no_wording(builder: Builder, field: str) -> None:
    builder.build()
    other = builder.course / "units/01-first-steps/media/no-vote.svg"
    shutil.copyfile(other.with_name("one-vote.svg"), other)
    builder.build()
    page = f"{PAGES}/who-decides.en.md"
    changed = "no-vote.svg" if field.endswith("svg") else f"{field} and more"
    builder.edit(page, lambda text: text.replace(field, changed))
    assert not builder.revised()


def test_one_revision_after_the_other_in_several_languages(builder: Builder) -> None:
    builder.build()
    for number in range(3):
        for language in ("en", "fr", "ar")[: number + 1]:
            for page in ("an-assembly", "who-decides"):
                builder.edit(
                    f"{PAGES}/{page}.{language}.md", lambda text: text + "\n+ Один, واحد.\n"
                )
        assert builder.revised()
    builder.edit("course.yaml", lambda text: text.replace('version: "', 'version: "9.'))
    assert not builder.revised()
    builder.edit(PAGE, WORDING["fewer"])
    assert builder.revised()


@pytest.mark.parametrize(
    ("options", "revised"),
    [
        (["--format", "scorm2004", "--format", "scorm12", "--format", "cmi5"], True),
        (["--sco", "unit", "--language", "fr", "--language", "en"], True),
        (["--unit", "first-steps", "--light", "--language", "en", "--json"], True),
        (["--together"], False),
        (["--format", "web", "--format", "scorm12"], False),
        (["--format", "single"], False),
        (["--format", "cc11"], False),
        (["--max-size", "10MB", "--profile", "moodle"], True),
    ],
)
def test_formats_and_options(builder: Builder, options: list[str], revised: bool) -> None:
    builder.build(*options)
    builder.edit(PAGE, WORDING["in a block"])
    assert builder.revised(*options) is revised


def test_it_says_what_a_whole_build_says(builder: Builder) -> None:
    stray = builder.course / PAGES / "stray.en.md"
    stray.write_text("---\ntitle: A\n---\nA\n", "utf-8")
    first = builder.build("--json")
    builder.edit(PAGE, WORDING["more"])
    again = builder.build("--json")
    clean = builder.run(builder.out, "--json", "--no-cache")
    assert again.stdout == clean.stdout != first.stdout
    assert "page.unlisted" in again.stderr
    assert again.stderr == clean.stderr
    assert builder.whole == 2
    assert "page.unlisted" in builder.build("--json").stderr
    for line in again.stdout.splitlines():
        assert Path(json.loads(line)["path"]).is_file()


@pytest.mark.parametrize("then", ["empty", "a link", "too long", "not UTF-8", "a check twice"])
def test_what_may_not_be_is_said_by_a_whole_build(
    builder: Builder, tmp_path: Path, then: str
) -> None:
    builder.build()
    before = builder.outputs("out")
    page = builder.course / PAGE
    head = "---\ntitle: An assembly\n---\n"
    if then == "a link":
        (tmp_path / "elsewhere.md").write_bytes(page.read_bytes() + b"\nMore.\n")
        page.unlink()
        page.symlink_to(tmp_path / "elsewhere.md")
    elif then == "not UTF-8":
        page.write_bytes(page.read_bytes() + b"\xff")
    else:
        text = {"empty": "\n", "too long": "word " * 20_000}.get(then)
        check = "\n::: check try-one-vote\n:::\n"
        page.write_text(head + (text or check), "utf-8")
    result = builder.run(builder.out)
    assert result.exit_code == 1
    assert PAGE in result.stderr
    assert builder.outputs("out") == before


def test_an_output_that_is_not_as_it_was_left_is_built_as_a_whole(builder: Builder) -> None:
    builder.build("--language", "en")
    (package,) = builder.out.iterdir()
    builder.edit(PAGE, WORDING["more"])
    package.write_bytes(package.read_bytes())
    assert not builder.revised("--language", "en")


def test_an_output_that_another_build_exchanges_meanwhile_is_not_gone_by(
    builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    builder.build("--language", "en")
    (package,) = builder.out.iterdir()
    builder.edit(PAGE, WORDING["more"])
    revise = scorm_builder.revision.revise

    def late(*arguments: Any) -> Any:
        other = package.with_name("other")
        shutil.copyfile(package, other)
        other.replace(package)
        return revise(*arguments)

    monkeypatch.setattr(scorm_builder.revision, "revise", late)
    assert not builder.revised("--language", "en")


def test_a_revision_loads_nothing_that_reads_courses(builder: Builder) -> None:
    builder.build()
    builder.edit(PAGE, WORDING["more"])
    arguments = ["build", str(builder.course), "--output", str(builder.out)]
    heavy = {"yaml", "jinja2", "content.load", "content.model", "scorm_builder.build"}
    code = (
        "import sys; from scorm_builder.cli import main\n"
        f"try: main({arguments!r})\nexcept SystemExit as done: assert not done.code\n"
        f"loaded = {heavy!r} & set(sys.modules)\nsys.exit(str(loaded) if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_full_disk_leaves_the_last_version(
    builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    builder.build("--language", "en")
    before = builder.outputs("out")
    builder.edit(PAGE, WORDING["more"])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        result = builder.run(builder.out, "--language", "en")
        assert result.exit_code == 1
    assert "No space left" in result.stderr
    assert "Traceback" not in result.stderr
    assert builder.outputs("out") == before
    assert builder.revised("--language", "en")


def test_what_a_page_would_load_is_found(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the cleaning of pages had a hole: the whole build is the one that says it."""
    builder.build("--language", "en")
    builder.edit(PAGE, lambda text: text + "\nHole\n")
    hole = '<img src="https://evil.example/a.png">'
    for module in ("scorm_builder.revision", "content.markup"):
        clean = __import__(module, fromlist=["clean"]).clean
        monkeypatch.setattr(
            f"{module}.clean",
            lambda html, urls, clean=clean: clean(html, urls).replace("Hole", hole),
        )
    result = builder.run(builder.out, "--language", "en")
    assert result.exit_code == 1
    assert "evil.example" in result.stderr


def test_what_is_new_is_read_back(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    builder.build("--language", "en")
    builder.edit(PAGE, WORDING["more"])
    with monkeypatch.context() as patch:
        patch.setattr(zipfile.ZipFile, "namelist", lambda self: [])
        assert builder.run(builder.out, "--language", "en").exit_code == 0
    assert builder.whole == 2
    builder.edit(PAGE, WORDING["more"])
    assert builder.revised("--language", "en")
