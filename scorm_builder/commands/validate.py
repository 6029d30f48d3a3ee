"""``scorm-builder validate``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

_PACKAGE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
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
