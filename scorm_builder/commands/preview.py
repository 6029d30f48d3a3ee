"""``scorm-builder preview``."""

from __future__ import annotations

from pathlib import Path

import click

from scorm_builder.commands.course import COURSE, failed


@click.command()
@click.argument("course", type=COURSE)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="8321, or the next free one, unless given; 0 takes any free one.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the page in the browser.")
def preview(course: Path, port: int | None, open_browser: bool) -> None:
    """Show the course folder COURSE in the browser, anew after each save.

    Problems stand in the page beside what they concern. Controls above it switch language,
    direction, width, colours and medium; in SCORM and cmi5, an LMS plays along and shows what it is
    told.
    Stop with Ctrl-C. Nothing is sent anywhere: the page is at 127.0.0.1, for this computer alone.

    \b
    Example:
        scorm-builder preview my-course --open
    """
    from scorm_builder.api import preview_course
    from scorm_builder.preview.server import PortInUseError

    try:
        preview_course(course, port=port, open_browser=open_browser, announce=_announce)
    except PortInUseError as error:
        raise failed(str(error)) from error


def _announce(address: str) -> None:
    click.echo(address)
    click.echo("Reloads when you save. Stop with Ctrl-C.", err=True)
