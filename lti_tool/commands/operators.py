"""``lti-tool operators``: who may sign in to the console at /admin."""

from __future__ import annotations

import json

import click

from lti_tool.commands.command import as_json_option, make_app, rfc3339, says_why

ask_option = click.option(
    "--ask", is_flag=True, help="Ask for the password, twice, instead of making one."
)


@click.group()
def operators() -> None:
    """Who may sign in to the console at /admin."""


@operators.command()
@click.argument("email")
@ask_option
@as_json_option
@says_why
def add(email: str, ask: bool, as_json: bool) -> None:
    """Make an account for EMAIL and print its password, once. The second factor (an authenticator
    app) is set up at the first sign-in."""
    _set("add", email, ask, as_json)


@operators.command()
@click.argument("email")
@ask_option
@as_json_option
@says_why
def reset(email: str, ask: bool, as_json: bool) -> None:
    """Give EMAIL a new password, clear the second factor, unlock the account and end its open
    sessions."""
    _set("reset", email, ask, as_json)


@operators.command()
@click.argument("email")
@as_json_option
@says_why
def remove(email: str, as_json: bool) -> None:
    """Delete the account of EMAIL. Its sessions end at once."""
    from lti_tool.db import writing
    from lti_tool.services import audit
    from lti_tool.services import operators as service

    with make_app(migrated=True).app_context(), writing() as session:
        service.remove(session, email, audit.COMMAND_LINE)
    if as_json:
        click.echo(json.dumps({"email": email, "removed": True}))
        return
    click.echo(f"{email} cannot sign in any more.", err=True)


@operators.command("list")
@as_json_option
@says_why
def list_(as_json: bool) -> None:
    """List the accounts."""
    from lti_tool.models import db, now
    from lti_tool.services import operators as service

    with make_app(migrated=True).app_context():
        moment = now()
        found = [
            {
                "email": one.email,
                "two_factor": one.tf_primary_method is not None,
                "locked": service.is_locked(one, moment),
                "signed_in": rfc3339(one.signed_in_at) if one.signed_in_at else None,
                "created": rfc3339(one.created_at),
            }
            for one in service.list_operators(db.session())
        ]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    if not found:
        click.echo('None yet. "lti-tool operators add EMAIL" makes an account.', err=True)
    for item in found:
        state = "locked" if item["locked"] else "ready" if item["two_factor"] else "new"
        click.echo(f"{item['email']}  {state}  last signed in: {item['signed_in'] or 'never'}")


def _set(what: str, email: str, ask: bool, as_json: bool) -> None:
    from lti_tool.db import writing
    from lti_tool.services import audit
    from lti_tool.services import operators as service
    from lti_tool.tool import current_tool

    if ask:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = service.new_password()
    with make_app(migrated=True).app_context(), writing() as session:
        change = service.add if what == "add" else service.reset
        address = change(session, email, password, audit.COMMAND_LINE).email
        url = current_tool().url("/admin/")
    if as_json:
        shown = {"email": address, "url": url, **({} if ask else {"password": password})}
        click.echo(json.dumps(shown))
        return
    if not ask:
        click.echo(password)
        click.echo("This password is shown once and kept nowhere.", err=True)
    click.echo(f"{address} signs in at {url} and sets up an authenticator app there.", err=True)
