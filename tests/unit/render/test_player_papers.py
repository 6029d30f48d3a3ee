"""The player draws as content/papers.py does, and keeps the seeds in suspend data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.render.player import run_player, unit_data

GOLDEN: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "golden" / "papers.json").read_text("utf-8")
)
RULES = {
    "papers": True,
    "shuffle_questions": True,
    "shuffle_choices": True,
    "feedback": "each-attempt",
    "pools": [{"id": "bank", "draw": 3}],
}


def question(name: str, pool: str | None = None) -> dict[str, Any]:
    choices = [{"id": one, "html": one} for one in ("a", "b", "c", "d")]
    key = {"correct": "a", "feedback": {one: f"told-{one}" for one in ("a", "b", "c", "d")}}
    return {
        "id": name,
        "h": f"{len(name)}{name[-2:]:A>2}"[:3].replace("-", "_"),
        "type": "single-choice",
        "points": 1,
        "scored": True,
        "outcome": None,
        "prompt_html": name,
        "choices": choices,
        "key": key,
        **({"pool": pool} if pool else {}),
    }


def bank_unit(size: int = 9, **rules: Any) -> dict[str, Any]:
    quiz = [question("first"), *(question(f"q{n}", "bank") for n in range(size))]
    return {**unit_data(quiz=quiz, pages=()), "rules": {**RULES, **rules}}


@pytest.mark.parametrize("vector", GOLDEN["papers"], ids=lambda vector: vector["name"])
def test_papers_are_the_golden_ones(vector: dict[str, Any]) -> None:
    info = {"quiz": vector["quiz"], "rules": vector["rules"]}
    seeds = [expected["seed"] for expected in vector["papers"]]
    program = "return input.seeds.map((seed) => SSE.papers.draw(input.info, seed));"
    assert run_player(program, {"info": info, "seeds": seeds}) == vector["papers"]


def test_an_attempt_is_graded_over_its_paper() -> None:
    unit = bank_unit()
    program = """
      const engine = SSE.engine.create(null);
      const own = engine.state.units.u;
      const asked = own.next.questions;
      const right = {};
      asked.slice(0, 3).forEach((id) => { right[id] = 'a'; });
      const every = SSE.data.unit('u').quiz.map((q) => q.id);
      const stray = every.filter((id) => asked.indexOf(id) < 0)[0];
      right[stray] = 'a';
      engine.answers('u', right);
      const open = JSON.parse(JSON.stringify(engine.state.units.u));
      const done = engine.handIn('u', right);
      return { asked, open, done };
    """
    found = run_player(program, None, units=[unit])
    assert len(found["asked"]) == 4
    assert found["open"]["open"]["paper"]["questions"] == found["asked"]
    assert "next" not in found["open"]
    attempt = found["done"]["attempts"][0]
    assert (attempt["earned"], attempt["possible"], attempt["value"]) == ("3", "4", "75.00")
    assert set(attempt["results"]) == set(found["asked"])
    assert found["done"]["next"]["seed"] != attempt["paper"]["seed"]


PACK = """
  const engine = SSE.engine.create(null);
  const asked = engine.state.units.u.next.questions;
  engine.answers('u', { [asked[0]]: 'b' });
  engine.handIn('u', { [asked[0]]: 'b' });
  const text = SSE.pack.encode(engine.state, 4096).text;
  const read = SSE.pack.decode(text);
  const again = SSE.engine.create(read.state);
  return { before: engine.state.units.u, after: again.state.units.u, text, changed: read.changed };
"""


def test_suspend_data_keeps_papers() -> None:
    found = run_player(PACK, None, units=[bank_unit()])
    assert found["text"].startswith("2")
    assert not found["changed"]
    assert found["after"]["attempts"][0]["paper"] == found["before"]["attempts"][0]["paper"]
    assert found["after"]["next"] == found["before"]["next"]
    assert found["after"]["attempts"][0]["results"] == found["before"]["attempts"][0]["results"]


def test_suspend_data_without_papers_is_as_it_was() -> None:
    unit = {**unit_data(quiz=[question("first")], pages=()), "rules": {**RULES, "papers": False}}
    unit["rules"]["pools"] = []
    program = """
      const engine = SSE.engine.create(null);
      engine.handIn('u', { first: 'a' });
      return SSE.pack.encode(engine.state, 4096).text;
    """
    assert run_player(program, None, units=[unit]).startswith("1")


def test_state_of_before_the_pools_is_still_read() -> None:
    plain = {**bank_unit(), "rules": {**RULES, "papers": False, "pools": []}}
    program = """
      const engine = SSE.engine.create(null);
      engine.handIn('u', { first: 'a' });
      engine.answers('u', { first: 'b' });
      return SSE.pack.encode(engine.state, 4096).text;
    """
    text = run_player(program, None, units=[plain])
    program = "return SSE.engine.create(SSE.pack.decode(input).state).state.units.u;"
    own = run_player(program, text, units=[bank_unit()])
    assert "paper" not in own["attempts"][0]
    assert own["attempts"][0]["value"] == "10.00"
    assert own["open"]["answers"] == {"first": "b"}
    assert len(own["open"]["paper"]["questions"]) == 4


def test_choices_stand_in_an_order_of_the_attempt() -> None:
    program = """
      const info = SSE.data.unit('u');
      return [...Array(20).keys()].map((seed) => SSE.papers.asked(info, SSE.papers.draw(info, seed))
        .filter((q) => q.id === 'first')[0].choices.map((c) => c.id).join(''));
    """
    orders = run_player(program, None, units=[bank_unit()])
    assert len(set(orders)) > 5
    assert {"".join(sorted(order)) for order in orders} == {"abcd"}
    fixed = run_player(program, None, units=[bank_unit(shuffle_choices=False)])
    assert set(fixed) == {"abcd"}
