"""``scorm-builder weigh``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scorm_builder.commands.course import COURSE, load, refusals, say
from scorm_builder.commands.options import outputs
from scorm_builder.request import Request

if TYPE_CHECKING:
    from scorm_builder.course_weight import OutputWeight


@click.command()
@click.argument("course", type=COURSE)
@outputs(
    light="Weigh the light edition alone.", max_size="End with 1 where an output is larger (50MB)."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an output.")
def weigh(course: Path, request: Request, as_json: bool) -> None:
    """Show what of the course folder COURSE weighs what, without building it.

    For each output: its kinds of content, its heaviest pages and files, and what the light edition
    would weigh. Sizes of texts are near what they will be.

    \b
    Examples:
        scorm-builder weigh my-course
        scorm-builder weigh my-course --max-size 50MB --json
    """
    from scorm_builder.course_weight import weigh_orders

    too_large = False
    with refusals(course, as_json=as_json):
        request.check()
        request.check_names()
        loaded = load(course)
        for found in weigh_orders(loaded, request.choose(loaded), tell=say):
            if as_json:
                click.echo(json.dumps(found.as_dict()))
            else:
                _print(found)
            too_large = too_large or found.too_large
    if too_large:
        raise SystemExit(1)


def _print(found: OutputWeight) -> None:
    from scorm_builder.sizes import readable
    from scorm_builder.weighing import light_line, report

    click.echo(found.output)
    for line in report(found.weights):
        click.echo(line)
    if found.light_bytes is not None:
        click.echo(light_line(found.light_bytes))
    if found.too_large and found.max_bytes is not None:
        say(f"This is more than {readable(found.max_bytes)}.")
