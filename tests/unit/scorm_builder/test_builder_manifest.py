"""Manifest and metadata as an LMS reads them."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp
from types import MappingProxyType

import pytest
from lxml import etree

from content.load import load_course
from content.model import Course, Unit
from scorm_builder.formats import FORMATS, SCORM_FORMATS, Format
from scorm_builder.manifest import write_manifest, write_metadata
from scorm_builder.manifest.facts import Activity, PackageFacts, gather
from scorm_builder.names import archive_name, package_name, xml_text
from scorm_builder.order import Order
from scorm_builder.starter import make_course
from tests.scorm_packages import official

ADLCP = "{http://www.adlnet.org/xsd/adlcp_rootv1p2}"
IMSSS = "{http://www.imsglobal.org/xsd/imsss}"


#: schemaversion is literal; the second edition's is what Moodle takes for 2004.
EDITIONS = {
    "scorm2004-2nd": "CAM 1.3",
    "scorm2004-3rd": "2004 3rd Edition",
    "scorm2004": "2004 4th Edition",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    folder = tmp_path_factory.mktemp("courses") / "small"
    make_course(folder)
    return load_course(folder)


@pytest.fixture(params=SCORM_FORMATS, ids=lambda form: form.name)
def form(request: pytest.FixtureRequest) -> Format:
    return request.param


def facts(course: Course, form: Format, unit: Unit | None = None) -> PackageFacts:
    order = Order(course=course, form=form, languages=("fr",), unit=unit)
    activity = Activity(tuple(order.units), "index.html", ("index.html", "player/a.js"))
    return gather(order, [activity], shared=[], support=["metadata.xml"])


def manifest(course: Course, form: Format, unit: Unit | None = None) -> bytes:
    return write_manifest(form, facts(course, form, unit))


def titled(course: Course, title: str) -> Course:
    return replace(course, title=MappingProxyType({"en": title, "fr": title}))


def with_unit(course: Course, **changed: object) -> Course:
    return replace(course, units=(replace(course.units[0], **changed),))  # type: ignore[arg-type]


def test_manifests_are_valid_by_the_official_schemas(course: Course, form: Format) -> None:
    for unit in (None, course.units[0]):
        assert official.errors(manifest(course, form, unit), form.name) == []


def test_prefixes_namespaces_and_version_are_literal(course: Course) -> None:
    old = manifest(course, FORMATS["scorm12"]).decode()
    assert "<schemaversion>1.2</schemaversion>" in old
    assert 'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"' in old
    assert 'adlcp:scormtype="sco"' in old
    for name, version in EDITIONS.items():
        new = manifest(course, FORMATS[name]).decode()
        assert f"<schemaversion>{version}</schemaversion>" in new
        assert 'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"' in new
        for part in ('adlcp:scormType="sco"', "<imsss:sequencing>", "<adlnav:presentation>"):
            assert part in new
        assert "mapInfo" not in new


@pytest.mark.parametrize("name", ["scorm2004-2nd", "scorm2004-3rd"])
def test_older_editions_ship_schemas_that_know_no_later_words(course: Course, name: str) -> None:
    """And the manifest keeps to what those schemas know."""
    form = FORMATS[name]
    shipped = {file: source.read_text("utf-8") for file, source in form.schema_files()}
    for later in ("sharedDataGlobalToSystem", "progressWeight", "writeRawScore"):
        assert not any(later in text for text in shipped.values())
    assert ("suspendAll" in shipped["adlnav_v1p3.xsd"]) is (name == "scorm2004-3rd")
    assert ("persistState" in shipped["adlcp_v1p3.xsd"]) is (name == "scorm2004-2nd")
    folder = Path(mkdtemp())
    for file, text in shipped.items():
        (folder / file).write_text(text, "utf-8")
    imports = "".join(
        f'<xs:import namespace="{space}" schemaLocation="{(folder / file).as_uri()}"/>'
        for space, file in form.schemas
    )
    driver = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    schema = etree.XMLSchema(etree.fromstring(driver))
    shutil.rmtree(folder)
    schema.assertValid(etree.fromstring(manifest(course, form)))


def test_the_second_edition_leaves_the_least_room() -> None:
    room = {form.name: form.suspend_data for form in SCORM_FORMATS}
    assert room == {
        "scorm12": 4096,
        "scorm2004": 64_000,
        "scorm2004-3rd": 64_000,
        "scorm2004-2nd": 4000,
    }


def test_one_leaf_hangs_under_one_root_item_that_launches_nothing(
    course: Course, form: Format
) -> None:
    root = etree.fromstring(manifest(course, form))
    items = list(root.iter("{*}item"))
    assert [item.get("identifierref") is None for item in items] == [True, False]
    assert items[1].getparent() is items[0]


def test_identifiers_outlive_edits_and_tell_languages_apart(course: Course, form: Format) -> None:
    def identifiers(document: bytes) -> list[str]:
        return re.findall(r'identifier="([^"]+)"', document.decode())

    unit = course.units[0]
    edited = replace(titled(course, "Renamed"), version="9", digest="f" * 64, text_digest="f" * 64)
    edited = with_unit(edited, pages=tuple(reversed(unit.pages)), folder="99-other")
    assert identifiers(manifest(edited, form)) == identifiers(manifest(course, form))
    assert "item.small.first-steps" in identifiers(manifest(course, form, unit))
    assert "manifest.small.fr" in identifiers(manifest(course, form))


def test_titles_are_cut_and_keep_their_signs(course: Course, form: Format) -> None:
    long = etree.fromstring(manifest(titled(course, "wörter " * 60), form))
    assert all(len(title.text or "") <= 200 for title in long.iter("{*}title"))
    document = manifest(titled(course, "Risk & trust < 3\x07"), form)
    assert b"<![CDATA[Risk & trust < 3]]>" in document, "Moodle loses spaces after entities"
    assert official.errors(document, form.name) == []


def test_an_arabic_title_stands_as_it_is(course: Course, form: Format) -> None:
    title = "الاقتصاد الاجتماعي والتضامني"
    root = etree.fromstring(manifest(titled(course, title), form))
    assert {one.text for one in root.iter("{*}title")} == {title}


def test_the_lms_may_decide_only_where_it_decides_rightly(course: Course) -> None:
    """With an attempt left, 1.2's LMSs would call a learner failed who is not."""

    def mark(changed: Course) -> tuple[str | None, str]:
        old = etree.fromstring(manifest(changed, FORMATS["scorm12"], changed.units[0]))
        new = etree.fromstring(manifest(changed, FORMATS["scorm2004"], changed.units[0]))
        objective = next(new.iter(f"{IMSSS}primaryObjective"))
        assert objective.findtext(f"{IMSSS}minNormalizedMeasure") == str(
            changed.units[0].mastery_score / 100
        )
        return old.findtext(f".//{ADLCP}masteryscore"), objective.get("satisfiedByMeasure", "")

    assert mark(with_unit(course, attempts=1)) == ("70", "true")
    assert mark(with_unit(course, attempts=2)) == (None, "false")
    assert mark(with_unit(course, attempts=1, mastery_score=Decimal("66.5"))) == (None, "false")


def test_2004_leaves_the_status_to_the_sco(course: Course) -> None:
    root = etree.fromstring(manifest(course, FORMATS["scorm2004"]))
    controls = next(root.iter(f"{IMSSS}deliveryControls"))
    assert dict(controls.attrib) == {
        "completionSetByContent": "true",
        "objectiveSetByContent": "true",
    }


def test_metadata_carries_what_the_course_says(course: Course, form: Format) -> None:
    document = write_metadata(form, facts(course, form, course.units[0]))
    text = document.decode()
    for fact in ("Premiers pas", "PT20M", "CC-BY-SA-4.0", "EQF 4", "Décider ensemble"):
        assert fact in text
    assert "Dire qui décide" in text
    assert "FN:Your name" in text
    etree.fromstring(document)


def test_1_2_metadata_is_valid_by_the_official_schema(course: Course) -> None:
    form = FORMATS["scorm12"]
    assert official.errors(write_metadata(form, facts(course, form)), "scorm12") == []


@pytest.mark.parametrize(
    ("minutes", "duration"), [(20, "PT20M"), (60, "PT1H"), (150, "PT2H30M"), (1500, "PT25H")]
)
def test_workload_is_an_iso_duration(course: Course, minutes: int, duration: str) -> None:
    changed = with_unit(course, workload_minutes=minutes)
    assert facts(changed, FORMATS["scorm12"]).learning_time == duration


def test_file_names_are_ascii(course: Course, form: Format) -> None:
    order = Order(course=course, form=form, languages=("fr",))
    assert package_name(order) == f"small-fr-{form.name}.zip"
    unit = replace(order, unit=course.units[0])
    assert package_name(unit) == f"small-first-steps-fr-{form.name}.zip"
    together = replace(order, languages=("fr", "en"))
    assert package_name(together) == f"small-multi-{form.name}.zip"


@pytest.mark.parametrize("path", ["media/a.png", "units/01-x/media/Plan_b.v2.svg"])
def test_plain_names_stay(path: str) -> None:
    assert archive_name(path) == path


@pytest.mark.parametrize("path", ["media/été & soir.png", "media/صورة.png", "a b/c.png", "..x/y"])
def test_other_names_become_ascii_and_stay_apart(path: str) -> None:
    name = archive_name(path)
    assert re.fullmatch(r"[a-z0-9-]+(/[a-z0-9-]+)*(\.[a-z0-9]+)?", name)
    assert name != archive_name(path.replace("/", "/x", 1))
    assert Path(name).suffix == Path(path).suffix


def test_xml_text_holds_no_sign_that_xml_forbids() -> None:
    assert xml_text("a\x00b\x0b\ud800c\n d") == "abc d"
