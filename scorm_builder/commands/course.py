"""What the commands share: the course folder given, its problems, and how they end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from content.files import Hashing
    from content.loaded import Loaded
    from content.model import Course, Unit
    from content.problems import Problem
    from scorm_builder.media.fitted import Fitted

COURSE = click.Path(exists=True, file_okay=False, path_type=Path)


def load(folder: Path) -> Course:
    """The course; where it has errors, all are listed and the command ends with 1."""
    return load_with_places(folder).course


def load_with_places(folder: Path, hashing: Hashing | None = None) -> Loaded:
    """As ``load``, with the places of its parts. ``hashing`` reads its media."""
    from content.load import survey_course

    loaded, problems = survey_course(folder, hashing)
    for problem in problems:
        click.echo(str(problem), err=True)
    if loaded is None or loaded.findings.has_errors:
        raise failed(f"{folder} cannot be built: {summary(problems)}.")
    return loaded


def look_into_media(
    course: Course, units: Sequence[Unit], languages: Sequence[str], fitted: Fitted
) -> None:
    """Tell the problems of the media that will be shown; errors end the command with 1. All units
    or languages where none is named."""
    from scorm_builder.media.inspecting import inspect_media

    problems = inspect_media(course, units or course.units, languages or course.languages, fitted)
    for problem in problems:
        click.echo(str(problem), err=True)
    if any(problem.severity == "error" for problem in problems):
        raise failed(f"{course.root} cannot be built: {summary(problems)}.")


def summary(problems: Iterable[Problem]) -> str:
    counts = {"error": 0, "warning": 0}
    for problem in problems:
        counts[problem.severity] += 1
    parts = [f"{n} {word}{'s' if n > 1 else ''}" for word, n in counts.items() if n]
    return ", ".join(parts) or "no problems"


def exit_for(problems: Iterable[Problem]) -> None:
    if any(problem.severity == "error" for problem in problems):
        raise SystemExit(1)


def known(option: str, given: Iterable[str], choices: Sequence[str]) -> None:
    for value in given:
        if value not in choices:
            raise click.UsageError(
                f"{option} {value}: this course has no such; choose from {', '.join(choices)}."
            )


def once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def failed(message: str) -> click.ClickException:
    """Ends the command with exit code 1, which is ClickException's own."""
    return click.ClickException(message)
