"""``lti-tool registrations``: which learning platforms may launch."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from lti_tool.commands.command import as_json_option, make_app, rfc3339, says_why

if TYPE_CHECKING:
    from lti_tool.models import Registration


@click.group()
def registrations() -> None:
    """Which learning platforms may launch."""


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
        facts = (item["issuer"], item["client_id"], item["name"])
        click.echo(f"{item['id']:>4}  {item['status']:<9}  {'  '.join(map(str, facts))}")


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


@registrations.command()
@click.argument("registration")
@as_json_option
@says_why
def resume(registration: str, as_json: bool) -> None:
    """Let a suspended REGISTRATION in again; its deployments stay as they are."""
    _change(registration, "resume", as_json)


@registrations.command()
@click.argument("registration")
@click.argument("name")
@as_json_option
@says_why
def rename(registration: str, name: str, as_json: bool) -> None:
    """Call REGISTRATION by another NAME."""
    from lti_tool.db import writing
    from lti_tool.services import audit
    from lti_tool.services import registrations as service

    with make_app(migrated=True).app_context(), writing() as session:
        found = service.find_registration(session, registration)
        before = found.name
        service.rename(found, name)
        audit.note(
            session, audit.COMMAND_LINE, "registration.renamed", audit.about(found), before=before
        )
        number, name = found.id, found.name
    if as_json:
        click.echo(json.dumps({"id": number, "name": name, "before": before}))
        return
    click.echo(f"Registration {number} is called {name}.", err=True)


@registrations.command()
@click.argument("registration")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@as_json_option
@says_why
def delete(registration: str, yes: bool, as_json: bool) -> None:
    """Delete REGISTRATION with its people, attempts and scores. Grades that the LMS has stay
    there."""
    from dataclasses import asdict

    from lti_tool.db import writing
    from lti_tool.services import audit
    from lti_tool.services import registrations as service

    with make_app(migrated=True).app_context():
        with writing() as session:
            found = service.find_registration(session, registration)
            held = service.holdings(session, found)
            number = found.id
            title = f"{number} ({found.name}, {found.issuer})"
        what = f"{held.people} people, {held.courses} courses and {held.scores} scores"
        if not yes:
            click.confirm(f"Delete registration {title} with {what}?", abort=True, err=True)
        with writing() as session:
            found = service.find_registration(session, registration)
            about = audit.about(found)
            service.delete_registration(session, found)
            audit.note(session, audit.COMMAND_LINE, "registration.deleted", about, **asdict(held))
    if as_json:
        click.echo(json.dumps({"id": number, "deleted": asdict(held)}))
        return
    click.echo(f"Registration {title} is deleted, with {what}.", err=True)


@registrations.command()
@click.argument("registration")
@as_json_option
@says_why
def check(registration: str, as_json: bool) -> None:
    """Try the keyset, token and service URLs of REGISTRATION, and say what is wrong. Exits 1 where
    something is."""
    from lti_tool.lti.platform import Platform
    from lti_tool.models import db
    from lti_tool.services import connection_check
    from lti_tool.services import registrations as service
    from lti_tool.tool import current_tool

    with make_app(migrated=True).app_context():
        found = service.find_registration(db.session(), registration)
        platform = Platform.of(found)
        services = connection_check.known_services(db.session(), found)
        db.session.rollback()
        tool = current_tool()
        findings = connection_check.check(tool.outbound, tool.tokens, platform, services)
    if as_json:
        click.echo(json.dumps([finding.as_dict() for finding in findings], indent=2))
    else:
        for finding in findings:
            click.echo(f"{finding.outcome:<8} {finding.name:<11} {finding.message}")
            if finding.outcome == "problem":
                click.echo(f"         {finding.url}")
                click.echo(f"         {finding.code}: {finding.said}")
                click.echo(f"         → {finding.remedy}")
    if any(finding.outcome == "problem" for finding in findings):
        sys.exit(1)


def _change(key: str, what: str, as_json: bool) -> None:
    from lti_tool.db import writing
    from lti_tool.services import audit
    from lti_tool.services import registrations as service

    change = {"approve": service.approve, "suspend": service.suspend, "resume": service.resume}
    done = {"approve": "approved", "suspend": "suspended", "resume": "resumed"}
    with make_app(migrated=True).app_context(), writing() as session:
        found = service.find_registration(session, key)
        change[what](session, found)
        action = f"registration.{done[what]}"
        audit.note(session, audit.COMMAND_LINE, action, audit.about(found))
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
