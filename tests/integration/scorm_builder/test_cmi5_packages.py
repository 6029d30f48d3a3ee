"""The course structure of cmi5: sound, in all languages, with ids that stay."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import pytest
import xmlschema
from lxml import etree

from content.load import load_course
from content.model import Course, Unit
from scorm_builder.formats.cmi5 import CMI5, COURSE_STRUCTURE
from scorm_builder.order import Order
from scorm_builder.plan import plan_package
from scorm_builder.starter import make_course

C = f"{{{COURSE_STRUCTURE}}}"
SCHEMA = Path(__file__).parents[3] / "scorm_builder/schemas/cmi5/CourseStructure.xsd"
Element = etree._Element


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Two units: the starter's, and one to read without a quiz."""
    folder = tmp_path_factory.mktemp("courses") / "small"
    make_course(folder)
    small = load_course(folder)
    reading = replace(small.units[0], id="reading", quiz=())
    return replace(small, units=(small.units[0], reading))


def structure(
    course: Course, *, unit: Unit | None = None, divided: bool = True, languages: str = "en fr"
) -> tuple[Element, list[str]]:
    """The root of cmi5.xml, valid by the schema, and the names of all entries."""
    order = Order(
        course=course,
        form=CMI5,
        languages=tuple(languages.split()),
        unit=unit,
        sco_per_unit=divided,
    )
    entries = plan_package(order).entries
    assert entries[0].name == "cmi5.xml"
    assert entries[0].data is not None
    xmlschema.XMLSchema(str(SCHEMA), allow="local").validate(xmlschema.XMLResource(entries[0].data))
    return etree.fromstring(entries[0].data), [entry.name for entry in entries]


def test_each_unit_is_an_au_that_is_there(course: Course) -> None:
    root, names = structure(course)
    units = root.findall(f"{C}au")
    assert [au.get("id") for au in units] == [
        "urn:sse-campus:au.small.first-steps",
        "urn:sse-campus:au.small.reading",
    ]
    addresses = [au.findtext(f"{C}url") for au in units]
    assert addresses == ["units/first-steps/index.html", "units/reading/index.html"]
    assert set(addresses) <= set(names)
    assert {au.get("launchMethod") for au in units} == {"AnyWindow"}


def test_undivided_a_course_is_one_au(course: Course) -> None:
    root, names = structure(course, divided=False)
    (au,) = root.findall(f"{C}au")
    assert (au.get("id"), au.findtext(f"{C}url")) == ("urn:sse-campus:au.small", "index.html")
    assert "index.html" in names
    assert not [name for name in names if name.startswith("units/")]


def test_a_quiz_is_to_be_passed_and_a_text_to_be_read(course: Course) -> None:
    changed = replace(
        course,
        units=(replace(course.units[0], mastery_score=Decimal("66.67")), course.units[1]),
    )
    root, _ = structure(changed)
    judged, read = root.findall(f"{C}au")
    assert (judged.get("moveOn"), judged.get("masteryScore")) == ("CompletedAndPassed", "0.6667")
    assert (read.get("moveOn"), read.get("masteryScore")) == ("Completed", None)


@pytest.mark.parametrize(("mark", "written"), [("100", "1"), ("70", "0.7"), ("0", "0")])
def test_the_mark_is_a_share_of_one(course: Course, mark: str, written: str) -> None:
    changed = replace(course.units[0], mastery_score=Decimal(mark))
    root, _ = structure(replace(course, units=(changed,)))
    assert root.find(f"{C}au").get("masteryScore") == written


@pytest.mark.parametrize("languages", ["en fr", "fr en", "fr"])
def test_texts_stand_in_each_language_of_the_package(course: Course, languages: str) -> None:
    root, _ = structure(course, languages=languages)
    for name in ("title", "description"):
        for element in root.iter(f"{C}{name}"):
            assert [one.get("lang") for one in element] == languages.split()
    titles = {one.get("lang"): one.text for one in root.find(f"{C}course/{C}title")}
    assert titles["fr"] == "Mon premier cours"


def test_outcomes_are_objectives_of_their_units(course: Course) -> None:
    root, _ = structure(course)
    known = [one.get("id") for one in root.iterfind(f"{C}objectives/{C}objective")]
    assert len(known) == len(set(known)) == 2 * len(course.units[0].outcomes)
    for au, unit in zip(root.findall(f"{C}au"), course.units, strict=True):
        named = [one.get("idref") for one in au.iterfind(f"{C}objectives/{C}objective")]
        assert named == [
            f"urn:sse-campus:objective.small.{unit.id}.{one.id}" for one in unit.outcomes
        ]
        assert set(named) <= set(known)


def test_ids_outlive_every_edit(course: Course) -> None:
    def ids(changed: Course) -> set[str | None]:
        root, _ = structure(changed)
        return {element.get("id") for element in root.iter() if element.get("id")}

    title = MappingProxyType({"en": "Other", "fr": "Autre"})
    renamed = tuple(replace(u, title=title, pages=u.pages[::-1]) for u in course.units[::-1])
    edited = replace(
        course, title=title, units=renamed, version="7", digest="f" * 64, text_digest="f" * 64
    )
    assert ids(edited) == ids(course)
    alone, _ = structure(course, unit=course.units[0])
    assert alone.find(f"{C}au").get("id") in ids(course)
