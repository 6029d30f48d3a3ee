"""``lti-tool invites``: registration URLs that can still be used."""

from __future__ import annotations

import json

import click

from lti_tool.commands.command import as_json_option, make_app, rfc3339, says_why


@click.group()
def invites() -> None:
    """Registration URLs that can still be used."""


@invites.command("list")
@as_json_option
@says_why
def list_(as_json: bool) -> None:
    """List them. The URLs themselves are shown only when they are made."""
    from lti_tool.models import db, now
    from lti_tool.services import invites as service

    with make_app(migrated=True).app_context():
        found = [
            {
                "id": one.id,
                "created": rfc3339(one.created_at),
                "expires": rfc3339(one.expires_at),
                "hold": one.hold,
                "auto": one.auto,
                "updates": one.replaces_id,
            }
            for one in service.list_open(db.session(), now())
        ]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    if not found:
        click.echo("None is open.", err=True)
    for item in found:
        note = f"  updates registration {item['updates']}" if item["updates"] else ""
        click.echo(f"{item['id']:>4}  until {item['expires']}{note}")


@invites.command()
@click.argument("number", type=click.IntRange(min=1))
@as_json_option
@says_why
def revoke(number: int, as_json: bool) -> None:
    """Make the invitation NUMBER useless."""
    from lti_tool.db import writing
    from lti_tool.services import audit
    from lti_tool.services import invites as service

    with make_app(migrated=True).app_context(), writing() as session:
        service.revoke(session, number)
        audit.note(session, audit.COMMAND_LINE, "invite.revoked", f"invitation {number}")
    if as_json:
        click.echo(json.dumps({"id": number, "revoked": True}))
        return
    click.echo(f"Invitation {number} cannot be used any more.", err=True)
