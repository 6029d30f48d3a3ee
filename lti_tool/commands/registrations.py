"""``lti-tool registrations``: which learning platforms may launch."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from lti_tool.commands.command import as_json_option, make_app, rfc3339, says_why

if TYPE_CHECKING:
    from lti_tool.models import Registration


@click.group()
def registrations() -> None:
    """Which learning platforms may launch."""


@registrations.command()
@click.option("--hold", is_flag=True, help="Leave the platform pending until it is approved.")
@click.option("--auto-approve", is_flag=True, help="Register on the first GET, for scripts.")
@as_json_option
@says_why
def invite(hold: bool, auto_approve: bool, as_json: bool) -> None:
    """Make a one-time registration URL for an LMS's administrator."""
    if hold and auto_approve:
        raise click.UsageError(
            "--hold leaves the platform pending, --auto-approve lets it in at once: choose one."
        )
    from lti_tool.db import writing
    from lti_tool.models import now
    from lti_tool.services import registrations as service
    from lti_tool.tool import current_tool

    with make_app(migrated=True).app_context(), writing() as session:
        tool = current_tool()
        lifetime = timedelta(hours=tool.settings.invite_hours)
        made = service.invite(session, lifetime=lifetime, hold=hold, auto=auto_approve, now=now())
        url = tool.url(f"/register/{made.token}")
    expires = rfc3339(made.expires_at)
    if as_json:
        click.echo(json.dumps({"url": url, "expires": expires}))
        return
    click.echo(url)
    click.echo(
        f"Paste it where the LMS adds LTI 1.3 tools. It works once, until {expires}.", err=True
    )


@registrations.command()
@click.option("--issuer", required=True, help="The platform's issuer (iss).")
@click.option("--client-id", required=True, help="The client id that the platform gave the tool.")
@click.option("--auth-url", required=True, help="Its authentication request URL.")
@click.option("--token-url", required=True, help="Its access token URL.")
@click.option("--jwks-url", required=True, help="Its public keyset URL.")
@click.option("--deployment-id", multiple=True, help="A deployment; others come by themselves.")
@click.option("--token-audience", help="The audience of token requests, where it is another.")
@click.option("--name", help="A name for it. Its issuer unless said.")
@click.option("--product", default="", help="Its product family: moodle, canvas …")
@click.option("--hold-deployments", is_flag=True, help="Hold new deployments for approval.")
@click.option("--allow-anonymous", is_flag=True, help="Accept launches that name no user.")
@as_json_option
@says_why
def add(
    issuer: str,
    client_id: str,
    auth_url: str,
    token_url: str,
    jwks_url: str,
    deployment_id: tuple[str, ...],
    token_audience: str | None,
    name: str | None,
    product: str,
    hold_deployments: bool,
    allow_anonymous: bool,
    as_json: bool,
) -> None:
    """Register a platform by hand, with the values that it shows."""
    from lti_tool.db import writing
    from lti_tool.lti.registration import RegistrationValues
    from lti_tool.lti.text import identifier, web_url
    from lti_tool.services import registrations as service
    from lti_tool.tool import current_tool

    urls = {"issuer": issuer, "auth-url": auth_url, "token-url": token_url, "jwks-url": jwks_url}
    for option, value in urls.items():
        if web_url(value) is None:
            example = "https://lms.example.org" + ("" if option == "issuer" else "/…")
            raise click.BadParameter(
                f"write a whole address, such as {example}", param_hint=f"--{option}"
            )
    if identifier(client_id) is None:
        raise click.BadParameter(
            "write the client id that the platform shows for this tool", param_hint="--client-id"
        )
    values = RegistrationValues(
        name=name or issuer,
        issuer=issuer,
        client_id=client_id,
        auth_url=auth_url,
        token_url=token_url,
        jwks_url=jwks_url,
        token_audience=token_audience,
        product=product,
        deployment_ids=deployment_id,
    )
    with make_app(migrated=True).app_context(), writing() as session:
        made = service.add_registration(
            session,
            values,
            public_id=service.new_public_id(),
            hold_deployments=hold_deployments,
            allow_anonymous=allow_anonymous,
        )
        session.flush()
        tool = current_tool()
        answer = {
            "id": made.id,
            "login_url": tool.login_url(made.public_id),
            "launch_url": tool.launch_url,
            "jwks_url": tool.jwks_url,
        }
    if as_json:
        click.echo(json.dumps(answer))
        return
    click.echo(f"Registration {answer['id']}. Enter in the platform:")
    click.echo(f"  initiate login URL        {answer['login_url']}")
    click.echo(f"  redirect and launch URL   {answer['launch_url']}")
    click.echo(f"  public keyset URL         {answer['jwks_url']}")


@registrations.command("list")
@as_json_option
@says_why
def list_(as_json: bool) -> None:
    """List the registered platforms."""
    from lti_tool.models import db
    from lti_tool.services import registrations as service

    with make_app(migrated=True).app_context():
        found = [_facts(item) for item in service.list_registrations(db.session())]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    if not found:
        click.echo('None yet. "lti-tool registrations invite" makes a URL for an LMS.', err=True)
    for item in found:
        click.echo(f"{item['id']:>4}  {item['status']:<9}  {item['issuer']}  {item['client_id']}")


@registrations.command()
@click.argument("registration")
@as_json_option
@says_why
def show(registration: str, as_json: bool) -> None:
    """Show everything about REGISTRATION (its number)."""
    from lti_tool.models import db
    from lti_tool.services import registrations as service

    with make_app(migrated=True).app_context():
        facts = _facts(service.find_registration(db.session(), registration))
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    for key, value in facts.items():
        shown = (
            ", ".join(f"{d['deployment_id']} ({d['status']})" for d in value)
            if (key == "deployments")
            else value
        )
        click.echo(f"{key:<17} {'' if shown is None else shown}")


@registrations.command()
@click.argument("registration")
@as_json_option
@says_why
def approve(registration: str, as_json: bool) -> None:
    """Let REGISTRATION in, and those of its deployments that wait."""
    _change(registration, "approve", as_json)


@registrations.command()
@click.argument("registration")
@as_json_option
@says_why
def suspend(registration: str, as_json: bool) -> None:
    """Let REGISTRATION in no more. Open pages end at once; scores wait."""
    _change(registration, "suspend", as_json)


def _change(key: str, what: str, as_json: bool) -> None:
    from lti_tool.db import writing
    from lti_tool.services import registrations as service

    with make_app(migrated=True).app_context(), writing() as session:
        found = service.find_registration(session, key)
        (service.approve if what == "approve" else service.suspend)(session, found)
        session.flush()
        facts = _facts(found)
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    click.echo(f"Registration {facts['id']} ({facts['issuer']}) is {facts['status']}.", err=True)


def _facts(item: Registration) -> dict[str, Any]:
    from lti_tool.tool import current_tool

    tool = current_tool()
    return {
        "id": item.id,
        "name": item.name,
        "status": str(item.status),
        "issuer": item.issuer,
        "client_id": item.client_id,
        "auth_url": item.auth_url,
        "token_url": item.token_url,
        "jwks_url": item.jwks_url,
        "token_audience": item.token_audience,
        "product": item.product,
        "deployments": [
            {"deployment_id": one.deployment_id, "status": str(one.status)}
            for one in item.deployments
        ],
        "hold_deployments": item.hold_deployments,
        "allow_anonymous": item.allow_anonymous,
        "created": rfc3339(item.created_at),
        "login_url": tool.login_url(item.public_id),
        "launch_url": tool.launch_url,
        "tool_jwks_url": tool.jwks_url,
    }
