"""``lti-tool backup`` and ``lti-tool restore``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lti_tool.commands.command import make_app, says_why

if TYPE_CHECKING:
    from lti_tool.settings import Settings

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=FILE)
@click.option("--yes", is_flag=True, help="Overwrite the file where there is one.")
@says_why
def backup(file: Path, yes: bool) -> None:
    """Copy the database into FILE, while the tool runs."""
    from lti_tool.backup import back_up
    from lti_tool.models import db
    from lti_tool.tool import current_tool

    with make_app().app_context():
        back_up(db.engine, file, overwrite=yes)
        click.echo(
            f"{file}: {file.stat().st_size:,} bytes. {_secret(current_tool().settings)}", err=True
        )


@click.command()
@click.argument("file", type=FILE)
@click.option("--yes", is_flag=True, help="Replace what the database holds, without asking.")
@says_why
def restore(file: Path, yes: bool) -> None:
    """Put the copy FILE in the database's place. What is there is kept beside FILE."""
    from lti_tool import backup as copies
    from lti_tool.db import revisions
    from lti_tool.models import db, now
    from lti_tool.tool import current_tool

    app = make_app()
    with app.app_context():
        if copies.is_in_use(db.engine) and not yes:
            click.confirm("Replace what the database holds?", abort=True, err=True)
        kept = copies.restore(db.engine, file, file.absolute().parent, now=now())
        secret = _secret(current_tool().settings)
    current, needed = revisions(app)
    with app.app_context():
        db.engine.dispose()
    if kept is not None:
        click.echo(f"What was there is in {kept}.", err=True)
    click.echo(f"Restored. {secret}", err=True)
    if current != needed:
        click.echo(f"Its tables are at {current}: run lti-tool upgrade.", err=True)
    click.echo("Start the tool anew, then look with lti-tool doctor.", err=True)


def _secret(settings: Settings) -> str:
    file = settings.data_dir / "secret-key"
    where = f"in {file}" if file.is_file() else "in LTI_TOOL_SECRET_KEY or your settings file"
    return f"The secret key is not in it: it is {where}; keep it apart."
