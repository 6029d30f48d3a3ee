"""``scorm-builder new``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from scorm_builder.commands.course import failed
from scorm_builder.commands.options import OneOf, templates


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--template",
    type=OneOf(templates),
    default="unit",
    show_default=True,
    help="What to begin with.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="XX",
    help="en and fr unless given. May be repeated; the first is the course's default.",
)
def new(folder: Path, template: str, languages: Sequence[str]) -> None:
    """Make a course in FOLDER that builds and plays at once, to be written over.

    \b
    unit            two pages, a glossary term, a check and a quiz
    quiz            a quiz that draws its questions anew for each attempt
    case-study      a case told over three pages, with figures and a decision
    trainers-guide  a unit for the room, with its trainer guide

    There are texts in English, French and Arabic; another language begins with the English ones.
    FOLDER must be new or empty.

    \b
    Examples:
        scorm-builder new my-course
        scorm-builder new bakery --template case-study --language fr --language ar
    """
    from scorm_builder.api import UnknownNameError, new_course
    from scorm_builder.starter import DEFAULT_LANGUAGES, FolderInUseError, text_language

    chosen = list(dict.fromkeys(languages)) or list(DEFAULT_LANGUAGES)
    try:
        made = new_course(folder, template=template, languages=chosen)
    except UnknownNameError as error:
        raise click.UsageError(f"--{error.option}: {error}.") from error
    except FolderInUseError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise failed(f"{folder} cannot be written: {error.strerror or error}") from error
    for file in made:
        click.echo(str(file))
    for language in chosen:
        begun = text_language(language)
        if begun != language.split("-")[0]:
            click.echo(
                f"{language}: there are no ready texts in this language, so it begins with those "
                f"in {begun}; translate them.",
                err=True,
            )
    click.echo(f"Next: scorm-builder preview {shlex.quote(str(folder))} --open", err=True)
