"""The builder's arithmetic about suspend data is never below what the player writes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from content.load import load_course
from content.model import OrderedItem, Ordering
from content.render import public_question
from content.render.budget import suspend_data_limit, suspend_data_size
from tests.learner import right_answer
from tests.player_pages.courses import every_type, kitchen_course
from tests.unit.render.player import run_player, unit_data

ROOT = Path(__file__).parents[3]


def test_the_budget_covers_what_the_player_writes() -> None:
    shipped = load_course(ROOT / "content" / "courses" / "sse-management")
    for course in (shipped, kitchen_course(ROOT)):
        for unit in course.units:
            quiz = [public_question(one, language="en", keys=True) for one in unit.quiz]
            pages = [page.id for page in unit.pages]
            data = unit_data(unit.id, pages=pages, quiz=quiz, attempts=unit.attempts + 1)
            answers = {one.id: right_answer(one, "en") for one in unit.quiz if one.scored}
            answers = {key: value for key, value in answers.items() if key != "word"}
            program = """
              const engine = SSE.engine.create(null);
              const info = SSE.data.course.units[0];
              const seen = info.pages.map((p) => p.id);
              engine.progress(info.id, { page: seen[0], seen });
              for (let left = info.attempts; left > 1; left -= 1) engine.handIn(info.id, input);
              engine.answers(info.id, input);
              return SSE.pack.encode(engine.state, 1e6).text.length;"""
            written = run_player(program, answers, units=[data])
            budget = suspend_data_size([unit])
            assert written <= budget <= suspend_data_limit("scorm12"), unit.id
            assert budget < 3 * written, "a budget that is too careful refuses good courses"


def test_scores_of_odd_fractions_are_counted_too() -> None:
    """Credit in thirds, fifths, sevenths …: the sum of many is a fraction of large numbers."""
    kitchen = kitchen_course(ROOT).units[0]
    shape = next(one for one in kitchen.quiz if isinstance(one, Ordering))
    for sizes in ((2, 3), (3, 5, 7, 9, 11), (5, 7, 9, 11, 13, 16, 17, 19, 23, 25, 29, 31)):
        quiz = tuple(
            replace(
                shape,
                id=f"order-{size}",
                points=size,
                items=tuple(OrderedItem(f"i{n}", {"en": "x"}, {"en": "y"}) for n in range(size)),
            )
            for size in sizes
        )
        unit = replace(kitchen, quiz=quiz, checks=(), attempts=3)
        data = unit_data(
            unit.id,
            pages=[page.id for page in unit.pages],
            quiz=[public_question(one, language="en", keys=True) for one in quiz],
            attempts=4,
        )
        # Two places swapped: all but two parts are right.
        answers = {
            one.id: [one.items[1].id, one.items[0].id, *(item.id for item in one.items[2:])]
            for one in quiz
        }
        program = """
          const engine = SSE.engine.create(null);
          const info = SSE.data.course.units[0];
          engine.progress(info.id, { page: 'quiz', seen: info.pages.map((p) => p.id) });
          for (let left = 3; left; left -= 1) engine.handIn(info.id, input);
          engine.answers(info.id, input);
          return SSE.pack.encode(engine.state, 1e6).text.length;"""
        assert run_player(program, answers, units=[data]) <= suspend_data_size([unit]), sizes


def test_200_pages_and_500_questions_of_every_type_are_counted_to_the_end() -> None:
    """Ten types in turn, one attempt and a full draft; the sum is what the player writes, or a
    little more, and the choice questions alone leave room in SCORM 1.2."""
    unit = kitchen_course(ROOT).units[0]
    pages = tuple(replace(unit.pages[0], id=f"page-{n}") for n in range(200))
    quiz = [one for n in range(50) for one in every_type(f"n{n}-")][:500]
    big = replace(unit, pages=pages, quiz=tuple(quiz), attempts=1)
    data = unit_data(
        big.id,
        pages=[page.id for page in pages],
        quiz=[public_question(one, language="en", keys=True) for one in quiz],
        attempts=2,
    )
    answers = {one.id: right_answer(one, "en") for one in quiz if one.scored}
    answers = {key: value for key, value in answers.items() if not key.endswith("word")}
    program = """
      const engine = SSE.engine.create(null);
      const info = SSE.data.course.units[0];
      engine.progress(info.id, { page: info.pages[199].id, seen: info.pages.map((p) => p.id) });
      engine.handIn(info.id, input);
      engine.answers(info.id, input);
      return SSE.pack.encode(engine.state, 1e6).text.length;"""
    written = run_player(program, answers, units=[data])
    assert written <= suspend_data_size([big]) < 2 * written
    closed = tuple(one for one in quiz if one.id.endswith(("single", "multiple", "truth")))
    choices = replace(big, quiz=(closed * 5)[:500])
    assert suspend_data_size([choices]) <= suspend_data_limit("scorm12")
