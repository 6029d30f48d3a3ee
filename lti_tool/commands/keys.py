"""``lti-tool keys``: what the tool signs with."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from lti_tool.commands.command import as_json_option, make_app, rfc3339, says_why

if TYPE_CHECKING:
    from flask import Flask


@click.group()
def keys() -> None:
    """The keys that the tool signs with."""


@keys.command("list")
@as_json_option
@says_why
def list_keys(as_json: bool) -> None:
    """List the keys in the keyset."""
    _print_keys(make_app(migrated=True), as_json)


@keys.command()
@click.option(
    "--overlap-days",
    default=7,
    show_default=True,
    type=click.IntRange(0, 365),
    help="How long the old key stays in the keyset.",
)
@as_json_option
@says_why
def rotate(overlap_days: int, as_json: bool) -> None:
    """Sign with a new key from now on; the old one stays in the keyset for a while."""
    from lti_tool.db import writing
    from lti_tool.lti.keys import rotate as rotate_keys
    from lti_tool.models import db
    from lti_tool.services import audit
    from lti_tool.tool import current_tool

    app = make_app(migrated=True)
    with app.app_context():
        secret = current_tool().settings.secret_key
        signer = rotate_keys(db.session(), secret, timedelta(days=overlap_days))
        with writing() as session:
            audit.note(session, audit.COMMAND_LINE, "key.rotated", signer.kid)
    _print_keys(app, as_json)


def _print_keys(app: Flask, as_json: bool) -> None:
    from lti_tool.lti.keys import current_key, published
    from lti_tool.models import db, now
    from lti_tool.tool import current_tool

    with app.app_context():
        signer = current_key(db.session(), current_tool().settings.secret_key)
        found = [
            {
                "kid": row.kid,
                "signs": row.kid == signer.kid,
                "created": rfc3339(row.created_at),
                "retires": rfc3339(row.retires_at) if row.retires_at else None,
            }
            for row in published(db.session(), now())
        ]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for item in found:
        note = "signs" if item["signs"] else f"in the keyset until {item['retires']}"
        click.echo(f"{item['kid']}  made {item['created']}  {note}")
