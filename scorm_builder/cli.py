"""The ``scorm-builder`` command. Results go to standard output, all else to standard error.

Every command exits 0 when all is well, 1 when it found problems, 2 when it was called wrongly.
Heavy imports stand inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from content.model import Course
    from content.problems import Problem

#: As in ``scorm_builder.formats``, which is not imported for a mere --help; a test compares them.
FORMAT_NAMES = ("scorm12", "scorm2004")

_COURSE = click.Path(exists=True, file_okay=False, path_type=Path)
_PACKAGE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Every command exits 0 when all is well, 1 with problems, 2 when it was called wrongly.",
)
@click.version_option(package_name="sse-campus")
def main() -> None:
    """Make SCORM packages from courses written as plain files.

    \b
    A first course, checked, looked at and built:
        scorm-builder new my-course
        scorm-builder preview my-course --open
        scorm-builder check my-course
        scorm-builder build my-course
    """


@main.command()
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
        raise _failed(f"{folder} cannot be written: {error.strerror or error}") from error
    for file in files:
        click.echo(str(file))
    click.echo(f"Next: scorm-builder preview {shlex.quote(str(folder))} --open", err=True)


@main.command()
@click.argument("course", type=_COURSE)
@click.option("--strict", is_flag=True, help="Take warnings for errors.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array of all problems.")
def check(course: Path, strict: bool, as_json: bool) -> None:
    """List every problem in the course folder COURSE.

    Each problem is one line: file:line:column, severity, code, what is wrong and what to do.

    \b
    Examples:
        scorm-builder check my-course
        scorm-builder check my-course --strict --json
    """
    from content.load import inspect_course

    _, problems = inspect_course(course)
    if strict:
        problems = tuple(replace(problem, severity="error") for problem in problems)
    if as_json:
        click.echo(json.dumps([problem.as_dict() for problem in problems], indent=2))
    else:
        for problem in problems:
            click.echo(str(problem))
    click.echo(_summary(problems), err=True)
    _exit_for(problems)


@main.command()
@click.argument("course", type=_COURSE)
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
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a package.")
def build(
    course: Path,
    formats: Sequence[str],
    languages: Sequence[str],
    units: Sequence[str],
    output: Path,
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

    loaded = _load(course)
    _known("--language", languages, loaded.languages)
    _known("--unit", units, [unit.id for unit in loaded.units])
    chosen_units = [unit for unit in loaded.units if unit.id in units]
    chosen_languages = [language for language in loaded.languages if language in languages]
    try:
        for package in build_course(
            loaded,
            formats=[FORMATS[name] for name in _once(formats or [DEFAULT_FORMAT])],
            languages=chosen_languages or loaded.languages,
            units=chosen_units,
            output=output,
        ):
            if as_json:
                click.echo(json.dumps(package.as_dict()))
            else:
                click.echo(str(package.path))
            size = f"{package.bytes / 1e6:.1f} MB, {package.entries} entries"
            click.echo(f"built {package.path.name}: {size}", err=True)
    except BuildError as error:
        raise _failed(f"{error.code}: {error}") from error


@main.command()
@click.argument("packages", nargs=-1, required=True, type=_PACKAGE, metavar="PACKAGE.zip...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a package.")
def validate(packages: Sequence[Path], as_json: bool) -> None:
    """Say what is wrong with SCORM packages, whichever tool made them.

    SCORM 1.2 and SCORM 2004: the archive itself, the manifest against the standard's schemas and
    rules, files missing or not listed, calls to the network, and traps of real LMSs. Nothing is
    unpacked.

    \b
    Examples:
        scorm-builder validate dist/*.zip
        scorm-builder validate course.zip --json
    """
    from scorm_builder.verify import verify_package

    all_valid = True
    for path in packages:
        report = verify_package(path)
        all_valid = all_valid and report.valid
        if as_json:
            result = {
                "path": str(path),
                "format": report.format,
                "valid": report.valid,
                "problems": [problem.as_dict() for problem in report.problems],
            }
            click.echo(json.dumps(result))
            continue
        verdict = "valid" if report.valid else "not valid"
        click.echo(f"{path}: {verdict}" + (f" ({report.format})" if report.format else ""))
        for problem in report.problems:
            click.echo(f"  {problem}")
    if not all_valid:
        raise SystemExit(1)


@main.command()
@click.argument("course", type=_COURSE)
@click.option("--port", type=click.IntRange(0, 65535), default=8321, show_default=True)
@click.option("--open", "open_browser", is_flag=True, help="Open the page in the browser.")
def preview(course: Path, port: int, open_browser: bool) -> None:
    """Show the course folder COURSE in the browser, anew after each save.

    Problems stand in the page, with file and line. Stop with Ctrl-C. Nothing is sent anywhere:
    the page is at 127.0.0.1, for this computer alone.

    \b
    Example:
        scorm-builder preview my-course --open
    """
    from scorm_builder.preview.server import PortInUseError, serve

    try:
        serve(course, port=port, open_browser=open_browser, announce=_announce)
    except PortInUseError as error:
        raise click.UsageError(str(error)) from error


def _announce(address: str) -> None:
    click.echo(address)
    click.echo("Reloads when you save. Stop with Ctrl-C.", err=True)


def _load(folder: Path) -> Course:
    """The course; where it has errors, all are listed and the command ends with 1."""
    from content.load import inspect_course

    course, problems = inspect_course(folder)
    for problem in problems:
        click.echo(str(problem), err=True)
    if course is None:
        raise _failed(f"{folder} cannot be built: {_summary(problems)}.")
    return course


def _summary(problems: Iterable[Problem]) -> str:
    counts = {"error": 0, "warning": 0}
    for problem in problems:
        counts[problem.severity] += 1
    parts = [f"{n} {word}{'s' if n > 1 else ''}" for word, n in counts.items() if n]
    return ", ".join(parts) or "no problems"


def _exit_for(problems: Iterable[Problem]) -> None:
    if any(problem.severity == "error" for problem in problems):
        raise SystemExit(1)


def _known(option: str, given: Iterable[str], choices: Sequence[str]) -> None:
    for value in given:
        if value not in choices:
            raise click.UsageError(
                f"{option} {value}: this course has no such; choose from {', '.join(choices)}."
            )


def _once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _failed(message: str) -> click.ClickException:
    """Ends the command with exit code 1, which is ClickException's own."""
    return click.ClickException(message)
