"""What an LMS with sequencing makes of units that are activities: scorm-again rolls them up."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from content.load import load_course
from content.model import Course
from scorm_builder.formats import FORMATS
from scorm_builder.order import Order
from scorm_builder.plan import plan_package
from scorm_builder.starter import make_course
from tests.unit.render.player import node

SEQUENCER = Path(__file__).parents[2] / "scorm_packages" / "sequencer.cjs"
SS = "{http://www.imsglobal.org/xsd/imsss}"
CP = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
Element = etree._Element
#: After each session, what is told of each activity.
Told = list[dict[str, dict[str, Any]]]
ROOT = "root.small"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A unit with a quiz, one whose quiz weighs half as much, and one without."""
    folder = tmp_path_factory.mktemp("courses") / "small"
    make_course(folder)
    small = load_course(folder)
    first = small.units[0]
    heavy = tuple(replace(question, points=2) for question in first.quiz)
    light = tuple(replace(question, points=1) for question in first.quiz)
    return replace(
        small,
        units=(
            replace(first, id="a", quiz=heavy),
            replace(first, id="b", quiz=light),
            replace(first, id="c", quiz=()),
        ),
    )


def truth(element: Element | None, name: str, default: bool) -> bool:
    value = element.get(name) if element is not None else None
    return default if value is None else value == "true"


def activity(element: Element) -> dict[str, Any]:
    """An item (or the organization) of the manifest as scorm-again takes it."""
    sequencing = element.find(f"{SS}sequencing")
    assert sequencing is not None
    control = sequencing.find(f"{SS}controlMode")
    rules = sequencing.find(f"{SS}rollupRules")
    delivery = sequencing.find(f"{SS}deliveryControls")
    primary = sequencing.find(f"{SS}objectives/{SS}primaryObjective")
    found: dict[str, Any] = {
        "id": element.get("identifier"),
        "title": element.findtext(f"{CP}title"),
        "children": [activity(item) for item in element.iterfind(f"{CP}item")],
        "sequencingControls": {
            "choice": truth(control, "choice", True),
            "flow": truth(control, "flow", False),
            "rollupObjectiveSatisfied": truth(rules, "rollupObjectiveSatisfied", True),
            "rollupProgressCompletion": truth(rules, "rollupProgressCompletion", True),
            "objectiveMeasureWeight": float(
                rules.get("objectiveMeasureWeight", "1") if rules is not None else 1
            ),
            "completionSetByContent": truth(delivery, "completionSetByContent", False),
            "objectiveSetByContent": truth(delivery, "objectiveSetByContent", False),
        },
    }
    if primary is not None:
        found["primaryObjective"] = {
            "objectiveID": primary.get("objectiveID"),
            "isPrimary": True,
            "satisfiedByMeasure": truth(primary, "satisfiedByMeasure", False),
            "minNormalizedMeasure": float(primary.findtext(f"{SS}minNormalizedMeasure", "1")),
        }
    return found


def values(success: str, score: int | None) -> dict[str, str]:
    """What the player says of a unit that is done."""
    told = {"cmi.completion_status": "completed", "cmi.success_status": success}
    if score is not None:
        told |= {"cmi.score.raw": str(score), "cmi.score.scaled": str(score / 100)}
    return told | {"cmi.exit": "suspend"}


def played(course: Course, form: str, *sessions: tuple[str, str, int | None]) -> Told:
    order = Order(course=course, form=FORMATS[form], languages=("en",), sco_per_unit=True)
    data = plan_package(order).entries[0].data
    assert data is not None
    organization = etree.fromstring(data).find(f"{CP}organizations/{CP}organization")
    assert organization is not None
    request = {
        "tree": activity(organization),
        "sessions": [
            {"activity": f"item.small.{unit}", "values": values(success, score)}
            for unit, success, score in sessions
        ],
    }
    done = subprocess.run(
        [node(), str(SEQUENCER)],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return list(json.loads(done.stdout))


FORMS = [name for name in FORMATS if name.startswith("scorm2004")]


@pytest.mark.parametrize("form", FORMS)
def test_the_course_is_passed_when_each_quiz_is_and_done_when_each_unit_is(
    course: Course, form: str
) -> None:
    after_a, after_b, after_c = played(
        course, form, ("a", "passed", 90), ("b", "passed", 75), ("c", "unknown", None)
    )
    assert after_a[ROOT]["success"] == "unknown"
    assert after_b[ROOT]["success"] == "passed", "c has no quiz to wait for"
    assert after_b[ROOT]["completion"] != "completed"
    assert after_c[ROOT] == {"completion": "completed", "success": "passed", "measure": 0.85}
    assert after_c["organization.small"] == after_c[ROOT]


def test_scores_weigh_by_their_points(course: Course) -> None:
    """90 of a quiz of twice the points, and 60 of the other."""
    last = played(course, "scorm2004", ("a", "passed", 90), ("b", "failed", 60))[-1]
    assert last[ROOT]["measure"] == 0.8


def test_one_failed_quiz_is_enough_to_fail(course: Course) -> None:
    last = played(
        course, "scorm2004", ("a", "passed", 90), ("b", "failed", 10), ("c", "unknown", None)
    )[-1]
    assert (last[ROOT]["completion"], last[ROOT]["success"]) == ("completed", "failed")


def test_units_may_be_taken_in_any_order(course: Course) -> None:
    last = played(
        course, "scorm2004", ("c", "unknown", None), ("b", "passed", 75), ("a", "passed", 90)
    )[-1]
    assert last[ROOT] == {"completion": "completed", "success": "passed", "measure": 0.85}
