"""What the commands share: the course folder given, its problems, and how they end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from content.files import Hashing
    from content.loaded import Loaded
    from content.model import Course
    from content.problems import Problem

COURSE = click.Path(exists=True, file_okay=False, path_type=Path)


def load(folder: Path) -> Course:
    """The course. Raises ``CourseError``, which ``refusals`` lists."""
    return load_with_places(folder).course


def load_with_places(
    folder: Path, hashing: Hashing | None = None, *, to_the_end: bool = True
) -> Loaded:
    """As ``load``, with the places of its parts. ``hashing`` reads its media, for which it is
    waited ``to_the_end`` or not (``content.load.survey_course``)."""
    from content.load import survey_course
    from scorm_builder.errors import CourseError

    loaded, problems = survey_course(folder, hashing, to_the_end=to_the_end)
    if loaded is None or loaded.findings.has_errors:
        raise CourseError(problems)
    for problem in problems:
        click.echo(str(problem), err=True)
    return loaded


@contextmanager
def refusals(course: Path, *, as_json: bool) -> Iterator[None]:
    """What the builder refuses ends the command: with 2 where it was called wrongly, else with 1,
    all problems listed; ``as_json`` on standard output too, a line each."""
    from scorm_builder.errors import BuildError, ProfileError
    from scorm_builder.request import RequestError, UnknownNameError

    try:
        yield
    except (UnknownNameError, RequestError) as error:
        raise click.UsageError(f"--{error.option}: {error}.") from error
    except ProfileError as error:
        raise click.UsageError(f"--profile: {error}") from error
    except BuildError as error:
        problems: Sequence[Problem] = getattr(error, "problems", ())
        if not problems:
            if as_json:
                click.echo(json.dumps(error.as_dict()))
            raise failed(f"{error.code}: {error}") from error
        for problem in problems:
            if as_json:
                click.echo(json.dumps(problem.as_dict()))
            click.echo(str(problem), err=True)
        raise failed(f"{course} cannot be built: {summary(problems)}.") from error


def summary(problems: Iterable[Problem]) -> str:
    counts = {"error": 0, "warning": 0}
    for problem in problems:
        counts[problem.severity] += 1
    parts = [f"{n} {word}{'s' if n > 1 else ''}" for word, n in counts.items() if n]
    return ", ".join(parts) or "no problems"


def exit_for(problems: Iterable[Problem]) -> None:
    if any(problem.severity == "error" for problem in problems):
        raise SystemExit(1)


def say(line: str) -> None:
    """What is no result goes to standard error."""
    click.echo(line, err=True)


def failed(message: str) -> click.ClickException:
    """Ends the command with exit code 1, which is ClickException's own."""
    return click.ClickException(message)
