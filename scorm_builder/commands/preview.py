"""``scorm-builder preview``."""

from __future__ import annotations

from pathlib import Path

import click

from scorm_builder.commands.course import COURSE


@click.command()
@click.argument("course", type=COURSE)
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
