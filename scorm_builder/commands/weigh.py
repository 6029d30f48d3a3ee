"""``scorm-builder weigh``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scorm_builder.commands.build import ALL, FORMAT_NAMES, PROFILE_NAMES, chosen
from scorm_builder.commands.course import COURSE, failed, known, load, look_into_media, once
from scorm_builder.commands.sizes import SIZE

if TYPE_CHECKING:
    from scorm_builder.media.room import MediaRoom
    from scorm_builder.order import Order


@click.command()
@click.argument("course", type=COURSE)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice((*FORMAT_NAMES, ALL)),
    help="scorm12 unless given. May be repeated.",
)
@click.option("--language", "languages", multiple=True, metavar="XX", help="As in build.")
@click.option("--together", is_flag=True, help="As in build: all languages in one output.")
@click.option("--unit", "units", multiple=True, metavar="ID", help="As in build.")
@click.option("--sco", type=click.Choice(("course", "unit")), default="course", help="As in build.")
@click.option("--profile", type=click.Choice(PROFILE_NAMES), help="As in build.")
@click.option("--light", is_flag=True, help="Weigh the light edition alone.")
@click.option("--max-size", "most", type=SIZE, help="End with 1 where an output is larger.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an output.")
def weigh(
    course: Path,
    formats: Sequence[str],
    languages: Sequence[str],
    together: bool,
    units: Sequence[str],
    sco: str,
    profile: str | None,
    light: bool,
    most: int | None,
    as_json: bool,
) -> None:
    """Show what of the course folder COURSE weighs what, without building it.

    For each output: its kinds of content, its heaviest pages and files, and what the light edition
    would weigh. Sizes of texts are near what they will be.

    \b
    Examples:
        scorm-builder weigh my-course
        scorm-builder weigh my-course --max-size 50MB --json
    """
    from scorm_builder.errors import BuildError
    from scorm_builder.formats import FORMATS
    from scorm_builder.media.room import MediaRoom
    from scorm_builder.order import orders
    from scorm_builder.plan.single import LIMIT

    loaded = load(course)
    known("--language", languages, loaded.languages)
    known("--unit", units, [unit.id for unit in loaded.units])
    names, most = chosen(formats, most, tool=None, profile=profile, sco=sco)
    wanted = orders(
        loaded,
        formats=[FORMATS[name] for name in names],
        languages=once(languages),
        units=[unit for unit in loaded.units if unit.id in units],
        together=together,
        sco_per_unit=sco == "unit",
        light=light,
        # Up to here a single file can be planned, and so told of even where it is too large.
        max_bytes=max(most, LIMIT) if most else None,
        profile=profile,
    )
    too_heavy = 0
    with MediaRoom() as media:
        look_into_media(loaded, wanted[0].units, once(languages), media.fitted(light=light))
        for order in wanted:
            try:
                too_heavy += _weigh(order, media, most, as_json=as_json)
            except BuildError as error:
                raise failed(f"{error.code}: {error}") from error
    if too_heavy:
        raise SystemExit(1)


def _weigh(order: Order, media: MediaRoom, most: int | None, *, as_json: bool) -> bool:
    """Tell of one output; whether it is larger than ``most``."""
    from dataclasses import replace

    from scorm_builder.plan import plan_package
    from scorm_builder.sizes import readable
    from scorm_builder.weighing import light_line, report, weigh

    plan = plan_package(media.prepared(order))
    found = weigh(plan)
    light = None
    if not order.light:
        light = weigh(plan_package(media.prepared(replace(order, light=True))))
    larger = most is not None and found.total > most
    if as_json:
        facts = {
            "output": plan.file_name,
            "format": order.form.name,
            "language": order.language_tag,
            "unit": order.unit.id if order.unit else None,
            "light": order.light,
            "max_bytes": most,
            "too_large": larger,
            "light_bytes": light.total if light else None,
        }
        click.echo(json.dumps(facts | found.as_dict()))
        return larger
    click.echo(plan.file_name)
    for line in [*report(found), *([light_line(light)] if light else [])]:
        click.echo(line)
    if larger and most is not None:
        click.echo(f"This is more than {readable(most)}.", err=True)
    return larger
