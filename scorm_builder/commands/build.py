"""``scorm-builder build``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from scorm_builder.commands.course import COURSE, failed, known, load, look_into_media, once

#: As in ``scorm_builder.formats``, which is not imported for a mere --help; a test compares them.
FORMAT_NAMES = ("scorm12", "scorm2004", "scorm2004-3rd", "scorm2004-2nd")


@click.command()
@click.argument("course", type=COURSE)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMAT_NAMES),
    help="scorm12 unless given. May be repeated.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="XX",
    help="A language of the course; every language unless given. May be repeated.",
)
@click.option(
    "--unit",
    "units",
    multiple=True,
    metavar="ID",
    help="Package this unit alone; the whole course unless given. May be repeated.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("dist"),
    show_default=True,
    help="Folder for the packages; made if it is not there.",
)
@click.option("--light", is_flag=True, help="The edition for weak links: small pictures, no video.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a package.")
def build(
    course: Path,
    formats: Sequence[str],
    languages: Sequence[str],
    units: Sequence[str],
    output: Path,
    light: bool,
    as_json: bool,
) -> None:
    """Build SCORM packages of the course folder COURSE.

    One package a language and format, named <course>[-<unit>]-<language>-<format>.zip. Each is
    verified before it takes its place; the same course always gives the same bytes.

    \b
    Examples:
        scorm-builder build my-course
        scorm-builder build my-course --format scorm12 --format scorm2004 --language fr
        scorm-builder build my-course --unit first-steps --output packages --json
    """
    from scorm_builder.build import build_course
    from scorm_builder.errors import BuildError
    from scorm_builder.formats import DEFAULT_FORMAT, FORMATS
    from scorm_builder.media.room import MediaRoom

    loaded = load(course)
    known("--language", languages, loaded.languages)
    known("--unit", units, [unit.id for unit in loaded.units])
    chosen_units = [unit for unit in loaded.units if unit.id in units]
    chosen_languages = [language for language in loaded.languages if language in languages]
    try:
        with MediaRoom() as media:
            fitted = media.fitted(light=light)
            look_into_media(loaded, chosen_units, chosen_languages, fitted)
            for package in build_course(
                loaded,
                formats=[FORMATS[name] for name in once(formats or [DEFAULT_FORMAT])],
                languages=chosen_languages or loaded.languages,
                units=chosen_units,
                output=output,
                media=media,
                light=light,
            ):
                if as_json:
                    click.echo(json.dumps(package.as_dict()))
                else:
                    click.echo(str(package.path))
                size = f"{package.bytes / 1e6:.1f} MB, {package.entries} entries"
                click.echo(f"built {package.path.name}: {size}", err=True)
    except BuildError as error:
        raise failed(f"{error.code}: {error}") from error
