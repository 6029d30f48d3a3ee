"""Papers: what an attempt draws. The player is held to the same vectors (tests/unit/render)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.model import Pool, QuizRules, TrueFalse, Unit
from content.papers import MAX_SEED, as_asked, explains, has_papers, paper, rank
from tests.unit.content.units import plain_unit

GOLDEN: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "golden" / "papers.json").read_text("utf-8")
)
SEEDS = st.integers(0, MAX_SEED)


def question(name: str, pool: str | None = None) -> TrueFalse:
    return TrueFalse(id=name, prompt={}, answer=True, if_true={}, if_false={}, pool=pool)


def unit_of(quiz: list[dict[str, str]], **rules: Any) -> Unit:
    pools = tuple(Pool(**pool) for pool in rules.pop("pools", ()))
    questions = tuple(question(each["id"], each.get("pool")) for each in quiz)
    return replace(plain_unit(), quiz=questions, rules=QuizRules(pools=pools, **rules))


@pytest.mark.parametrize("vector", GOLDEN["ranks"])
def test_ranks_are_the_golden_ones(vector: dict[str, Any]) -> None:
    assert rank(vector["seed"], vector["name"]) == (vector["rank"], vector["name"])


@pytest.mark.parametrize("vector", GOLDEN["papers"], ids=lambda vector: vector["name"])
def test_papers_are_the_golden_ones(vector: dict[str, Any]) -> None:
    unit = unit_of(vector["quiz"], **vector["rules"])
    for expected in vector["papers"]:
        drawn = [one.id for one in paper(unit, expected["seed"])]
        assert drawn == expected["questions"]


@given(SEEDS, st.integers(1, 12), st.integers(1, 12), st.booleans())
def test_a_paper_has_what_is_always_asked_and_as_many_as_are_drawn(
    seed: int, size: int, draw: int, shuffle: bool
) -> None:
    quiz = [{"id": "always"}, *({"id": f"q-{n}", "pool": "bank"} for n in range(size))]
    unit = unit_of(quiz, pools=[{"id": "bank", "draw": draw}], shuffle_questions=shuffle)
    names = [one.id for one in paper(unit, seed)]
    assert "always" in names
    assert len(names) == len(set(names)) == 1 + min(draw, size)
    if not shuffle:
        assert names == [each["id"] for each in quiz if each["id"] in names]


@given(SEEDS)
def test_one_question_more_changes_at_most_one_of_a_paper(seed: int) -> None:
    quiz = [{"id": f"q-{n}", "pool": "bank"} for n in range(10)]
    pools = [{"id": "bank", "draw": 4}]
    before = {one.id for one in paper(unit_of(quiz, pools=pools), seed)}
    more = [*quiz, {"id": "newcomer", "pool": "bank"}]
    after = {one.id for one in paper(unit_of(more, pools=pools), seed)}
    assert len(before - after) <= 1


def test_every_question_is_drawn_by_some_seed() -> None:
    quiz = [{"id": f"q-{n}", "pool": "bank"} for n in range(10)]
    unit = unit_of(quiz, pools=[{"id": "bank", "draw": 1}])
    drawn = {paper(unit, seed)[0].id for seed in range(200)}
    assert len(drawn) == len(quiz)


def test_a_unit_without_rules_is_asked_whole() -> None:
    unit = unit_of([{"id": "one"}, {"id": "two"}])
    assert not has_papers(unit)
    assert as_asked(unit, 5) is unit


@pytest.mark.parametrize(
    ("feedback", "success", "left", "shown"),
    [
        ("each-attempt", "unknown", 1, True),
        ("last-attempt", "unknown", 1, False),
        ("last-attempt", "failed", 0, True),
        ("last-attempt", "passed", 1, True),
        ("never", "passed", 0, False),
    ],
)
def test_explanations_come_when_the_unit_says(
    feedback: str, success: str, left: int, shown: bool
) -> None:
    unit = unit_of([{"id": "one"}], feedback=feedback)
    assert explains(unit, success, left) is shown
