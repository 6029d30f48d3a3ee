"""Item statistics against their definitions, written naively."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.services.item_statistics import (
    OptionCount,
    Pairing,
    Tally,
    extreme_groups,
    read_figures,
)

credit = st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 0.75, 1.0])
pairs = st.lists(st.tuples(credit, st.integers(0, 100).map(lambda n: n / 100)), max_size=60)


def naive_correlation(values: list[tuple[float, float]]) -> float | None:
    """The definition, exactly: covariance over the root of the variances' product."""
    if len(values) < 2:
        return None
    xs = [Fraction(x) for x, _ in values]
    ys = [Fraction(y) for _, y in values]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    xx = sum((x - mean_x) ** 2 for x in xs)
    yy = sum((y - mean_y) ** 2 for y in ys)
    xy = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    if not xx or not yy:
        return None
    return float(xy) / math.sqrt(float(xx) * float(yy))


@given(pairs)
def test_correlation_is_pearsons(values: list[tuple[float, float]]) -> None:
    pairing = Pairing()
    for x, y in values:
        pairing.add(x, y)
    wanted = naive_correlation(values)
    if wanted is None:
        assert pairing.correlation is None
    else:
        assert pairing.correlation == pytest.approx(wanted, abs=1e-9)


@given(pairs, st.randoms())
def test_the_order_of_answers_says_nothing(
    values: list[tuple[float, float]], chance: random.Random
) -> None:
    shuffled = list(values)
    chance.shuffle(shuffled)
    found = []
    for order in (values, shuffled):
        pairing = Pairing()
        for x, y in order:
            pairing.add(x, y)
        found.append(pairing.correlation)
    assert found[0] == (None if found[1] is None else pytest.approx(found[1], abs=1e-9))


@given(st.dictionaries(st.integers(), st.integers(0, 100).map(float), max_size=80))
def test_groups_are_the_best_and_the_least(scores: dict[int, float]) -> None:
    groups = extreme_groups(scores)
    upper = {key for key, group in groups.items() if group == "upper"}
    lower = {key for key, group in groups.items() if group == "lower"}
    assert len(upper) == len(lower)
    if not groups:
        ranked = sorted(scores.values())
        size = max(1, round(0.27 * len(ranked)))
        assert len(ranked) < 2 * size or ranked[size - 1] >= ranked[-size]
        return
    assert len(upper) == max(1, round(0.27 * len(scores)))
    assert max(scores[key] for key in lower) < min(scores[key] for key in upper)
    between = [scores[key] for key in scores if key not in groups]
    assert all(score <= min(scores[key] for key in upper) for score in between)
    assert all(score >= max(scores[key] for key in lower) for score in between)


@given(st.lists(st.tuples(credit, credit, st.sampled_from(["a", "b", "c"])), max_size=60))
def test_a_tally_counts(answers: list[tuple[float, float, str]]) -> None:
    groups = extreme_groups({n: own + rest for n, (own, rest, _) in enumerate(answers)})
    tally = Tally()
    for n, (own, rest, option) in enumerate(answers):
        tally.add(own, rest, [("", option)], groups.get(n))
    assert tally.answers == len(answers) == sum(tally.options.values())
    for group in ("upper", "lower"):
        members = [n for n in groups if groups[n] == group]
        assert sum(tally.group_options[group].values()) == len(members)
        assert tally.group_credit[group] == pytest.approx(sum(answers[n][0] for n in members))
    if answers:
        mean = sum(Fraction(own) for own, _, _ in answers) / len(answers)
        assert tally.difficulty == pytest.approx(float(mean))
    value, method = tally.discrimination()
    assert method == ("correlation" if len(answers) >= 30 else "groups")
    assert value is None or -1 <= value <= 1
    if len(answers) < 10:
        assert value is None


def tally_of(rows: list[tuple[float, float, str]]) -> Tally:
    groups = extreme_groups({n: own + rest for n, (own, rest, _) in enumerate(rows)})
    tally = Tally()
    for n, (own, rest, option) in enumerate(rows):
        tally.add(own, rest, [("", option)], groups.get(n))
    return tally


def codes(rows: list[tuple[float, float, str]], right: str = "a") -> list[str]:
    tally = tally_of(rows)
    options = [
        OptionCount(
            "",
            one,
            one == right,
            tally.options["", one],
            tally.group_options["upper"]["", one],
            tally.group_options["lower"]["", one],
        )
        for one in "abc"
    ]
    return [
        reading.code + (f" {reading.about.option}" if reading.about else "")
        for reading in read_figures(tally, options, scored=True)
    ]


STRONG_RIGHT = [(1.0, 0.5 + n / 100, "a") for n in range(20)]
WEAK_WRONG = [(0.0, n / 100, "b") for n in range(10)] + [(0.0, n / 100, "c") for n in range(10)]


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        (STRONG_RIGHT[:9], ["few"]),
        (STRONG_RIGHT + WEAK_WRONG, ["good"]),
        ([(1.0, n / 100, "a") for n in range(40)], ["easy", "unused b", "unused c"]),
        (
            [(0.0, 2 + n / 100, "b") for n in range(38)] + [(1.0, 0.0, "a")] * 2,
            ["hard", "backwards", "misleading b", "unused c"],
        ),
        ([(0.5, n / 100, "ac"[n % 2]) for n in range(40)], ["alike", "unused b"]),
        (
            [(1.0, 9.0, "a")] * 7
            + [(0.0, 9.0, "b")] * 4
            + [(1.0, 5.0, "a"), (0.0, 5.0, "c")] * 10
            + [(1.0, 1.0, "a")] * 6
            + [(0.0, 1.0, "c")] * 5,
            ["weak", "misleading b"],
        ),
        (
            [(1.0, 5.0 + n / 100, "a") for n in range(10)]
            + [(0.0, 3.0 + n / 100, "b") for n in range(22)],
            ["good", "preferred b", "unused c"],
        ),
    ],
    ids=["few", "good", "easy", "hard", "alike", "misleading", "preferred"],
)
def test_readings(rows: list[tuple[float, float, str]], wanted: list[str]) -> None:
    assert codes(rows) == wanted


def test_an_unscored_question_is_not_judged() -> None:
    tally = Tally()
    for _ in range(50):
        tally.add(None, 0.5, [("text", "*")], None)
    (reading,) = read_figures(tally, [], scored=False)
    assert reading.code == "unscored"
    assert tally.options["text", "*"] == 50
