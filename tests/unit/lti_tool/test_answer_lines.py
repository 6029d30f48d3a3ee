"""An answer as lines, over the golden answers of every type of question and over nonsense."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.grading import grade
from content.model import Question
from content.snapshot import from_json
from lti_tool.services.answer_lines import answered
from tests.player_pages.courses import every_type

GOLDEN = json.loads(
    (Path(__file__).parents[2] / "golden" / "grading.json").read_text(encoding="utf-8")
)
CASES = [(number, case) for number, case in enumerate(GOLDEN["grading"])]
QUESTIONS = every_type()
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.sampled_from("abxy"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["value", "reason", "unit", "a", "b"]), inner, max_size=3)
    ),
)


@pytest.mark.parametrize("case", [pytest.param(case, id=str(number)) for number, case in CASES])
def test_lines_judge_as_grading_does(case: dict[str, Any]) -> None:
    question = from_json(Question, GOLDEN["questions"][case["question"]])
    language = case["language"]
    told = answered(question, case["answer"], language, language)
    credit = grade(question, case["answer"], language).credit
    assert told.earned == question.points * (credit or Fraction(0))
    if credit == 1:
        assert told.verdict == "right"
        assert all(line.right and line.wanted is None for line in told.lines)
        assert all(line.given is not None for line in told.lines)
    elif credit is not None and told.verdict != "unanswered":
        assert told.verdict == ("partly" if credit else "wrong")
        assert any(line.right is False for line in told.lines)


@given(st.sampled_from(QUESTIONS), anything)
def test_whatever_a_browser_sent_can_be_shown(question: Any, answer: object) -> None:
    language = next(iter(question.prompt))
    told = answered(question, answer, language, language)
    assert told.lines


def test_what_was_typed_is_no_markup() -> None:
    texts = [one for one in QUESTIONS if type(one).__name__ == "ShortText"]
    assert texts
    for question in texts:
        language = next(iter(question.prompt))
        (line,) = answered(question, "<script>alert(1)</script>", language, language).lines
        assert line.given == "&lt;script&gt;alert(1)&lt;/script&gt;"
