"""Units as JSON and back."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from content.load import load_course
from content.model import Question
from content.snapshot import SnapshotError, dump_question, dump_unit, from_json, load_unit
from tests.unit.content.courses import CourseFolder
from tests.unit.content.test_questions import ALL

SHIPPED = Path(__file__).parents[3] / "content" / "courses" / "sse-management"


def test_a_unit_survives(course: CourseFolder) -> None:
    for number, (source, _) in enumerate(ALL.values()):
        course.quiz(source.replace("id: new", f"id: new-{number}"))
    unit = course.load().units[0]
    assert len(unit.quiz) == len(ALL) + 1

    text = dump_unit(unit)

    assert load_unit(text) == unit
    assert dump_unit(load_unit(text)) == text


def test_a_shipped_unit_survives() -> None:
    unit = load_course(SHIPPED).units[0]
    assert load_unit(dump_unit(unit)) == unit


def test_equal_units_give_equal_text(course: CourseFolder) -> None:
    unit = course.load().units[0]
    other = replace(unit, title=dict(sorted(unit.title.items(), reverse=True)))
    assert dump_unit(other) == dump_unit(unit)
    assert dump_unit(replace(unit, attempts=3)) != dump_unit(unit)


def test_decimals_stay_exact_and_without_exponents(course: CourseFolder) -> None:
    unit = replace(course.load().units[0], mastery_score=Decimal("6.65E+1"))
    assert '"mastery_score":"66.5"' in dump_unit(unit)
    assert load_unit(dump_unit(unit)) == unit


@pytest.mark.parametrize("name", ALL)
def test_questions_survive_one_by_one(course: CourseFolder, name: str) -> None:
    question = course.quiz(ALL[name][0]).load().units[0].question("new")
    assert question is not None
    data = json.loads(json.dumps(dump_question(question)))
    assert from_json(Question, data) == question


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"format":2,"unit":{}}',
        '{"format":1,"unit":{}}',
        '{"format":1}',
        "nan",
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(SnapshotError):
        load_unit(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"attempts":2', '"attempts":"2"'),
        ('"attempts":2', '"attempts":true'),
        ('"type":"single-choice"', '"type":"essay"'),
        ('"mastery_score":"70"', '"mastery_score":"seventy"'),
        ('"points":1', '"points":1,"more":1'),
        ('"id":"start",', ""),
    ],
)
def test_spoilt_snapshots_are_refused(course: CourseFolder, old: str, new: str) -> None:
    text = dump_unit(course.load().units[0])
    assert old in text
    with pytest.raises(SnapshotError):
        load_unit(text.replace(old, new))
