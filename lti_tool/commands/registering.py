"""``lti-tool registrations invite``, ``add`` and ``values``: the ways to a new registration."""

from __future__ import annotations

import json
from datetime import timedelta

import click

from lti_tool.commands.command import as_json_option, make_app, rfc3339, says_why
from lti_tool.commands.registrations import registrations


@registrations.command()
@click.option("--hold", is_flag=True, help="Leave the platform pending until it is approved.")
@click.option("--auto-approve", is_flag=True, help="Register on the first GET, for scripts.")
@click.option("--update", metavar="REGISTRATION", help="Bring this one up to date instead.")
@as_json_option
@says_why
def invite(hold: bool, auto_approve: bool, update: str | None, as_json: bool) -> None:
    """Make a one-time registration URL for an LMS's administrator."""
    if hold and auto_approve:
        raise click.UsageError(
            "--hold leaves the platform pending, --auto-approve lets it in at once: choose one."
        )
    from lti_tool.db import writing
    from lti_tool.models import now
    from lti_tool.services import audit, invites
    from lti_tool.services import registrations as service
    from lti_tool.tool import current_tool

    with make_app(migrated=True).app_context(), writing() as session:
        tool = current_tool()
        replaces = service.find_registration(session, update) if update else None
        made = invites.invite(
            session,
            lifetime=timedelta(hours=tool.settings.invite_hours),
            hold=hold,
            auto=auto_approve,
            now=now(),
            replaces=replaces,
        )
        about = audit.about(replaces) if replaces else "a new registration"
        audit.note(session, audit.COMMAND_LINE, "invite.made", about, hold=hold, auto=auto_approve)
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
@click.option("--login-id", help='The one that "registrations values" showed.')
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
    login_id: str | None,
    as_json: bool,
) -> None:
    """Register a platform by hand, with the values that it shows."""
    from lti_tool.db import writing
    from lti_tool.lti.registration import RegistrationValues
    from lti_tool.lti.text import identifier, web_url
    from lti_tool.services import audit
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
    if login_id is not None and not service.is_public_id(login_id):
        raise click.BadParameter("write it as it was shown", param_hint="--login-id")
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
            public_id=login_id or service.new_public_id(),
            hold_deployments=hold_deployments,
            allow_anonymous=allow_anonymous,
        )
        session.flush()
        audit.note(session, audit.COMMAND_LINE, "registration.made", audit.about(made))
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


@registrations.command()
@as_json_option
@says_why
def values(as_json: bool) -> None:
    """Show the tool's values to enter in an LMS by hand, before it has given its own."""
    from lti_tool.services import registrations as service
    from lti_tool.tool import current_tool

    login_id = service.new_public_id()
    with make_app().app_context():
        tool = current_tool()
        shown = {
            "login_id": login_id,
            "login_url": tool.login_url(login_id),
            "launch_url": tool.launch_url,
            "jwks_url": tool.jwks_url,
            "canvas_json": tool.url(f"/register/canvas.json?registration={login_id}"),
        }
    if as_json:
        click.echo(json.dumps(shown))
        return
    for name, value in shown.items():
        click.echo(f"{name:<12} {value}")
    click.echo(f"Then: lti-tool registrations add --login-id {login_id} …", err=True)
