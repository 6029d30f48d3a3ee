"""How a quiz's questions did, from hand-ins over HTTP to the page and its file."""

from __future__ import annotations

import csv
import html
import io
import re
from pathlib import Path

from lti_tool.db import writing
from lti_tool.models import Attempt, now
from tests.integration.lti_tool.conftest import Campus, Person
from tests.integration.lti_tool.course import write_course


def hand_in(learner: Person, first: str, second: str, number: int = 1) -> None:
    body = {"number": number, "answers": {"q1": first, "q2": second}}
    answer = learner.api("POST", "/units/first/hand-in", body)
    assert answer.status_code == 200, answer.text


def class_of(campus: Campus, answers: list[tuple[str, str]], place: str) -> Person:
    """Learners who hand in those answers in a course of their own; its teacher."""
    for number, (first, second) in enumerate(answers):
        hand_in(campus.learner(f"{place}-{number}", context={"id": place}), first, second)
    return campus.teacher(f"{place}-teacher", context={"id": place})


def page(teacher: Person, query: str = "") -> str:
    answer = teacher.get(f"/teach/{teacher.handle}/questions{query}")
    assert answer.status_code == 200, answer.text[:500]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def table(teacher: Person, query: str = "") -> list[dict[str, str]]:
    answer = teacher.get(f"/teach/{teacher.handle}/questions.csv{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/csv; charset=utf-8")
    assert answer.headers["Content-Disposition"].endswith("filename=first-questions.csv")
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_nobody_yet(campus: Campus) -> None:
    teacher = campus.teacher(context={"id": "items-empty"})
    assert "Nobody has handed in the quiz yet." in page(teacher)
    assert {row["Answers"] for row in table(teacher)} == {"0"}


def test_too_few_to_judge(campus: Campus) -> None:
    teacher = class_of(campus, [("a", "a"), ("b", "a")], "items-few")
    shown = page(teacher)
    assert "Too few answers to judge (fewer than 10)." in shown
    assert "Figures from the first attempts of 2 learners." in shown
    assert "Discrimination 0" not in shown


def test_figures_and_reading(campus: Campus) -> None:
    answers = [("a", "a")] * 9 + [("b", "a")] * 2 + [("b", "b")]
    teacher = class_of(campus, answers, "items-read")
    shown = page(teacher)
    assert "Figures from the first attempts of 12 learners." in shown
    rows = {(row["Question"], row["Option"]): row for row in table(teacher)}
    assert rows["q1", "A"]["Right"] == "1"
    assert rows["q1", "A"]["Chosen"] == "9"
    assert rows["q1", "B"]["Chosen"] == "3"
    assert rows["q1", "A"]["Mean share of points"] == "0.75"
    assert rows["q1", "A"]["Method"] == "groups"
    # Of twelve the groups have three each: all three of the upper, none of the lower.
    assert rows["q1", "A"]["Upper group"] == "3"
    assert rows["q1", "A"]["Lower group"] == "0"
    assert rows["q1", "A"]["Discrimination"] == "1.0"
    assert "It tells strong learners from weak ones well." in shown
    assert rows["q2", "A"]["Mean share of points"] == "0.917"


def test_first_attempts_and_all(campus: Campus) -> None:
    learner = campus.learner("items-two", context={"id": "items-two"})
    hand_in(learner, "b", "b", 1)
    hand_in(learner, "a", "a", 2)
    teacher = campus.teacher(context={"id": "items-two"})
    first = {(row["Question"], row["Option"]): row["Chosen"] for row in table(teacher)}
    every = {
        (row["Question"], row["Option"]): row["Chosen"] for row in table(teacher, "?attempts=all")
    }
    assert (first["q1", "A"], first["q1", "B"]) == ("0", "1")
    assert (every["q1", "A"], every["q1", "B"]) == ("1", "1")
    assert "Figures from all 2 attempts handed in" in page(teacher, "?attempts=all")


def test_what_counts(campus: Campus) -> None:
    """Drafts, attempts set aside, other courses' learners and teachers' own do not."""
    place = {"id": "items-count"}
    drafting = campus.learner("items-draft", context=place)
    drafting.api("PUT", "/units/first/answers", {"number": 1, "answers": {"q1": "a"}})
    hand_in(campus.learner("items-else", context={"id": "items-elsewhere"}), "a", "a")
    hand_in(campus.learner("items-in", context=place), "a", "b")
    promoted = campus.learner("items-promoted", context=place)
    hand_in(promoted, "b", "b")
    campus.teacher("items-promoted", context=place)
    teacher = campus.teacher(context=place)
    chosen = {(row["Question"], row["Option"]): row["Chosen"] for row in table(teacher)}
    assert (chosen["q1", "A"], chosen["q1", "B"]) == ("1", "0")
    with campus.tool.app.app_context(), writing() as session:
        for attempt in session.query(Attempt).join(Attempt.progress):
            if attempt.progress.user.sub == "items-in":
                attempt.set_aside_at = now()
    assert {row["Answers"] for row in table(teacher)} == {"0"}, "not from memory"


def test_a_changed_key_is_not_mixed_up(campus: Campus, course: Path) -> None:
    place = {"id": "items-versions"}
    hand_in(campus.learner("items-v1", context=place), "a", "a")
    write_course(course, prompt="Who decides, in other words?")
    second = campus.learner("items-v2", context=place)
    second.document()
    hand_in(second, "a", "b")
    teacher = campus.teacher(context=place)
    assert {row["Answers"] for row in table(teacher)} == {"2"}, "a better wording changes nothing"
    assert "Who decides, in other words?" in page(teacher)
    write_course(course, right="b")
    third = campus.learner("items-v3", context=place)
    third.document()
    hand_in(third, "b", "b")
    rows = table(teacher)
    now_asked = [row for row in rows if row["Number"] == "1"]
    before = [row for row in rows if row["Number"] == "" and row["Question"] == "q1"]
    assert {row["Answers"] for row in now_asked} == {"1"}
    assert {row["Answers"] for row in before} == {"2"}
    assert {row["Option"] for row in now_asked if row["Right"] == "1"} == {"B"}
    assert {row["Option"] for row in before if row["Right"] == "1"} == {"A"}
    assert "Earlier form of a question" in page(teacher)


def test_hostile_answers_are_counted_and_shown_harmlessly(campus: Campus) -> None:
    place = {"id": "items-hostile"}
    for number, sent in enumerate(
        ["<script>alert(1)</script>", ["a"], {"a": "b"}, None, 7, "=1+1", "-", "x" * 9000]
    ):
        learner = campus.learner(f"items-h{number}", context=place)
        body = {"number": 1, "answers": {"q1": sent, "q2": "a"}}
        assert learner.api("POST", "/units/first/hand-in", body).status_code == 200
    teacher = campus.teacher(context=place)
    raw = teacher.get(f"/teach/{teacher.handle}/questions").text
    assert "<script>alert" not in raw
    chosen = {(row["Question"], row["Text"]): row["Chosen"] for row in table(teacher)}
    assert chosen["q1", "No answer"] == "8"


def test_learners_and_strangers_are_kept_out(campus: Campus) -> None:
    learner = campus.learner()
    for path in ("questions", "questions.csv", "questions?attempts=all"):
        assert learner.get(f"/teach/{learner.handle}/{path}").status_code == 403
    picker = campus.picker()
    assert picker.get(f"/teach/{picker.handle}/questions").status_code == 404
    teacher = campus.teacher()
    changed = teacher.handle[:-1] + ("A" if teacher.handle[-1] != "A" else "B")
    assert teacher.get(f"/teach/{changed}/questions").status_code == 401


def test_in_another_language(campus: Campus) -> None:
    teacher = class_of(campus, [("a", "a")], "items-fr")
    french = campus.teacher(context={"id": "items-fr"}, launch_presentation={"locale": "fr"})
    assert "Les membres" in page(french)
    assert "Members" in page(teacher)
