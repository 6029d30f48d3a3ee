"""Common Cartridges: what a learner finds in the LMS that took one apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from lxml import html as lxml_html

from content.load import load_course
from content.model import Course, Pool, QuizRules
from content.render.questions import public_question
from content.render.strings import words_in
from scorm_builder.cartridge.items import Item, items_of, losses
from scorm_builder.cartridge.quiz import QTI, assessment, weights
from scorm_builder.cartridge.version import CC_1_1
from scorm_builder.errors import BuildError
from scorm_builder.formats import SCORM12
from scorm_builder.formats.cartridge import CARTRIDGES, CC11, CC13, THINCC
from scorm_builder.formats.model import Format
from scorm_builder.order import Order
from scorm_builder.plan import plan_package
from scorm_builder.plan.cartridge import entries
from tests.player_pages.courses import kitchen_course

ROOT = Path(__file__).parents[3]
TOOL = "https://tool.example.org/"
NS = {"q": QTI, "m": CC_1_1.manifest}


@pytest.fixture(scope="module")
def shipped() -> Course:
    return load_course(ROOT / "content" / "courses" / "sse-management")


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with every type of question."""
    return kitchen_course(tmp_path_factory.mktemp("kitchen"))


def files_of(course: Course, form: Format, language: str) -> Mapping[str, bytes]:
    order = Order(course=course, form=form, languages=(language,), tool=TOOL)
    found = {}
    for entry in entries(order):
        # The list of checksums has no bytes before the archive is written.
        source = entry.source.read_bytes() if entry.source else b""
        found[entry.name] = source if entry.data is None else entry.data
    return found


def items(course: Course) -> list[tuple[dict[str, Any], tuple[Item, ...]]]:
    language = course.languages[0]
    found = []
    for unit in course.units:
        for question in unit.quiz:
            public = public_question(question, language=language, keys=True)
            found.append((public, items_of(public, words_in(language))))
    return found


@pytest.mark.parametrize("form", CARTRIDGES, ids=lambda form: form.name)
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_manifest_tells_of_every_file_and_only_once(
    shipped: Course, form: Format, language: str
) -> None:
    files = files_of(shipped, form, language)
    assert next(iter(files)) == "imsmanifest.xml"
    root = etree.fromstring(files["imsmanifest.xml"])
    listed = [one.get("href") for one in root.iter("{*}file")]
    assert sorted(listed) == sorted(set(files) - {"imsmanifest.xml"})
    names = [one.get("identifier") for one in root.iter() if one.get("identifier")]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9._-]*", name) for name in names if name)
    resources = {one.get("identifier") for one in root.iter("{*}resource")}
    wanted = {one.get("identifierref") for one in root.iter() if one.get("identifierref")}
    assert wanted <= resources
    (top,) = root.find(".//{*}organization")
    assert top.find("{*}title") is None
    titles = [one.text for one in top.iter("{*}title")]
    assert titles[0] == shipped.units[0].title[language]


@pytest.mark.parametrize("form", [CC11, CC13], ids=lambda form: form.name)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_lead_to_files_of_the_cartridge_and_say_their_language(
    shipped: Course, form: Format, language: str
) -> None:
    files = files_of(shipped, form, language)
    pages = {name: data for name, data in files.items() if name.endswith(".html")}
    assert len(pages) == sum(len(unit.pages) for unit in shipped.units) + 1
    for name, data in pages.items():
        tree = lxml_html.document_fromstring(data.decode())
        assert tree.xpath("//body/div/@dir") == ["rtl" if language == "ar" else "ltr"]
        assert tree.xpath("//body/div/@lang") == [language]
        assert not tree.xpath("//script|//style|//link")
        assert not tree.xpath("//@*[starts-with(name(), 'data-')]")
        assert not tree.xpath("//div[not(@role)]/@aria-label | //p/@aria-label")
        ids = set(tree.xpath("//@id"))
        for address in tree.xpath("//@href|//@src"):
            path, _, place = address.partition("#")
            if "://" in address or address.startswith("mailto:"):
                continue
            if not path:
                assert place in ids, (name, address)
                continue
            target = (Path("/") / name).parent / path
            known = str(target.resolve()).lstrip("/")
            assert known in files, (name, address)
            if place:
                assert f'id="{place}"' in files[known].decode()


def test_what_a_page_shows_is_needed_by_it(shipped: Course) -> None:
    files = files_of(shipped, CC11, "en")
    root = etree.fromstring(files["imsmanifest.xml"])
    needs = {
        page.get("href"): [one.get("identifierref") for one in page.iter("{*}dependency")]
        for page in root.iter("{*}resource")
    }
    shown = {
        name: set(re.findall(rb'src="\.\./\.\./([^"]+)"', data))
        for name, data in files.items()
        if name.startswith("pages/")
    }
    assert any(shown.values())
    for name, media in shown.items():
        assert {one.decode().replace("/", "..") for one in media} <= set(needs[name] or ())


def test_points_are_shared_by_the_parts_of_a_question(kitchen: Course) -> None:
    seen = set()
    for question, parts in items(kitchen):
        seen.add(question["type"])
        assert sum(part.points for part in parts) == question["points"]
        assert len({part.id for part in parts}) == len(parts)
    assert len(seen) == 9


def test_each_choice_question_has_its_right_answers(kitchen: Course) -> None:
    for question, parts in items(kitchen):
        for part in parts:
            right = [answer.id for answer in part.answers if answer.correct]
            if part.kind in ("choice", "true-false"):
                assert len(right) == 1, question["id"]
            elif part.kind == "several":
                assert right == question["key"]["correct"]
            elif part.kind == "fill-in":
                assert part.accepted


def test_what_a_cartridge_cannot_say_is_told(kitchen: Course, shipped: Course) -> None:
    unit = shipped.units[0]
    rules = QuizRules(shuffle_questions=True, feedback="last-attempt", pools=(Pool("bank", 1),))
    told = " ".join(losses(replace(unit, rules=rules)))
    for word in ("pools", "one order", "after each attempt"):
        assert word in told
    numbers = " ".join(loss for one in kitchen.units for loss in losses(one))
    assert "tolerances are lost" in numbers
    order = Order(
        course=replace(shipped, units=(replace(unit, rules=rules),)), form=CC11, languages=("en",)
    )
    assert any("asks every question of its pools" in note for note in plan_package(order).notes)
    assert plan_package(replace(order, form=SCORM12)).notes == ()


def test_a_quiz_that_never_explains_does_not_in_a_cartridge_either(kitchen: Course) -> None:
    parts = list({part.id: part for _, found in items(kitchen) for part in found}.values())
    rules = QuizRules(feedback="never", shuffle_choices=True)
    root = etree.fromstring(assessment("quiz.x", "Quiz", 1, parts, rules))
    essays = [part for part in parts if part.kind == "essay"]
    assert len(root.xpath("//q:itemfeedback", namespaces=NS)) == len(essays)
    said = dict(
        zip(
            root.xpath("//q:fieldlabel/text()", namespaces=NS),
            root.xpath("//q:fieldentry/text()", namespaces=NS),
            strict=True,
        )
    )
    assert said["qmd_feedbackpermitted"] == "No"
    assert set(root.xpath("//q:render_choice/@shuffle", namespaces=NS)) == {"Yes"}


def test_a_question_leads_nowhere_within_the_course() -> None:
    """It lies in the LMS's question bank, without the pages around it."""
    told = (
        'A &lt; B: <a href="#page-vote" data-page="vote">a <b>vote</b></a> &amp; '
        '<a href="https://example.org/">more</a>'
    )
    item = Item(id="q", kind="essay", common=f"<p>{told}</p>", points=Fraction(1), model=told)
    root = etree.fromstring(assessment("quiz.x", "Quiz", 1, [item], QuizRules()))
    alone = 'A &lt; B: a <b>vote</b> &amp; <a href="https://example.org/">more</a>'
    said = root.xpath("//q:mattext/text()", namespaces=NS)
    assert said == [f"<p>{alone}</p>", alone]


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([Fraction(1), Fraction(1)], [1, 1]),
        ([Fraction(1, 3), Fraction(1, 3), Fraction(1, 3), Fraction(1)], [1, 1, 1, 3]),
        ([Fraction(2), Fraction(3, 4)], [8, 3]),
        ([Fraction(1000), Fraction(1)], [99, 1]),
        ([], []),
    ],
)
def test_weights_keep_the_proportion(points: list[Fraction], expected: list[int]) -> None:
    assert weights(points) == expected


def test_a_quiz_says_what_earns_and_what_is_told(kitchen: Course) -> None:
    parts = list({part.id: part for _, found in items(kitchen) for part in found}.values())
    root = etree.fromstring(assessment("quiz.x", "Quiz & more", 3, parts, QuizRules()))
    assert root.xpath("string(//q:assessment/@title)", namespaces=NS) == "Quiz & more"
    for part in parts:
        (item,) = root.xpath(f"//q:item[@ident='{part.id}']", namespaces=NS)
        told = set(item.xpath(".//q:displayfeedback/@linkrefid", namespaces=NS))
        assert told == set(item.xpath(".//q:itemfeedback/@ident", namespaces=NS))
        full = item.xpath(".//q:respcondition[q:setvar='100']", namespaces=NS)
        assert len(full) == (0 if part.kind == "essay" else 1)
        labels = item.xpath(".//q:response_label/@ident", namespaces=NS)
        assert labels == [answer.id for answer in part.answers]
        for value in item.xpath(".//q:varequal", namespaces=NS):
            assert value.text in (labels or part.accepted)


def test_attempts_beyond_five_are_without_limit() -> None:
    item = Item(id="q", kind="essay", common="<p>Say</p>", points=Fraction(1), model="so")
    for attempts, said in ((1, "1"), (5, "5"), (6, "unlimited")):
        data = assessment("quiz", "Quiz", attempts, [item], QuizRules()).decode()
        assert f"<fieldentry>{said}</fieldentry>" in data


def test_a_thin_cartridge_leads_to_the_tool(shipped: Course) -> None:
    files = files_of(shipped, THINCC, "fr")
    assert len(files) == 1 + len(shipped.units)
    unit = shipped.units[0]
    link = etree.fromstring(files[f"links/{unit.id}/link.xml"])
    assert link.findtext("{*}title") == unit.title["fr"]
    assert link.findtext("{*}secure_launch_url") == f"{TOOL}lti/launch"
    custom = {one.get("name"): one.text for one in link.iter("{*}property")}
    assert custom == {"course": shipped.id, "unit": unit.id}


def test_a_thin_cartridge_needs_the_tool(shipped: Course) -> None:
    order = Order(course=shipped, form=THINCC, languages=("en",))
    with pytest.raises(BuildError, match="--tool"):
        entries(order)


def test_a_cartridge_is_of_one_language(shipped: Course) -> None:
    order = Order(course=shipped, form=CC11, languages=("en", "fr"))
    with pytest.raises(BuildError, match="one language"):
        entries(order)
