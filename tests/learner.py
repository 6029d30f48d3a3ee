"""A scripted learner: takes a unit in the player as a person would, whatever medium and language
the player has, in a page or in any frame. Answers have the forms of ``content.grading.grade``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from playwright.sync_api import Frame, FrameLocator, Locator, Page, expect

from content.model import (
    Cloze,
    Matching,
    MultipleChoice,
    Numeric,
    Ordering,
    Question,
    Scenario,
    ShortText,
    SingleChoice,
    TrueFalse,
    Unit,
)
from tests.chromium import PATIENCE

Answers = dict[str, Any]


def right_answer(question: Question, language: str) -> Any:
    """The answer that earns all the credit."""
    match question:
        case SingleChoice(choices=choices):
            return next(choice.id for choice in choices if choice.correct)
        case MultipleChoice(choices=choices):
            return [choice.id for choice in choices if choice.correct]
        case TrueFalse(answer=answer, reasons=reasons):
            reason = [choice.id for choice in reasons if choice.correct]
            return {"value": answer} | ({"reason": reason[0]} if reason else {})
        case Matching(pairs=pairs):
            return {pair.id: pair.right for pair in pairs}
        case Ordering(items=items):
            return [item.id for item in items]
        case Numeric(value=value, unit=unit):
            return {"value": format(value, "f")} | ({"unit": unit} if unit else {})
        case Cloze(gaps=parts) | Scenario(steps=parts):
            return {part.id: next(c.id for c in part.choices if c.correct) for part in parts}
        case ShortText(accepted=accepted, model_answer=model, scored=scored):
            return accepted[language][0] if scored else f"As I see it: {model[language]}"[:300]
    raise TypeError(type(question).__name__)


def script(unit: Unit, language: str) -> Answers:
    """Answers to a unit's quiz with some slips: a right tick forgotten in each multiple-choice
    question, two lines of each matching one mixed up. So the score has decimals and is a pass."""
    answers = {question.id: right_answer(question, language) for question in unit.quiz}
    for question in unit.quiz:
        given = answers[question.id]
        if isinstance(question, MultipleChoice) and len(given) > 1:
            given.pop()
        elif isinstance(question, Matching) and len(given) > 1:
            first, second = list(given)[:2]
            given[first], given[second] = given[second], given[first]
    return answers


def read_number(text: str) -> Decimal:
    """The first number in ``text``, written in any language of the player."""
    found = re.search(r"\d+(?:[.,٫]\d+)?", text)
    if found is None:
        raise AssertionError(f"no number in “{text}”")
    return Decimal(re.sub(r"[,٫]", ".", found[0]))


class Learner:
    """One person in front of the player in ``place``. A ``FrameLocator`` is best for frames: it
    outlives their reloads."""

    def __init__(self, place: Page | Frame | FrameLocator, unit: Unit) -> None:
        self.place, self.unit = place, unit

    def arrive(self) -> None:
        """Wait until the player is ready to be used."""
        self.place.locator("body.is-ready .view.is-current").wait_for(timeout=PATIENCE)

    @cached_property
    def data(self) -> dict[str, Any]:
        """The document's course data."""
        text = self.place.locator("#course-data").text_content(timeout=PATIENCE)
        return dict(json.loads(text or "{}"))

    def words(self, key: str) -> str:
        """The player's own words for ``key``, in its language; of a plural the usual form."""
        found = self.data["strings"][key]
        return str(found if isinstance(found, str) else found["other"])

    @property
    def where(self) -> str:
        """The page in view: a page's id, ``quiz`` or ``result``."""
        view = self._current.get_attribute("data-view", timeout=PATIENCE) or ""
        return view.rpartition("/")[2]

    def read_on(self, *, to: str) -> list[str]:
        """Turn pages by “Next” until ``to`` is in view; the pages read on the way."""
        read: list[str] = []
        while (here := self.where) != to:
            if len(read) > len(self.unit.pages):
                raise AssertionError(f"“Next” does not lead to {to}: {read}")
            read.append(here)
            self._current.locator("a[rel=next]").click()
            expect(self._view(here)).not_to_be_visible(timeout=PATIENCE)
        return read

    def checks_here(self) -> list[str]:
        """The ids of the check questions in the page in view."""
        places = self._current.locator("[data-check]").all()
        return [place.get_attribute("data-check") or "" for place in places]

    def asked_here(self) -> list[str]:
        """The ids of the questions in the page in view, in their order."""
        places = self._current.locator("[data-question]").all()
        return [place.get_attribute("data-question") or "" for place in places]

    def check(self, question_id: str, answer: Any) -> str:
        """Answer a check question in the page in view; what the player says to it."""
        self.answer(question_id, answer)
        box = self._current.locator(f'form:has([data-question="{question_id}"])')
        box.get_by_role("button", name=self.words("check.button")).click()
        outcome = self._question(question_id).locator(".verdict")
        return outcome.inner_text(timeout=PATIENCE).strip()

    def answer_quiz(self, answers: Mapping[str, Any]) -> None:
        for question_id, answer in answers.items():
            self.answer(question_id, answer)

    def try_again(self) -> None:
        """Begin another attempt, from the result page or from the quiz that is done."""
        self._current.get_by_text(self.words("quiz.again"), exact=True).click()
        self._view("quiz").wait_for(timeout=PATIENCE)

    def hand_in(self, *, incomplete: bool = False) -> Decimal:
        """Hand the quiz in and confirm it; the score on the result page. ``incomplete``: some
        questions have no answer."""
        self._current.get_by_role("button", name=self.words("quiz.hand-in")).click()
        if incomplete:
            self._current.get_by_role("button", name=self.words("quiz.missing.anyway")).click()
        dialog = self.place.get_by_role("dialog")
        dialog.get_by_role("button", name=self.words("quiz.confirm.yes"), exact=True).click()
        self._view("result").wait_for(timeout=PATIENCE)
        return self.score()

    def score(self) -> Decimal:
        """The score that the result page in view tells."""
        text = self._current.locator(".verdict-score").inner_text(timeout=PATIENCE)
        return read_number(text)

    def given(self, question_id: str) -> Any:
        """The answer that stands in the form now; None where there is none."""
        return self._form(question_id).read()

    def answer(self, question_id: str, answer: Any) -> None:
        self._form(question_id).fill(answer)

    @property
    def _current(self) -> Locator:
        return self.place.locator(".view.is-current")

    def _view(self, page: str) -> Locator:
        return self.place.locator(f'.view.is-current[data-view$="/{page}"]')

    def _question(self, question_id: str) -> Locator:
        return self._current.locator(f'[data-question="{question_id}"]')

    def _form(self, question_id: str) -> _Form:
        question = self.unit.question(question_id)
        if question is None:
            raise KeyError(question_id)
        return _Form(self._question(question_id), question)


class _Form:
    """The controls of one question. Their ids end in the ids of the parts that they are for."""

    def __init__(self, box: Locator, question: Question) -> None:
        self.box, self.question = box, question

    def fill(self, answer: Any) -> None:
        match self.question:
            case SingleChoice():
                self._choose(answer)
            case MultipleChoice(choices=choices):
                for choice in choices:
                    self._control(choice.id).set_checked(choice.id in answer)
            case TrueFalse():
                self._choose(str(answer["value"]).lower())
                if "reason" in answer:
                    self._choose(f"why-{answer['reason']}")
            case Matching() | Cloze():
                for part, chosen in answer.items():
                    self._control(part).select_option(chosen)
            case Ordering():
                for place, item in enumerate(answer, 1):
                    self._control(item).select_option(str(place))
            case Numeric():
                self.box.locator("input").fill(answer["value"])
                if "unit" in answer:
                    self.box.locator("select").select_option(answer["unit"])
            case ShortText():
                self._text.fill(answer)
            case Scenario():
                for step, chosen in answer.items():
                    self._choose(f"{step}-{chosen}")

    def read(self) -> Any:
        match self.question:
            case SingleChoice(choices=choices):
                return next(iter(self._chosen(c.id for c in choices)), None)
            case MultipleChoice(choices=choices):
                return self._chosen(c.id for c in choices) or None
            case TrueFalse(reasons=reasons):
                verdict = self._chosen(["true", "false"])
                why = self._chosen(f"why-{choice.id}" for choice in reasons)
                if not verdict:
                    return None
                reason = {"reason": why[0].removeprefix("why-")} if why else {}
                return {"value": verdict == ["true"], **reason}
            case Matching(pairs=parts) | Cloze(gaps=parts):
                return self._menus(part.id for part in parts) or None
            case Ordering(items=items):
                places = self._menus(item.id for item in items)
                return sorted(places, key=lambda item: int(places[item])) or None
            case Numeric(units=units):
                value = self.box.locator("input").input_value()
                unit = self.box.locator("select").input_value() if units else ""
                return ({"value": value} | ({"unit": unit} if unit else {})) if value else None
            case ShortText():
                return self._text.input_value() or None
            case Scenario(steps=steps):
                pairs = [(s.id, c.id) for s in steps for c in s.choices]
                return {s: c for s, c in pairs if self._chosen([f"{s}-{c}"])} or None
        raise TypeError(type(self.question).__name__)

    @property
    def _text(self) -> Locator:
        return self.box.locator("input, textarea")

    def _control(self, part: str) -> Locator:
        return self.box.locator(f'[id$="{self.question.id}-{part}"]')

    def _choose(self, part: str) -> None:
        self._control(part).check()

    def _chosen(self, parts: Any) -> list[str]:
        return [part for part in parts if self._control(part).is_checked()]

    def _menus(self, parts: Any) -> dict[str, str]:
        values = {part: self._control(part).input_value() for part in parts}
        return {part: value for part, value in values.items() if value}


def take(
    open_player: Callable[[], FrameLocator],
    leave: Callable[[], None],
    unit: Unit,
    language: str,
    answers: Answers,
) -> Decimal:
    """Take the whole unit with two breaks, one in the pages and one in the quiz, and see that each
    time the player takes the learner back to where they were. The score that the player tells."""
    learner = Learner(open_player(), unit)
    learner.arrive()
    middle = unit.pages[len(unit.pages) // 2].id
    learner.read_on(to=middle)
    for question_id in learner.checks_here():
        question = unit.question(question_id)
        assert question, f"the page shows a question {question_id} that the unit does not have"
        said = learner.check(question_id, right_answer(question, language))
        assert said == learner.words("verdict.right"), f"{question_id}, answered rightly: {said}"
    leave()
    learner = Learner(open_player(), unit)
    learner.arrive()
    assert learner.where == middle, f"resumed on {learner.where}, not on {middle}"
    learner.read_on(to="quiz")
    half = dict(list(answers.items())[: len(answers) // 2])
    learner.answer_quiz(half)
    leave()
    learner = Learner(open_player(), unit)
    learner.arrive()
    assert learner.where == "quiz", f"resumed on {learner.where}, not in the quiz"
    for question_id, answer in half.items():
        kept = learner.given(question_id)
        assert kept == answer, f"{question_id}: {kept} came back, not {answer}"
    learner.answer_quiz({key: answers[key] for key in answers if key not in half})
    return learner.hand_in()
