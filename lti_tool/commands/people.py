"""``lti-tool people``: what is held of one person, given out or erased."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from lti_tool.commands.command import as_json_option, make_app, says_why
from lti_tool.errors import LtiToolError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_tool.models import User


@click.group()
def people() -> None:
    """What is held of people."""


@people.command("list")
@as_json_option
@says_why
def list_people(as_json: bool) -> None:
    """How many people each platform has brought. It names nobody."""
    from lti_tool.models import db
    from lti_tool.services.personal_data import count_people
    from lti_tool.services.registrations import list_registrations

    with make_app(migrated=True).app_context():
        counts = count_people(db.session())
        found = [
            {"registration": item.id, "name": item.name, "people": counts.get(item.id, 0)}
            for item in list_registrations(db.session())
        ]
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for row in found:
        click.echo(f"{row['registration']}  {row['name']}  {row['people']}")


@people.command()
@click.argument("registration", type=int)
@click.argument("sub")
@says_why
def export(registration: int, sub: str) -> None:
    """Print as JSON everything that is held of SUB, the platform's id of a person."""
    from lti_tool.db import writing
    from lti_tool.models import now
    from lti_tool.services import audit
    from lti_tool.services.personal_data import export_person, note_export

    with make_app(migrated=True).app_context(), writing() as session:
        user = _person(session, registration, sub)
        held = export_person(session, user)
        note_export(session, user, asked_by="operator", now=now())
        audit.note(session, audit.COMMAND_LINE, "person.exported", _subject(user))
    click.echo(json.dumps(held, indent=2, ensure_ascii=False))


@people.command()
@click.argument("registration", type=int)
@click.argument("sub")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json_option
@says_why
def erase(registration: int, sub: str, yes: bool, as_json: bool) -> None:
    """Erase everything that is held of SUB, the platform's id of a person. Their open pages end at
    once, and scores that wait are not sent. What the platform holds stays there."""
    from lti_tool.db import empty_write_ahead_log, writing
    from lti_tool.models import db, now
    from lti_tool.services import audit
    from lti_tool.services.personal_data import erase_person

    with make_app(migrated=True).app_context():
        with writing() as session:
            subject = _subject(_person(session, registration, sub))
        if not yes:
            click.confirm(f"Erase {subject} for good?", abort=True, err=True)
        with writing() as session:
            user = _person(session, registration, sub)
            number = user.id
            erase_person(session, user, asked_by="operator", now=now())
            audit.note(session, audit.COMMAND_LINE, "person.erased", subject)
        empty_write_ahead_log(db.engine)
    if as_json:
        click.echo(json.dumps({"registration": registration, "number": number, "erased": True}))
        return
    click.echo(f"Erased {subject}.", err=True)


def _person(session: Session, registration: int, sub: str) -> User:
    from lti_tool.services.personal_data import find_person

    user = find_person(session, registration, sub)
    if user is None:
        raise LtiToolError(
            "person.unknown", f"Registration {registration} has no person of this id."
        )
    return user


def _subject(user: User) -> str:
    return f"person {user.id} of registration {user.registration_id}"
