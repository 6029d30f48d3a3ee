"""``lti-tool backup`` and ``lti-tool restore``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lti_tool.commands.command import as_json_option, make_app, says_why

if TYPE_CHECKING:
    from lti_tool.settings import Settings

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=FILE)
@click.option("--yes", is_flag=True, help="Overwrite the file where there is one.")
@as_json_option
@says_why
def backup(file: Path, yes: bool, as_json: bool) -> None:
    """Copy the database into FILE, while the tool runs."""
    from lti_tool.backup import back_up
    from lti_tool.models import db
    from lti_tool.tool import current_tool

    with make_app().app_context():
        back_up(db.engine, file, overwrite=yes)
        secret = _secret(current_tool().settings)
    size = file.stat().st_size
    if as_json:
        click.echo(json.dumps({"file": str(file), "bytes": size}))
    click.echo(f"{file}: {size:,} bytes. {secret}", err=True)


@click.command()
@click.argument("file", type=FILE)
@click.option("--yes", is_flag=True, help="Replace what the database holds, without asking.")
@as_json_option
@says_why
def restore(file: Path, yes: bool, as_json: bool) -> None:
    """Put the copy FILE in the database's place, while the tool does not run. What is there is
    kept beside FILE."""
    from lti_tool import backup as copies
    from lti_tool.db import revisions
    from lti_tool.models import db, now
    from lti_tool.running import alone
    from lti_tool.tool import current_tool

    app = make_app()
    with app.app_context(), alone(current_tool().settings.data_dir):
        if copies.is_in_use(db.engine) and not yes:
            click.confirm("Replace what the database holds?", abort=True, err=True)
        kept = copies.restore(db.engine, file, file.absolute().parent, now=now())
        secret = _secret(current_tool().settings)
    current, needed = revisions(app)
    with app.app_context():
        db.engine.dispose()
    if as_json:
        shown = {
            "file": str(file),
            "kept": None if kept is None else str(kept),
            "needs_upgrade": current != needed,
        }
        click.echo(json.dumps(shown))
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
