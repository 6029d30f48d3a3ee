"""``scorm-builder validate``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scorm_builder.commands.options import OneOf, judged_profiles
from scorm_builder.request import UnknownNameError, check_known

if TYPE_CHECKING:
    from scorm_builder.verify import Report

_PACKAGE = click.Path(exists=True, readable=True, path_type=Path)


@click.command()
@click.argument("packages", nargs=-1, required=True, type=_PACKAGE, metavar="PACKAGE...")
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    type=OneOf(judged_profiles),
    help="Tell the traps of this LMS too; what it refuses is an error. May be repeated.",
)
@click.option(
    "--public-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A minisign key that must have signed each package.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a package.")
@click.option("--sarif", "as_sarif", is_flag=True, help="Print one SARIF 2.1.0 log of all.")
def validate(
    packages: Sequence[Path],
    profiles: tuple[str, ...],
    public_key: Path | None,
    as_json: bool,
    as_sarif: bool,
) -> None:
    """Say what is wrong with packages, whichever tool made them.

    SCORM 1.2 and 2004, cmi5 and Common Cartridge, each PACKAGE a zip, a folder, or a course
    structure alone: the archive itself, the manifest against the standard's schemas and rules,
    files missing or not listed, calls to the network, and traps of real LMSs. Nothing is unpacked.

    \b
    Examples:
        scorm-builder validate dist/*.zip
        scorm-builder validate course.zip --profile moodle --profile chamilo
        scorm-builder validate course.imscc --sarif > course.sarif
    """
    from scorm_builder import signing
    from scorm_builder.minisign import SigningError
    from scorm_builder.verify import verify_package

    if as_json and as_sarif:
        raise click.UsageError("--json and --sarif: choose one.")
    try:
        check_known("profile", profiles, judged_profiles())
    except UnknownNameError as error:
        raise click.UsageError(f"--profile: {error}.") from error
    judged: list[tuple[Path, Report]] = []
    # As dist/* names them, signatures are judged with what they lie beside.
    beside = {signing.beside(path) for path in packages}
    for path in (path for path in packages if path not in beside):
        try:
            report = verify_package(path, profiles=profiles, public_key=public_key)
        except SigningError as error:
            raise click.UsageError(f"--public-key {public_key}: {error}") from error
        except OSError as error:
            raise click.UsageError(f"{path} cannot be read: {error.strerror or error}") from error
        judged.append((path, report))
        if not as_sarif:
            _print(path, report, as_json)
    if as_sarif:
        from scorm_builder.verify.sarif import sarif_log

        click.echo(json.dumps(sarif_log(judged), indent=2))
    if not all(report.valid for _, report in judged):
        raise SystemExit(1)


def _print(path: Path, report: Report, as_json: bool) -> None:
    if as_json:
        result = {
            "path": str(path),
            "format": report.format,
            "valid": report.valid,
            "problems": [problem.as_dict() for problem in report.problems],
            "seals": [seal.as_dict() for seal in report.seals],
        }
        click.echo(json.dumps(result))
        return
    verdict = "valid" if report.valid else "not valid"
    click.echo(f"{path}: {verdict}" + (f" ({report.format})" if report.format else ""))
    for line in (*report.seals, *report.problems):
        click.echo(f"  {line}")
