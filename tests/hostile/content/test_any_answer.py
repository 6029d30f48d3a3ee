"""Whatever a learner answers: grading never raises."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.answers import fold_text, parse_number
from content.grading import grade
from content.model import Question
from content.snapshot import from_json
from tests.hostile.content.anything import EXAMPLES


@EXAMPLES
@given(st.text(alphabet="0123456789.,٫٬ -+−١٢٣\u00a0\u202fe", max_size=14))
def test_numbers_are_numbers_or_nothing(text: str) -> None:
    number = parse_number(text)
    if number is not None:
        assert re.search(r"\d", text)
        assert (number < 0) <= bool(re.search("[-−]", text))


@EXAMPLES
@given(st.integers(-(10**15), 10**15), st.integers(0, 6), st.sampled_from([".", ",", "٫"]))
def test_numbers_come_back_however_they_are_written(value: int, places_: int, sign: str) -> None:
    wanted = Fraction(value, 10**places_)
    digits = f"{abs(value):0{places_ + 1}d}"
    whole, decimals = (digits[:-places_], digits[-places_:]) if places_ else (digits, "")
    minus = "−" if value < 0 else ""
    tail = f"{sign}{decimals}" if decimals else ""
    grouped = f"{int(whole):,}".replace(",", "\u202f")
    arabic = whole.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for written in (whole, grouped, arabic):
        assert parse_number(f"{minus}{written}{tail}") == wanted


@EXAMPLES
@given(st.text())
def test_folding_is_done_once(text: str) -> None:
    folded = fold_text(text)
    assert fold_text(folded) == folded
    assert fold_text(f"  {text}!? ") == folded or not folded


GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "grading.json").read_text("utf-8"))


QUESTIONS = {name: from_json(Question, data) for name, data in GOLDEN["questions"].items()}


IDS = st.sampled_from(
    sorted(
        {
            word
            for data in GOLDEN["questions"].values()
            for word in re.findall(r'"id": "([^"]+)"', json.dumps(data))
        }
    )
)


ANSWERS: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | IDS,
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.dictionaries(
            IDS | st.text(max_size=5) | st.sampled_from(["value", "unit", "reason"]), inner
        )
    ),
    max_leaves=10,
)


@EXAMPLES
@given(st.sampled_from(sorted(QUESTIONS)), ANSWERS, st.sampled_from(["en", "ar", "xx"]))
def test_grading_never_raises_and_stays_between_nothing_and_all(
    name: str, answer: Any, language: str
) -> None:
    question = QUESTIONS[name]
    result = grade(question, answer, language)
    if question.scored:
        assert result.credit is not None
        assert 0 <= result.credit <= 1
    else:
        assert result.credit is None
    assert all(isinstance(right, bool) for right in result.parts.values())


@pytest.mark.parametrize("name", sorted(QUESTIONS))
@pytest.mark.parametrize(
    "answer",
    [
        "x" * 5_000_000,
        ["a"] * 1_000_000,
        {str(n): "a" for n in range(200_000)},
        {"value": "9" * 5_000_000},
    ],
    ids=["text", "list", "mapping", "number"],
)
def test_huge_answers_earn_nothing_quickly(name: str, answer: Any) -> None:
    assert not grade(QUESTIONS[name], answer, "en").credit


def test_deep_answers_do_not_overflow() -> None:
    deep: Any = "a"
    for _ in range(100_000):
        deep = [deep]
    for question in QUESTIONS.values():
        assert not grade(question, deep, "en").credit
