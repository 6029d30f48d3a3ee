"""Which options an answer takes, over the golden answers of every type of question."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.grading import grade
from content.model import MultipleChoice, Numeric, Ordering, Question, ShortText, SingleChoice
from content.snapshot import from_json
from lti_tool.services.answer_parts import GIVEN, NONE, OTHER, RIGHT, options_taken, parts_of
from lti_tool.services.question_forms import structure_of
from tests.player_pages.courses import every_type

GOLDEN = json.loads(
    (Path(__file__).parents[2] / "golden" / "grading.json").read_text(encoding="utf-8")
)
QUESTIONS = {question.id: question for question in every_type()}
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.sampled_from("abxy"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["value", "fr", "start", "votes"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("vector", GOLDEN["grading"], ids=lambda vector: vector["name"])
def test_full_credit_is_every_part_right(vector: dict[str, Any]) -> None:
    question = from_json(Question, GOLDEN["questions"][vector["question"]])
    taken = options_taken(question, vector["answer"], vector["language"])
    rights = {(part.id, one.id): one.right for part in parts_of(question) for one in part.options}
    assert {part for part, _ in taken} == {part.id for part in parts_of(question)}
    if not question.scored:
        assert set(taken) <= {*rights, ("text", OTHER)}
        return
    all_right = all(rights.get(option, False) for option in taken)
    whole = grade(question, vector["answer"], vector["language"]).credit == 1
    if isinstance(question, MultipleChoice):
        every = {option for option, right in rights.items() if right}
        all_right = set(taken) == every
    assert all_right == whole


@pytest.mark.parametrize("name", sorted(QUESTIONS))
@given(answer=anything)
def test_any_answer_takes_known_options(name: str, answer: object) -> None:
    question = QUESTIONS[name]
    parts = {part.id: part for part in parts_of(question)}
    taken = options_taken(question, answer, "en")
    assert {part for part, _ in taken} == set(parts)
    assert len(set(taken)) == len(taken)
    for part, option in taken:
        known = {one.id for one in parts[part].options}
        assert option in known or (parts[part].typed and option.startswith(GIVEN))


def test_what_is_typed() -> None:
    numeric, word = QUESTIONS["numeric"], QUESTIONS["word"]

    def value(typed: str) -> tuple[str, str]:
        return options_taken(numeric, {"value": typed, "unit": "eur"}, "en")[0]

    assert value("12,4") == ("value", RIGHT)
    assert value(" 0.125 ") == ("value", f"{GIVEN}0.125")
    assert value("0,1250") == ("value", f"{GIVEN}0.125"), "a known slip, however written"
    assert value("7") == ("value", f"{GIVEN}7")
    assert value(" ") == ("value", NONE)
    assert options_taken(word, " SOLIDARITY. ", "en") == (("text", RIGHT),)
    assert options_taken(word, "Charity!", "en") == (("text", f"{GIVEN}charity"),)
    assert len(options_taken(word, "x" * 9000, "en")[0][1]) < 70


def test_a_better_wording_leaves_it_the_same_question() -> None:
    single, ordering = QUESTIONS["single"], QUESTIONS["ordering"]
    assert isinstance(single, SingleChoice)
    assert isinstance(ordering, Ordering)
    first = single.choices[0]
    reworded = replace(
        single,
        prompt={"en": "Better"},
        choices=(*single.choices[1:], replace(first, text={"en": "B"}, feedback={"en": "C"})),
    )
    assert structure_of(reworded) == structure_of(single)
    rekeyed = replace(single, choices=(replace(first, correct=True), *single.choices[1:]))
    assert structure_of(rekeyed) != structure_of(single)
    assert structure_of(replace(single, points=2)) != structure_of(single)
    assert structure_of(replace(single, id="other")) != structure_of(single)
    turned = replace(ordering, items=tuple(reversed(ordering.items)))
    assert structure_of(turned) != structure_of(ordering)
    numeric, word = QUESTIONS["numeric"], QUESTIONS["word"]
    assert isinstance(numeric, Numeric)
    assert isinstance(word, ShortText)
    assert structure_of(replace(numeric, tolerance=numeric.value)) != structure_of(numeric)
    assert structure_of(replace(numeric, mistakes=())) == structure_of(numeric)
    assert structure_of(replace(word, accepted={"en": ("x",)})) != structure_of(word)
