"""content.grading against the vectors that the player is held to as well."""

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from content import grading
from content.answers import fold_text, parse_number
from content.grading import Result, grade, score
from content.model import Question
from content.snapshot import dump_question, from_json

GOLDEN: Mapping[str, Any] = json.loads(
    (Path(__file__).parents[2] / "golden" / "grading.json").read_text("utf-8")
)


def by_name(section: str) -> list[Any]:
    return [pytest.param(vector, id=vector["name"]) for vector in GOLDEN[section]]


def fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


@pytest.mark.parametrize("vector", by_name("grading"))
def test_answers_earn_what_they_should(vector: Mapping[str, Any]) -> None:
    question = from_json(Question, GOLDEN["questions"][vector["question"]])
    language = vector["language"]

    result = grade(question, vector["answer"], language)

    assert result.credit == fraction(vector["credit"])
    assert list(result.parts.items()) == list(vector["parts"].items())
    assert [[part, text[language]] for part, text in result.feedback] == vector["feedback"]


@pytest.mark.parametrize("name", GOLDEN["questions"])
def test_golden_questions_are_written_as_snapshots_are(name: str) -> None:
    data = GOLDEN["questions"][name]
    assert dump_question(from_json(Question, data)) == data


@pytest.mark.parametrize("vector", by_name("scores"))
def test_scores(vector: Mapping[str, Any]) -> None:
    any_question = GOLDEN["questions"]["single"]
    questions, results = [], {}
    for number, item in enumerate(vector["items"]):
        given = {"id": f"q{number}", "points": item["points"], "scored": item["scored"]}
        questions.append(from_json(Question, {**any_question, **given}))
        if item["credit"] is not None:
            results[f"q{number}"] = Result(Fraction(item["credit"]))

    found = score(questions, results)

    assert found.earned == Fraction(vector["earned"])
    assert found.possible == Fraction(vector["possible"])
    assert str(found.value) == vector["value"]


@pytest.mark.parametrize("vector", by_name("statuses"))
def test_statuses(vector: Mapping[str, Any]) -> None:
    unit: Any = SimpleNamespace(
        pages=[SimpleNamespace(id=page) for page in vector["pages"]],
        quiz=vector.get("quiz", ["a question"]),
        attempts=vector["attempts"],
        mastery_score=Decimal(vector["mastery_score"]),
    )

    found = grading.status(unit, vector["seen"], [Decimal(value) for value in vector["scores"]])

    assert (found.completion, found.success) == (vector["completion"], vector["success"])
    assert found.best == (None if vector["best"] is None else Decimal(vector["best"]))


@pytest.mark.parametrize("vector", GOLDEN["numbers"], ids=lambda vector: repr(vector["text"]))
def test_numbers_as_people_write_them(vector: Mapping[str, Any]) -> None:
    assert parse_number(vector["text"]) == fraction(vector["value"])


@pytest.mark.parametrize("vector", GOLDEN["folding"], ids=lambda vector: repr(vector["text"]))
def test_folding(vector: Mapping[str, Any]) -> None:
    assert fold_text(vector["text"]) == vector["folded"]
