"""The builder's commands, called as a shell would."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from scorm_builder.cli import main


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def break_course(course: Path) -> None:
    """Three errors in three files."""
    (course / "glossary.yaml").write_text("- id: cooperative\n  term: {en: x}\n", "utf-8")
    page = course / "units/01-first-steps/pages/an-assembly.fr.md"
    page.write_text(page.read_text("utf-8") + "\n[nowhere](page:nowhere)\n", "utf-8")
    questions = course / "units/01-first-steps/questions.yaml"
    questions.write_text(questions.read_text("utf-8").replace("value: 20", "value: many"), "utf-8")
