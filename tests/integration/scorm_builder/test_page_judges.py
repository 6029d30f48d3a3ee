"""The pages of outputs before judges that we did not write: see ``web_judges.mjs``."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from lxml import html as lxml_html

from content.load import load_course
from content.model import Course
from scorm_builder.build import build_package
from scorm_builder.formats import FORMATS
from scorm_builder.order import Order
from tests.player_pages.courses import kitchen_course
from tests.unit.render.player import node

ROOT = Path(__file__).parents[3]
JUDGES = ROOT / "tests" / "scorm_packages" / "web_judges.mjs"
Pages = list[tuple[str, str]]


def judged(documents: list[tuple[str, str, str]], manifests: list[Any] | None = None) -> list[str]:
    done = subprocess.run(
        [node(), JUDGES, ROOT / "tests" / "node" / "package.json"],
        input=json.dumps({"documents": documents, "manifests": manifests or []}),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return list(json.loads(done.stdout))


@pytest.fixture(scope="module")
def shipped() -> Course:
    return load_course(ROOT / "content" / "courses" / "sse-management")


def made(course: Course, name: str, languages: tuple[str, ...], folder: Path) -> dict[str, bytes]:
    """The files of an output by name."""
    built = build_package(
        Order(course=course, form=FORMATS[name], languages=languages), folder
    ).path
    if built.is_file() and built.suffix == ".html":
        return {built.name: built.read_bytes()}
    if built.is_file():
        with ZipFile(built) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    return {
        str(path.relative_to(built)): path.read_bytes()
        for path in built.rglob("*")
        if path.is_file()
    }


def pages_of(files: dict[str, bytes]) -> Pages:
    return [(name, data.decode()) for name, data in files.items() if name.endswith(".html")]


def views_of(name: str, whole: str) -> Iterator[tuple[str, str]]:
    """The document as it is when one of its views is shown: the others are not, to anybody."""
    count = len(lxml_html.document_fromstring(whole).xpath("//*[@data-view]"))
    for shown in range(count):
        tree = lxml_html.document_fromstring(whole)
        for number, view in enumerate(tree.xpath("//*[@data-view]")):
            if number != shown:
                view.getparent().remove(view)
        yield (
            f"{name}#{shown}",
            lxml_html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>"),
        )


@pytest.mark.parametrize("name", ["web", "folder", "single", "scorm12", "scorm2004", "cmi5"])
def test_documents_are_sound_html_and_open_to_all(
    shipped: Course, name: str, tmp_path: Path
) -> None:
    languages = ("ar", "en") if name == "web" else ("en",)
    files = made(shipped, name, languages, tmp_path)
    pages = pages_of(files)
    assert pages
    manifests = [json.loads(data) for path, data in files.items() if path.endswith(".webmanifest")]
    assert len(manifests) == (name == "web")
    documents = [(page, text, "document") for page, text in pages]
    if name == "web":
        views = [view for page in pages for view in views_of(*page)]
        assert len(views) > 10
        documents += [(view, text, "view") for view, text in views]
    assert judged(documents, manifests) == []


@pytest.mark.parametrize("name", ["cc11", "cc13"])
def test_pages_of_cartridges_are_too(shipped: Course, name: str, tmp_path: Path) -> None:
    pages = pages_of(made(shipped, name, ("ar",), tmp_path))
    assert len(pages) > 10
    assert judged([(page, text, "document") for page, text in pages]) == []


def test_every_type_of_question_is_too(tmp_path: Path) -> None:
    kitchen = kitchen_course(tmp_path)
    pages = [*pages_of(made(kitchen, "single", ("en",), tmp_path))]
    pages += pages_of(made(kitchen, "cc11", ("en",), tmp_path))
    assert judged([(page, text, "document") for page, text in pages]) == []


def test_they_do_find_faults() -> None:
    """So that their silence above says something."""
    page = "<!DOCTYPE html><html lang='en'><head><title>A</title></head><body>{}</body></html>"
    documents = [
        ("named", page.format("<div aria-label='x'>y</div>"), "document"),
        ("nested", page.format("<ul><p>y</p></ul>"), "document"),
        ("twice", page.format("<nav>y</nav><nav>z</nav>"), "view"),
    ]
    found = judged(documents, [{"name": "A", "icons": []}])
    for rule in ("aria-label-misuse", "element-permitted-content", "unique-landmark"):
        assert any(rule in one for one in found), (rule, found)
    for member in ("icons", "start_url: is missing"):
        assert any(member in one for one in found), (member, found)
