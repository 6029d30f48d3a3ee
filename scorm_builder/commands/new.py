"""``scorm-builder new``."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from scorm_builder.commands.course import failed


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Make a small course in FOLDER that builds and plays at once.

    Two pages, a glossary term and a quiz, in English and French, to be written over. FOLDER must
    be new or empty.

    \b
    Example:
        scorm-builder new my-course
    """
    from scorm_builder.starter import FolderInUseError, make_course

    try:
        files = make_course(folder)
    except FolderInUseError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise failed(f"{folder} cannot be written: {error.strerror or error}") from error
    for file in files:
        click.echo(str(file))
    click.echo(f"Next: scorm-builder preview {shlex.quote(str(folder))} --open", err=True)
