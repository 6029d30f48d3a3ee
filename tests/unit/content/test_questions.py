"""questions.yaml: every type read, every way of being unanswerable found."""

from decimal import Decimal

import pytest

from content import model
from tests.unit.content.courses import QUESTIONS, CourseFolder

T = "{en: Text, fr: Texte}"


def choice(name: str, correct: bool = False, text: str | None = None) -> str:
    flag = "correct: true, " if correct else ""
    words = text or name
    return (
        f"{{id: {name}, {flag}text: {{en: {words}, fr: {words}}}, feedback: {{en: Why, fr: Oui}}}}"
    )


A, B, C = choice("a", True), choice("b"), choice("c")
SINGLE = f"""
id: new
type: single-choice
outcome: tell
prompt: {T}
choices: [{A}, {B}]
"""
MULTIPLE = SINGLE.replace("single-choice", "multiple-choice")
TRUE_FALSE = f"""
id: new
type: true-false
outcome: tell
prompt: {T}
answer: true
if_true: {T}
if_false: {T}
reasons: [{A}, {B}]
"""
MATCHING = f"""
id: new
type: matching
outcome: tell
prompt: {T}
pairs:
  - {{id: p1, left: {{en: L1, fr: L1}}, right: o1, feedback: {T}}}
  - {{id: p2, left: {{en: L2, fr: L2}}, right: o2, feedback: {T}}}
options:
  - {{id: o1, text: {{en: O1, fr: O1}}}}
  - {{id: o2, text: {{en: O2, fr: O2}}}}
  - {{id: o3, text: {{en: O3, fr: O3}}}}
"""
ORDERING = f"""
id: new
type: ordering
outcome: tell
prompt: {T}
items:
  - {{id: i1, text: {{en: I1, fr: I1}}, feedback: {T}}}
  - {{id: i2, text: {{en: I2, fr: I2}}, feedback: {T}}}
"""
NUMERIC = f"""
id: new
type: numeric
outcome: tell
prompt: {T}
value: 12.5
tolerance: 0.5
units:
  - {{id: eur, text: {{en: EUR, fr: EUR}}}}
  - {{id: usd, text: {{en: USD, fr: USD}}}}
unit: eur
if_right: {T}
if_wrong: {T}
mistakes:
  - {{value: 0.125, feedback: {T}}}
"""
CLOZE = f"""
id: new
type: cloze
outcome: tell
prompt: {T}
text: {{en: "One {{g1}} and {{g2}}", fr: "Un {{g2}} et {{g1}}"}}
gaps:
  - {{id: g1, choices: [{A}, {B}]}}
  - {{id: g2, choices: [{A}, {B}]}}
"""
SHORT = f"""
id: new
type: short-text
outcome: tell
prompt: {T}
accepted: {{en: [solidarity], fr: [solidarité, la solidarité]}}
if_right: {T}
if_wrong: {T}
"""
UNSCORED = f"""
id: new
type: short-text
outcome: tell
scored: false
prompt: {T}
model_answer: {T}
"""
SCENARIO = f"""
id: new
type: scenario
outcome: tell
prompt: {T}
steps:
  - {{id: s1, prompt: {T}, choices: [{A}, {B}]}}
  - {{id: s2, prompt: {T}, choices: [{A}, {B}]}}
"""
ALL = {
    "single": (SINGLE, model.SingleChoice),
    "multiple": (MULTIPLE, model.MultipleChoice),
    "true-false": (TRUE_FALSE, model.TrueFalse),
    "matching": (MATCHING, model.Matching),
    "ordering": (ORDERING, model.Ordering),
    "numeric": (NUMERIC, model.Numeric),
    "cloze": (CLOZE, model.Cloze),
    "short": (SHORT, model.ShortText),
    "unscored": (UNSCORED, model.ShortText),
    "scenario": (SCENARIO, model.Scenario),
}


@pytest.mark.parametrize("name", ALL)
def test_every_type_is_read(course: CourseFolder, name: str) -> None:
    source, kind = ALL[name]
    course.quiz(source)

    assert course.problems() == ()
    question = course.load().units[0].question("new")
    assert type(question) is kind
    assert question is not None
    assert (question.outcome, question.points) == ("tell", 1)
    assert question.scored is (name != "unscored")


def test_numeric_values_are_exact(course: CourseFolder) -> None:
    question = course.quiz(NUMERIC).load().units[0].question("new")
    assert isinstance(question, model.Numeric)
    assert (question.value, question.tolerance) == (Decimal("12.5"), Decimal("0.5"))
    assert question.mistakes[0].value == Decimal("0.125")


@pytest.mark.parametrize(
    ("written", "meant"), [("2 %", "0.25"), ("2%", "0.25"), ("0", "0"), ("1", "1")]
)
def test_tolerance_may_be_a_share_of_the_value(
    course: CourseFolder, written: str, meant: str
) -> None:
    course.quiz(NUMERIC.replace("tolerance: 0.5", f"tolerance: {written}"))
    question = course.load().units[0].question("new")
    assert isinstance(question, model.Numeric)
    assert question.tolerance == Decimal(meant)


def test_a_negative_value_has_a_positive_tolerance(course: CourseFolder) -> None:
    course.quiz(NUMERIC.replace("value: 12.5\ntolerance: 0.5", "value: -50\ntolerance: 10 %"))
    question = course.load().units[0].question("new")
    assert isinstance(question, model.Numeric)
    assert question.tolerance == 5


@pytest.mark.parametrize(
    ("source", "old", "new", "code"),
    [
        (SINGLE, "correct: true, ", "", "question.no-correct"),
        (SINGLE, B, choice("b", True), "question.many-correct"),
        (SINGLE, f", {B}", "", "question.too-few"),
        (SINGLE, f"[{A}, {B}]", "[]", "field.missing"),
        (SINGLE, f"[{A}, {B}]", "a", "field.type"),
        (SINGLE, B, "just words", "field.type"),
        (SINGLE, B, choice("a"), "id.duplicate"),
        (SINGLE, B, choice("b", text="a"), "question.same-text"),
        (SINGLE, B, B.replace("feedback", "feedbak"), "field.unknown"),
        (SINGLE, B, B.replace("en: Why, ", ""), "translation.missing"),
        (SINGLE, "correct: true", "correct: yes", "field.value"),
        (SINGLE, "id: new", "id: q1", "id.duplicate"),
        (SINGLE, "id: new", "id: k1", "id.duplicate"),
        (SINGLE, "id: new", "id: New", "id.invalid"),
        (SINGLE, "outcome: tell\n", "", "field.missing"),
        (SINGLE, "outcome: tell", "outcome: tell\npoints: 0", "field.value"),
        (SINGLE, "outcome: tell", "outcome: tell\npoints: 1.5", "field.value"),
        (SINGLE, "outcome: tell", "outcome: tell\npoint: 2", "field.unknown"),
        (SINGLE, "type: single-choice", "type: single choice", "question.type"),
        (SINGLE, "type: single-choice\n", "", "field.missing"),
        (SINGLE, "type: single-choice\n", "type:\n", "field.missing"),
        (SINGLE, "id: new", "id:", "field.missing"),
        (SINGLE, "outcome: tell", "outcome:", "field.missing"),
        (MULTIPLE, "correct: true, ", "", "question.no-correct"),
        (MULTIPLE, f", {B}", "", "question.too-few"),
        (TRUE_FALSE, "answer: true", "answer: 'yes'", "field.value"),
        (TRUE_FALSE, "answer: true\n", "", "field.missing"),
        (TRUE_FALSE, "correct: true, ", "", "question.no-correct"),
        (TRUE_FALSE, f", {B}", "", "question.too-few"),
        (TRUE_FALSE, f"if_true: {T}\n", "", "field.missing"),
        (MATCHING, "right: o2", "right: o9", "question.no-option"),
        (MATCHING, "right: o2, ", "", "field.missing"),
        (MATCHING, "id: p2", "id: p1", "id.duplicate"),
        (MATCHING, "id: o3", "id: o2", "id.duplicate"),
        (MATCHING, "L2, fr: L2", "L1, fr: L1", "question.same-text"),
        (MATCHING, "O3, fr: O3", "O3, fr: O2", "question.same-text"),
        (ORDERING, "id: i2", "id: i1", "id.duplicate"),
        (ORDERING, "en: I2", "en: I1", "question.same-text"),
        (NUMERIC, "value: 12.5\n", "value: twelve\n", "field.value"),
        (NUMERIC, "value: 12.5\n", "value: 12,5\n", "field.value"),
        (NUMERIC, "value: 12.5\n", "value: 1e400\n", "field.value"),
        (NUMERIC, "value: 12.5\n", "value: .inf\n", "field.value"),
        (NUMERIC, "tolerance: 0.5", "tolerance: -1", "field.value"),
        (NUMERIC, "tolerance: 0.5", "tolerance: a bit", "field.value"),
        (NUMERIC, "unit: eur", "unit: gbp", "question.no-unit"),
        (NUMERIC, "unit: eur\n", "", "field.missing"),
        (NUMERIC, "value: 0.125", "value: 12.9", "question.right-mistake"),
        (CLOZE, "One {g1} and", "One and", "question.gap-missing"),
        (CLOZE, "Un {g2} et", "Un {g2} {g2} et", "question.gap-missing"),
        (CLOZE, "One {g1} and", "One {g1} {g3} and", "question.gap-unknown"),
        (CLOZE, f"g1, choices: [{A}, {B}]", f"g1, choices: [{B}, {C}]", "question.no-correct"),
        (CLOZE, "id: g2", "id: g1", "id.duplicate"),
        (SHORT, "[solidarity]", "[]", "question.no-accepted"),
        (SHORT, "[solidarity]", "['?!']", "question.no-accepted"),
        (SHORT, "en: [solidarity], ", "", "translation.missing"),
        (SHORT, f"if_right: {T}\n", "", "field.missing"),
        (UNSCORED, f"model_answer: {T}", "", "field.missing"),
        (UNSCORED, "scored: false", "scored: false\naccepted: {en: [a], fr: [a]}", "field.unknown"),
        (SCENARIO, f"s1, prompt: {T}, choices: [{A}, {B}]", f"s1, prompt: {T}", "field.missing"),
        (SCENARIO, "id: s2", "id: s1", "id.duplicate"),
    ],
)
def test_what_cannot_be_answered_is_an_error(
    course: CourseFolder, source: str, old: str, new: str, code: str
) -> None:
    assert old in source
    course.quiz(source.replace(old, new, 1))

    problems = course.problems()

    assert code in {problem.code for problem in problems}, problems
    assert {problem.path for problem in problems} == {QUESTIONS}
    assert all(problem.line >= 9 and problem.column > 1 for problem in problems)
    assert all(problem.severity == "error" for problem in problems)


def test_checks_need_no_outcome_but_may_not_invent_one(course: CourseFolder) -> None:
    course.replace(QUESTIONS, "    type: true-false", "    outcome: told\n    type: true-false")
    assert course.only("id.unknown").hint == "did you mean “tell”?"


def test_an_unscored_quiz_is_pointed_out(course: CourseFolder) -> None:
    text = (course.root / QUESTIONS).read_text("utf-8")
    course.write(QUESTIONS, "quiz: []\n" + text[text.index("checks:") :])
    assert course.only("quiz.unscored").severity == "warning"


def test_an_outcome_that_nothing_tests(course: CourseFolder) -> None:
    unit = "units/01-start/unit.yaml"
    course.replace(
        unit, "competences:", "  - {id: show, text: {en: Show, fr: Montrer}}\ncompetences:"
    )
    problem = course.only("quiz.outcome-untested")
    assert (problem.path, problem.line, problem.severity) == (unit, 6, "warning")


def with_pool(course: CourseFolder, *, draw: int, points: int) -> CourseFolder:
    """Two questions of one pool, the second with ``points``; ``draw`` of them are asked."""
    unit = "units/01-start/unit.yaml"
    course.replace(
        unit, "pages:", f"quiz:\n  pools:\n    - id: law\n      draw: {draw}\npages:"
    ).replace(QUESTIONS, "    outcome: tell\n", "    outcome: tell\n    pool: law\n")
    return course.quiz(SINGLE.strip() + f"\npool: law\npoints: {points}\n")


def test_a_pool_that_fits_is_read(course: CourseFolder) -> None:
    [unit] = with_pool(course, draw=1, points=1).load().units
    assert unit.rules.pools == (model.Pool("law", 1),)
    assert [question.pool for question in unit.quiz] == ["law", "law"]


def test_a_pool_with_too_few_questions_is_told_where_it_stands(course: CourseFolder) -> None:
    problem = with_pool(course, draw=3, points=1).only("pool.too-small")
    assert (problem.path, problem.line) == ("units/01-start/unit.yaml", 12)
    assert "3 questions" in problem.message


def test_questions_of_one_pool_weigh_the_same(course: CourseFolder) -> None:
    problem = with_pool(course, draw=1, points=2).only("pool.points")
    assert (problem.path, problem.line) == (QUESTIONS, 10)


@pytest.mark.parametrize("rule", ["order: random", "choices: any", "feedback: later"])
def test_rules_of_a_quiz_that_there_are_not(course: CourseFolder, rule: str) -> None:
    course.replace("units/01-start/unit.yaml", "pages:", f"quiz:\n  {rule}\npages:")
    problem = course.only("field.value")
    assert (problem.line, problem.severity) == (10, "error")


def test_a_pool_that_the_unit_does_not_have(course: CourseFolder) -> None:
    course.replace(QUESTIONS, "    outcome: tell\n", "    outcome: tell\n    pool: law\n")
    assert "error" in {problem.severity for problem in course.problems()}
    assert any("pool" in problem.message for problem in course.problems())
