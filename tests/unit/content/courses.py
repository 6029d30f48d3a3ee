"""Tiny courses on disk: a good one to begin with, then spoilt file by file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from content.load import inspect_course, load_course
from content.model import Course
from content.problems import Problem

UNIT = "units/01-start"
QUESTIONS = f"{UNIT}/questions.yaml"
PAGE = f"{UNIT}/pages/one.en.md"

COURSE_YAML = """\
format: 1
id: tiny
version: "1.0"
languages: [en, fr]
title: {en: Tiny, fr: Petit}
description: {en: A tiny course, fr: Un petit cours}
licence: CC-BY-SA-4.0
authors: [Somebody]
competences:
  - {id: c1, title: {en: Decide, fr: Décider}}
units: [01-start]
"""
UNIT_YAML = """\
id: start
title: {en: Start, fr: Début}
summary: {en: A start, fr: Un début}
outcomes:
  - {id: tell, text: {en: Tell, fr: Dire}}
competences: [c1]
workload_minutes: 30
eqf_level: 5
pages: [one, two]
"""
QUESTIONS_YAML = """\
quiz:
  - id: q1
    type: single-choice
    outcome: tell
    prompt: {en: Which?, fr: "Lequel\u202f?"}
    choices:
      - {id: a, correct: true, text: {en: A, fr: A}, feedback: {en: Yes, fr: Oui}}
      - {id: b, text: {en: B, fr: B}, feedback: {en: No, fr: Non}}
checks:
  - id: k1
    type: true-false
    prompt: {en: True?, fr: "Vrai\u202f?"}
    answer: no
    if_true: {en: No, fr: Non}
    if_false: {en: Yes, fr: Oui}
""".replace("answer: no", "answer: false")
GLOSSARY_YAML = """\
- id: member
  term: {en: Member, fr: Membre}
  definition: {en: Somebody who votes, fr: Quelqu'un qui vote}
"""
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="4" height="4"/></svg>'
)
PAGE_ONE = """\
---
title: One
---
A [member](term:member) votes; see [page two](page:two).

::: figure drawing.svg
alt: A box
credit: Somebody
:::
"""
PAGE_TWO = """\
---
title: Two
---
## A heading

::: check k1
:::
"""


@dataclass(frozen=True)
class CourseFolder:
    """A course folder under test."""

    root: Path

    def write(self, path: str, content: str | bytes) -> CourseFolder:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        raw = content if isinstance(content, bytes) else content.encode()
        target.write_bytes(raw)
        return self

    def remove(self, path: str) -> CourseFolder:
        (self.root / path).unlink()
        return self

    def replace(self, path: str, old: str, new: str) -> CourseFolder:
        text = (self.root / path).read_text("utf-8")
        assert old in text, f"{old!r} is not in {path}"
        return self.write(path, text.replace(old, new))

    def page(self, markdown: str) -> CourseFolder:
        """Add ``markdown`` to page one in both languages."""
        for language in ("en", "fr"):
            path = self.root / UNIT / "pages" / f"one.{language}.md"
            path.write_text(path.read_text("utf-8") + "\n" + dedent(markdown), "utf-8")
        return self

    def quiz(self, question: str) -> CourseFolder:
        """Put one more item, written as YAML fields, into the quiz."""
        lines = dedent(question).strip().splitlines()
        item = "".join(f"  {'- ' if n == 0 else '  '}{line}\n" for n, line in enumerate(lines))
        return self.replace(QUESTIONS, "checks:\n", f"{item}checks:\n")

    def load(self) -> Course:
        return load_course(self.root)

    def problems(self) -> tuple[Problem, ...]:
        return inspect_course(self.root)[1]

    def codes(self) -> list[str]:
        return [problem.code for problem in self.problems()]

    def only(self, code: str) -> Problem:
        """The problem ``code``, which must be there and be the only kind of problem."""
        problems = self.problems()
        assert {problem.code for problem in problems} == {code}, "\n".join(map(str, problems))
        return problems[0]


NewCourse = Callable[[], CourseFolder]


def make_course(root: Path) -> CourseFolder:
    """A course without a single problem: one unit, two pages, English and French."""
    course = CourseFolder(root)
    course.write("course.yaml", COURSE_YAML)
    course.write("glossary.yaml", GLOSSARY_YAML)
    course.write(f"{UNIT}/unit.yaml", UNIT_YAML)
    course.write(QUESTIONS, QUESTIONS_YAML)
    course.write(f"{UNIT}/media/drawing.svg", SVG)
    for name, text in (("one", PAGE_ONE), ("two", PAGE_TWO)):
        course.write(f"{UNIT}/pages/{name}.en.md", text)
        french = text.replace("votes;", "vote\u202f;")
        course.write(f"{UNIT}/pages/{name}.fr.md", french)
    return course
