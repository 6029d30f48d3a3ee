"""The player grades as content/grading.py does: both read tests/golden/grading.json."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from content.grading import grade
from content.model import Question
from content.render import public_question, result_as_json
from content.render.inline import inline_html
from content.snapshot import from_json
from tests.unit.render.player import run_player, unit_data

GOLDEN = json.loads(
    (Path(__file__).parents[2] / "golden" / "grading.json").read_text(encoding="utf-8")
)


def _question(name: str) -> Question:
    question: Question = from_json(Question, GOLDEN["questions"][name])
    return question


def test_answers_earn_the_golden_results_in_the_player() -> None:
    cases = [
        (
            public_question(_question(case["question"]), language=case["language"], keys=True),
            case["answer"],
        )
        for case in GOLDEN["grading"]
    ]
    results = run_player("return input.map(([q, a]) => SSE.grading.grade(q, a));", cases)
    for case, result in zip(GOLDEN["grading"], results, strict=True):
        assert _flat(result, case) == {
            "credit": case["credit"],
            "parts": list(case["parts"].items()),
            "feedback": [
                (part, inline_html({case["language"]: text}, case["language"]))
                for part, text in case["feedback"]
            ],
        }, case["name"]


def test_the_server_gives_the_player_results_of_the_same_shape() -> None:
    cases = GOLDEN["grading"]
    questions = [_question(case["question"]) for case in cases]
    asked = [
        (public_question(question, language=case["language"], keys=True), case["answer"])
        for question, case in zip(questions, cases, strict=True)
    ]
    in_player = run_player("return input.map(([q, a]) => SSE.grading.grade(q, a));", asked)
    for question, case, result in zip(questions, cases, in_player, strict=True):
        graded = grade(question, case["answer"], case["language"])
        assert result_as_json(graded, question, case["language"]) == result, case["name"]


def _flat(result: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    feedback = [(one["part"], one["html"]) for one in result["feedback"]]
    if "model_answer_html" in result:
        feedback.append(("model", result["model_answer_html"]))
    return {
        "credit": result["credit"],
        "parts": list(result["parts"].items()),
        "feedback": feedback,
    }


def test_scores_are_the_golden_ones() -> None:
    program = """return input.map((case_) => {
      const questions = case_.items.map((item, i) => ({ id: 'q' + i, ...item }));
      const results = {};
      questions.forEach((q) => { if ('credit' in q) results[q.id] = { credit: q.credit }; });
      return SSE.grading.score(questions, results);
    });"""
    for case, score in zip(GOLDEN["scores"], run_player(program, GOLDEN["scores"]), strict=True):
        assert score == {key: case[key] for key in ("earned", "possible", "value")}, case["name"]


def test_statuses_are_the_golden_ones() -> None:
    program = """
      const units = {};
      input.forEach((one, place) => {
        const attempts = one.scores.map((value, i) => (
          { number: i + 1, earned: '0', possible: '1', value, handed_in: '', results: {} }));
        units['u' + place] = { seen: one.seen, attempts };
      });
      const state = SSE.engine.create({ units }).state;
      return input.map((one, place) => state.units['u' + place]);"""
    question = {"id": "q", "h": "aaa", "type": "single-choice", "points": 1, "scored": True}
    units = [
        unit_data(
            f"u{place}",
            pages=case["pages"],
            quiz=case.get("quiz", [question]),
            attempts=case["attempts"],
            mastery_score=case["mastery_score"],
        )
        for place, case in enumerate(GOLDEN["statuses"])
    ]
    states = run_player(program, GOLDEN["statuses"], units=units)
    for case, state in zip(GOLDEN["statuses"], states, strict=True):
        status = {
            "completion": state["completion"],
            "success": state["success"],
            "best": state["value"],
        }
        assert status == {key: case[key] for key in status}, case["name"]


def test_numbers_are_read_and_texts_folded_as_on_the_server() -> None:
    numbers = run_player(
        """return input.map((one) => {
          const value = SSE.reading.parseNumber(one);
          return value && [String(value.n), String(value.d)];
        });""",
        [case["text"] for case in GOLDEN["numbers"]],
    )
    for case, pair in zip(GOLDEN["numbers"], numbers, strict=True):
        value = None if pair is None else str(Fraction(int(pair[0]), int(pair[1])))
        assert value == case["value"], case
    folded = run_player(
        "return input.map((one) => SSE.reading.foldText(one));",
        [case["text"] for case in GOLDEN["folding"]],
    )
    assert folded == [case["folded"] for case in GOLDEN["folding"]]
