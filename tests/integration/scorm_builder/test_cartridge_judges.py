"""Common Cartridges before judges that we did not write: see ``tests/scorm_packages``'s
``cartridge_judges.py``. ``make test`` installs them in ``.venv-xblock``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from content.load import load_course
from content.model import Course
from scorm_builder.build import build_package
from scorm_builder.formats.cartridge import CARTRIDGES, CC11, CC13, THINCC
from scorm_builder.formats.model import Format
from scorm_builder.order import Order
from tests.player_pages.courses import kitchen_course
from tests.venv_xblock import ROOT, run

JUDGES = ROOT / "tests" / "scorm_packages" / "cartridge_judges.py"


@dataclass(frozen=True)
class Verdict:
    profile: list[str]
    integrity: list[str]
    links: dict[str, dict[str, Any]]


def judge(*paths: Path) -> list[Verdict]:
    return [Verdict(**json.loads(line)) for line in run(JUDGES, *paths).splitlines()]


def build(course: Course, form: Format, language: str, folder: Path) -> Path:
    order = Order(
        course=course, form=form, languages=(language,), tool="https://campus.example.org"
    )
    return build_package(order, folder).path


def test_our_cartridges_are_sound_to_them(tmp_path: Path) -> None:
    shipped = load_course(ROOT / "content" / "courses" / "sse-management")
    kitchen = kitchen_course(tmp_path / "kitchen")
    paths = [
        build(course, form, language, tmp_path)
        for course, languages in ((shipped, ("en", "ar")), (kitchen, ("en",)))
        for language in languages
        for form in CARTRIDGES
    ]
    for path, verdict in zip(paths, judge(*paths), strict=True):
        assert (verdict.profile, verdict.integrity) == ([], []), path.name


def test_a_reader_of_lti_links_finds_each_unit(tmp_path: Path) -> None:
    shipped = load_course(ROOT / "content" / "courses" / "sse-management")
    [verdict] = judge(build(shipped, THINCC, "ar", tmp_path))
    assert list(verdict.links.values()) == [
        {
            "title": unit.title["ar"],
            "description": unit.summary["ar"],
            "launch": "https://campus.example.org/lti/launch",
            "vendor": "SSE Campus",
            "custom": {"course": shipped.id, "unit": unit.id},
        }
        for unit in shipped.units
    ]


def rewritten(path: Path, change: Callable[[str, bytes], tuple[str, bytes]]) -> Path:
    """``path`` with each entry as ``change`` makes it."""
    other = path.with_name("changed.imscc")
    with ZipFile(path) as source, ZipFile(other, "w") as target:
        for name in source.namelist():
            target.writestr(*change(name, source.read(name)))
    return other


@pytest.mark.parametrize("form", [CC11, CC13], ids=lambda form: form.name)
def test_they_do_find_faults(form: Format, tmp_path: Path) -> None:
    """So that their silence above says something."""
    path = build(kitchen_course(tmp_path), form, "en", tmp_path)

    def beside(name: str, data: bytes) -> tuple[str, bytes]:
        """Quizzes beside one another, as they once were."""
        old, new = "/assessment.xml", ".xml"
        return name.replace(old, new), data.replace(old.encode(), new.encode())

    def undeclared(name: str, data: bytes) -> tuple[str, bytes]:
        return name, data.replace(b'<response_label ident="b">', b'<response_label ident="x">')

    [verdict] = judge(rewritten(path, beside))
    assert [one.partition(":")[0] for one in verdict.profile] == ["test_1_4_associated_content_1"]
    [verdict] = judge(rewritten(path, undeclared))
    assert any("matches no declared choice" in one for one in verdict.integrity)
