"""What a learner can do fits into suspend data, or the build says what would make it fit."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from content.model import Course, MultipleChoice, SingleChoice, TrueFalse, Unit
from content.render import public_question
from scorm_builder.errors import BuildError
from scorm_builder.formats import FORMATS
from scorm_builder.order import Order
from scorm_builder.plan import plan_package
from scorm_builder.plan.room import check_state_fits
from tests.learner import right_answer
from tests.player_pages.courses import every_type, kitchen_course
from tests.unit.render.player import run_player, unit_data

#: What quizzes are made of mostly.
CHOICES = [q for q in every_type() if isinstance(q, SingleChoice | MultipleChoice | TrueFalse)]


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return kitchen_course(tmp_path_factory.mktemp("kitchen"))


def large_unit(course: Course, name: str, *, pages: int, questions: int, attempts: int) -> Unit:
    first = course.units[0]
    return replace(
        first,
        id=name,
        pages=tuple(replace(first.pages[0], id=f"{name}-page-{n}") for n in range(pages)),
        quiz=tuple(
            replace(CHOICES[n % len(CHOICES)], id=f"{name}-question-{n}") for n in range(questions)
        ),
        checks=(),
        attempts=attempts,
    )


def order(course: Course, form: str, *units: Unit, divided: bool = False) -> Order:
    course = replace(course, units=units)
    return Order(course=course, form=FORMATS[form], languages=("en",), sco_per_unit=divided)


def refusal(wanted: Order) -> BuildError:
    with pytest.raises(BuildError) as caught:
        plan_package(wanted)
    return caught.value


@pytest.mark.parametrize("form", ["scorm12", "scorm2004-2nd"])
def test_200_pages_and_500_questions_fit_with_two_attempts(kitchen: Course, form: str) -> None:
    """And what the player then writes, with everything done, is no more than was counted."""
    unit = large_unit(kitchen, "u", pages=200, questions=500, attempts=2)
    assert plan_package(order(kitchen, form, unit)).entries
    data = unit_data(
        unit.id,
        pages=[page.id for page in unit.pages],
        quiz=[public_question(one, language="en", keys=True) for one in unit.quiz],
        attempts=3,
    )
    answers = {one.id: right_answer(one, "en") for one in unit.quiz}
    program = """
      const engine = SSE.engine.create(null);
      const info = SSE.data.course.units[0];
      engine.progress(info.id, { page: 'quiz', seen: info.pages.map((p) => p.id) });
      engine.handIn(info.id, input);
      engine.handIn(info.id, input);
      engine.answers(info.id, input);
      const packed = SSE.pack.encode(engine.state, LIMIT);
      return [packed.text, packed.dropped];"""
    limit = FORMATS[form].suspend_data
    text, dropped = run_player(program.replace("LIMIT", str(limit)), answers, units=[data])
    assert not dropped
    assert len(text) <= (limit or 0)
    assert text.isascii()


def test_the_same_in_twenty_units_fits_with_one_attempt(kitchen: Course) -> None:
    """One SCO of everything, though each unit costs a little more than its pages and questions."""
    units = [large_unit(kitchen, f"u{n}", pages=10, questions=25, attempts=1) for n in range(20)]
    assert plan_package(order(kitchen, "scorm12", *units)).entries


def test_of_many_units_each_has_its_room_where_it_is_an_activity(kitchen: Course) -> None:
    units = [large_unit(kitchen, f"u{n}", pages=10, questions=25, attempts=3) for n in range(20)]
    told = refusal(order(kitchen, "scorm12", *units))
    assert "200 pages and 500 questions" in told.message
    assert "room for 4,096" in told.message
    alone = re.search(r"--sco unit\): none needs more than ([\d,]+)", told.hint)
    assert alone
    assert int(alone[1].replace(",", "")) < 4096
    assert "build scorm2004, which has room for 64,000" in told.hint
    assert plan_package(order(kitchen, "scorm12", *units, divided=True)).entries
    assert plan_package(order(kitchen, "scorm2004", *units)).entries


@pytest.mark.parametrize("many", [1, 3])
def test_the_attempts_that_are_named_are_the_most_that_fit(kitchen: Course, many: int) -> None:
    units = [
        large_unit(kitchen, f"u{n}", pages=20, questions=120 // many, attempts=90)
        for n in range(many)
    ]
    told = refusal(order(kitchen, "scorm12", *units))
    named = re.search(r"allow at most (\d+) attempts at each quiz", told.hint)
    assert named

    def with_attempts(number: int) -> Order:
        return order(kitchen, "scorm12", *(replace(unit, attempts=number) for unit in units))

    check_state_fits(with_attempts(int(named[1])), with_attempts(int(named[1])).units)
    assert refusal(with_attempts(int(named[1]) + 1))


def test_what_no_attempt_saves_is_to_be_divided(kitchen: Course) -> None:
    huge = large_unit(kitchen, "huge", pages=400, questions=900, attempts=1)
    small = large_unit(kitchen, "small", pages=4, questions=9, attempts=1)
    assert "divide the unit into two" in refusal(order(kitchen, "scorm12", huge)).hint
    told = refusal(order(kitchen, "scorm12", huge, small))
    assert re.search(r"too large even by themselves \(huge \([\d,]+\)\)", told.hint)
    assert "attempts" not in told.hint
    assert "the unit huge" in refusal(order(kitchen, "scorm12", huge, small, divided=True)).message


def test_2004_is_not_proposed_where_it_is_no_way_out(kitchen: Course) -> None:
    vast = large_unit(kitchen, "vast", pages=9000, questions=9000, attempts=1)
    for form in ("scorm12", "scorm2004"):
        wanted = order(kitchen, form, vast)
        with pytest.raises(BuildError) as caught:
            check_state_fits(wanted, wanted.units)
        assert "build scorm2004" not in caught.value.hint
        assert caught.value.hint
