"""``lti-tool registrations legacy-key``: what proves that a platform is the one known from LTI
1.1."""

from __future__ import annotations

import json
import sys

import click

from lti_tool.commands.command import as_json_option, make_app, says_why
from lti_tool.commands.registrations import registrations


@registrations.command("legacy-key")
@click.argument("registration")
@click.option("--key", required=True, help="The platform's LTI 1.1 consumer key.")
@as_json_option
@says_why
def legacy_key(registration: str, key: str, as_json: bool) -> None:
    """Enter an LTI 1.1 consumer of REGISTRATION's platform. Its secret is asked for, or read from
    standard input: people and courses known by ids of LTI 1.1 are then found again."""
    from lti_tool.db import writing
    from lti_tool.lti.text import identifier
    from lti_tool.models import now
    from lti_tool.services import audit
    from lti_tool.services import registrations as service
    from lti_tool.services.legacy import keep_consumer
    from lti_tool.tool import current_tool

    if identifier(key) is None:
        raise click.BadParameter("write the consumer key as the platform shows it")
    if sys.stdin.isatty():
        secret: str = click.prompt("LTI 1.1 secret", hide_input=True, err=True)
    else:
        secret = sys.stdin.readline().rstrip("\r\n")
    if not secret:
        raise click.UsageError("The secret is empty: write it to standard input.")
    with make_app(migrated=True).app_context(), writing() as session:
        found = service.find_registration(session, registration)
        keep_consumer(session, found.id, key, secret, current_tool().settings.secret_key, now())
        about = audit.about(found)
        audit.note(session, audit.COMMAND_LINE, "registration.legacy-key", about, key=key)
        number = found.id
    if as_json:
        click.echo(json.dumps({"id": number, "key": key}))
        return
    click.echo(f"Registration {number} knows the LTI 1.1 consumer {key}.", err=True)
