"""A small course to play, written anew whenever a test wants another version of it."""

from __future__ import annotations

import shutil
from pathlib import Path

COURSE = """\
format: 1
id: small
version: "1"
languages: [en, fr]
title: {en: Small course, fr: Petit cours}
description: {en: To try things, fr: Pour essayer}
licence: CC-BY-SA-4.0
authors: [Tests]
mastery_score: 60
competences:
  - {id: c1, title: {en: Governance, fr: Gouvernance}}
target_groups:
  - {id: managers, title: {en: Managers, fr: Responsables}}
units: [01-first]
"""
UNIT = """\
id: first
title: {en: First <b>unit</b> & more, fr: Première unité}
summary: {en: About votes, fr: Sur les votes}
outcomes:
  - {id: explain, text: {en: Explain it, fr: Expliquer}}
competences: [c1]
target_groups: [managers]
workload_minutes: 30
eqf_level: 5
attempts: 2
pages: [one, two]
"""
CHOICES = """\
    choices:
      - {{id: a, {a}text: {{en: Members, fr: Les membres}}, feedback: {{en: told-a, fr: dit-a}}}}
      - {{id: b, {b}text: {{en: The owner, fr: Le patron}}, feedback: {{en: told-b, fr: dit-b}}}}
"""
QUESTION = """\
  - id: {id}
    type: single-choice
    outcome: explain
    prompt: {{en: "{prompt}", fr: "Qui décide ?"}}
"""


def write_course(folder: Path, *, right: str = "a", prompt: str = "Who decides?") -> Path:
    """The course, with ``right`` as the key of every question. Written as one change."""
    draft = folder.with_name(folder.name + ".draft")
    unit = draft / "units" / "01-first"
    (unit / "pages").mkdir(parents=True)
    (unit / "media").mkdir()
    (draft / "course.yaml").write_text(COURSE, encoding="utf-8")
    (unit / "unit.yaml").write_text(UNIT, encoding="utf-8")
    keys = {key: "correct: true, " if key == right else "" for key in "ab"}
    choices = CHOICES.format(**keys)
    quiz = "".join(QUESTION.format(id=item, prompt=prompt) + choices for item in ("q1", "q2"))
    check = QUESTION.format(id="check1", prompt="And here?") + choices
    (unit / "questions.yaml").write_text(f"quiz:\n{quiz}checks:\n{check}", encoding="utf-8")
    for language, title in (("en", "Page"), ("fr", "La page")):
        (unit / "pages" / f"one.{language}.md").write_text(
            f"---\ntitle: {title} one\n---\nText of page one.\n\n::: check check1\n:::\n\n"
            "::: figure ring.svg\nalt: A ring\ncredit: Tests\n:::\n",
            encoding="utf-8",
        )
        (unit / "pages" / f"two.{language}.md").write_text(
            f"---\ntitle: {title} two\n---\nText of page two.\n", encoding="utf-8"
        )
        (unit / f"guide.{language}.md").write_text("For trainers only.\n", encoding="utf-8")
    (unit / "media" / "ring.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="3"/></svg>',
        encoding="utf-8",
    )
    if folder.exists():
        shutil.rmtree(folder)
    draft.rename(folder)
    return folder


def break_course(folder: Path) -> None:
    (folder / "units" / "01-first" / "unit.yaml").write_text("id: [broken\n", encoding="utf-8")
