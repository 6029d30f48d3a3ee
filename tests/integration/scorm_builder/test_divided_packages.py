"""``--sco unit``: each unit is an activity of its own to the LMS, in one package."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from zipfile import ZipFile

import pytest
from lxml import etree

from content.load import load_course
from content.model import Course, Unit
from scorm_builder.build import build_package
from scorm_builder.errors import BuildError
from scorm_builder.formats import FORMATS, SCORM_FORMATS, Format
from scorm_builder.order import Order
from scorm_builder.plan import plan_package
from scorm_builder.starter import make_course
from scorm_builder.verify import Report, verify_package
from tests.scorm_packages import official

ADLCP = "{http://www.adlnet.org/xsd/adlcp_rootv1p2}"
IMSSS = "{http://www.imsglobal.org/xsd/imsss}"
Element = etree._Element


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Three units: with the starter's quiz, with half of it, and without any."""
    folder = tmp_path_factory.mktemp("courses") / "small"
    make_course(folder)
    small = load_course(folder)
    first = small.units[0]
    half = first.quiz[: len(first.quiz) // 2]
    return replace(
        small,
        units=(
            first,
            named(first, "second", quiz=half, attempts=1, mastery_score=Decimal(60)),
            named(first, "reading", quiz=()),
        ),
    )


def named(unit: Unit, name: str, **changed: object) -> Unit:
    title = MappingProxyType({language: name.title() for language in unit.title})
    return replace(unit, id=name, title=title, **changed)  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=SCORM_FORMATS, ids=lambda form: form.name)
def form(request: pytest.FixtureRequest) -> Format:
    return request.param


def order(course: Course, form: Format, unit: Unit | None = None) -> Order:
    return Order(course=course, form=form, languages=("fr",), unit=unit, sco_per_unit=True)


def manifest(course: Course, form: Format, unit: Unit | None = None) -> Element:
    data = plan_package(order(course, form, unit)).entries[0].data
    assert data is not None
    return etree.fromstring(data)


def leaves(root: Element) -> list[Element]:
    return [item for item in root.iter("{*}item") if item.get("identifierref")]


def test_a_divided_package_is_sound_to_us_and_to_the_official_schemas(
    course: Course, form: Format, tmp_path: Path
) -> None:
    built = build_package(order(course, form), tmp_path)
    assert verify_package(built.path) == Report(form.name, ())
    with ZipFile(built.path) as archive:
        document = archive.read("imsmanifest.xml")
        names = archive.namelist()
    assert official.errors(document, form.name) == []
    listed = [file.get("href") for file in etree.fromstring(document).iter("{*}file")]
    assert sorted(listed) == sorted(names[1:])
    assert [n for n in names if n.endswith(".html")] == [
        f"units/{unit}/index.html" for unit in ("first-steps", "reading", "second")
    ]
    scripts = [n for n in names if n.startswith("player/") and n.endswith(".js")]
    assert len(scripts) == 2


def test_each_unit_is_one_item_and_one_resource_that_names_what_it_shares(
    course: Course, form: Format
) -> None:
    root = manifest(course, form)
    assert [item.get("identifier") for item in leaves(root)] == [
        "item.small.first-steps",
        "item.small.second",
        "item.small.reading",
    ]
    assert {item.getparent().get("identifier") for item in leaves(root)} == {"root.small"}
    resources = {r.get("identifier"): r for r in root.iter("{*}resource")}
    for unit in course.units:
        resource = resources[f"sco.small.{unit.id}"]
        assert resource.get("href") == f"units/{unit.id}/index.html"
        needed = [d.get("identifierref") for d in resource.iter("{*}dependency")]
        assert needed == ["shared.small"]
    shared = {file.get("href") for file in resources["shared.small"].iter("{*}file")}
    assert "player/player.css" in shared
    assert any(name.endswith("one-vote.svg") for name in shared)


def test_media_of_one_unit_alone_stand_with_it(course: Course, form: Format) -> None:
    plain = MappingProxyType({"en": "Nothing to see.", "fr": "Rien à voir."})
    bare = tuple(replace(page, body=plain) for page in course.units[1].pages)
    units = (course.units[0], *(replace(unit, pages=bare) for unit in course.units[1:]))
    root = manifest(replace(course, units=units), form)
    resource = next(r for r in root.iter("{*}resource") if r.get("href", "").endswith("html"))
    own = {file.get("href") for file in resource.iter("{*}file")}
    assert any(name and name.endswith("one-vote.svg") for name in own)


@pytest.mark.parametrize("change", ["reorder", "rename", "edit", "add"])
def test_identifiers_of_units_never_change(course: Course, form: Format, change: str) -> None:
    changes: dict[str, Callable[[], tuple[Unit, ...]]] = {
        "reorder": lambda: tuple(reversed(course.units)),
        "rename": lambda: tuple(named(unit, unit.id) for unit in course.units),
        "edit": lambda: tuple(replace(u, pages=u.pages[::-1]) for u in course.units),
        "add": lambda: (named(course.units[0], "new"), *course.units),
    }

    def given_out(units: tuple[Unit, ...]) -> set[tuple[str | None, ...]]:
        root = manifest(replace(course, units=units), form)
        pairs = {(i.get("identifier"), i.get("identifierref")) for i in leaves(root)}
        return pairs | {(r.get("identifier"),) for r in root.iter("{*}resource")}

    before = given_out(course.units)
    assert before <= given_out(changes[change]())
    # Nor when the course had only one of the units as yet.
    assert given_out(course.units[:1]) - {("support.small",)} <= before


def test_a_unit_has_the_same_identifiers_alone(course: Course, form: Format) -> None:
    alone = manifest(course, form, course.units[0])
    assert [item.get("identifier") for item in leaves(alone)] == ["item.small.first-steps"]
    assert not list(alone.iter("{*}dependency"))


def test_1_2_names_a_mark_only_where_that_unit_allows_one_attempt(course: Course) -> None:
    items = leaves(manifest(course, FORMATS["scorm12"]))
    assert [item.findtext(f"{ADLCP}masteryscore") for item in items] == [None, "60", None]


def test_2004_rolls_up_scores_by_points_and_waits_for_no_unit_without_a_quiz(
    course: Course,
) -> None:
    points = [sum(q.points for q in u.quiz if q.scored) for u in course.units]
    rules = [
        item.find(f"{IMSSS}sequencing/{IMSSS}rollupRules")
        for item in leaves(manifest(course, FORMATS["scorm2004"]))
    ]
    found = [(r.get("rollupObjectiveSatisfied"), r.get("objectiveMeasureWeight")) for r in rules]
    half = f"{(Decimal(points[1]) / points[0]).quantize(Decimal('0.0001')).normalize():f}"
    assert found == [("true", "1"), ("true", half), ("false", "0")]
    assert 0 < Decimal(half) < 1


def test_2004_lets_learners_continue_to_the_next_unit(course: Course) -> None:
    form = FORMATS["scorm2004"]
    assert not list(manifest(course, form).iter("{*}hideLMSUI"))
    assert len(list(manifest(course, form, course.units[0]).iter("{*}hideLMSUI"))) == 2


def test_documents_find_player_and_media_from_their_folder(course: Course, form: Format) -> None:
    plan = plan_package(order(course, form))
    names = {entry.name for entry in plan.entries}
    page = next(e.data for e in plan.entries if e.name == "units/second/index.html")
    assert page is not None
    addresses = re.findall(r'(?:src|href)="((?:\.\./)+[^"#]+)"', page.decode())
    assert len(addresses) > 3
    for address in addresses:
        assert address.startswith("../../")
        assert address.removeprefix("../../") in names


def test_each_unit_has_the_room_of_a_package(course: Course) -> None:
    """Together these would not fit into one SCO of 1.2."""
    many = tuple(named(course.units[0], f"u{n}", attempts=40) for n in range(4))
    large = replace(course, units=many)
    with pytest.raises(BuildError, match="4,096"):
        plan_package(replace(order(large, FORMATS["scorm12"]), sco_per_unit=False))
    assert len(leaves(manifest(large, FORMATS["scorm12"]))) == 4
