"""What is held of a person can be given out whole, and no more is held than is told."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from lti_tool.cli import main
from lti_tool.models import (
    Base,
    LaunchSession,
    User,
    db,
)
from lti_tool.services.personal_data import (
    export_person,
    find_person,
)
from lti_tool.worker.loop import work_off
from tests.integration.lti_tool.conftest import Campus
from tests.integration.lti_tool.personal.marked import Marked, live


def test_an_email_address_is_kept_nowhere(campus: Campus, marked: Marked, log: list[str]) -> None:
    sub, address = f"r{uuid4().hex[:10]}", f"{marked.mark}@campus.example"
    campus.learner(sub, name="Ann", email=address)
    known = {"user_id": sub, "roles": ["Learner"], "name": "Ann", "email": address}
    campus.platform.members = [known, {**known, "user_id": f"{sub}-b", "name": "Ben"}]
    while work_off(campus.tool.app):
        pass
    with campus.tool.app.app_context():
        listed = db.session.scalars(
            select(User.name).where(User.sub.startswith(sub)).order_by(User.name)
        ).all()
        user = find_person(db.session(), marked.registration, sub)
        assert user
        held = json.dumps(export_person(db.session(), user))
    assert listed == ["Ann", "Ben"]
    assert marked.traces() == {}
    assert marked.mark not in held
    assert [line for line in log if marked.mark in line] == []


def test_the_export_holds_everything(campus: Campus, marked: Marked) -> None:
    live(marked)
    with campus.tool.app.app_context():
        user = find_person(db.session(), marked.registration, marked.sub)
        assert user
        held = json.loads(json.dumps(export_person(db.session(), user)))
        secrets = {row.handle_hash for row in db.session.scalars(select(LaunchSession))}
    person = held["person"]
    assert (person["sub"], person["name"]) == (marked.sub, marked.claims["name"])
    assert [row["role"] for row in held["courses"]] == ["learner"]
    assert [row["name"] for row in held["groups"]] == ["Group one"]
    unit = held["units"][0]
    assert unit["activity"]["unit"] == "small/first"
    assert unit["pages_seen"] == ["one", "two"]
    assert [row["number"] for row in unit["attempts"]] == [1, 2, 2]
    assert [row["set_aside"] is None for row in unit["attempts"]].count(False) == 1
    assert unit["attempts"][0]["answers"]["essay"] == f"I am {marked.mark}"
    assert unit["attempts"][0]["score"] == "50.00"
    assert [row["score"] for row in held["scores_sent"]] == ["50.00", "100.00"]
    assert held["grades_in_platform"][0]["comment"] == f"For {marked.mark}"
    assert held["sessions"][0]["kind"] == "resource"
    assert not any(secret in json.dumps(held) for secret in secrets)


def test_every_table_of_a_person_is_in_the_export(campus: Campus, marked: Marked) -> None:
    """A table that refers to people and is new must be given out too."""
    theirs = {
        table.name
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in ("users", "unit_progress")
    }
    assert theirs == {
        "attempts",
        "enrolments",
        "group_members",
        "launch_sessions",
        "line_item_results",
        "score_deliveries",
        "unit_progress",
    }


def test_the_commands(campus: Campus, marked: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    live(marked)
    monkeypatch.setattr("lti_tool.commands.people.make_app", lambda **_: campus.tool.app)
    number = str(marked.registration)

    def run(*arguments: str, **options: Any) -> Any:
        return CliRunner().invoke(main, ["people", *arguments], **options)

    listed = run("list", "--json")
    assert listed.exit_code == 0, (listed.output, listed.exception)
    counts = {row["registration"]: row["people"] for row in json.loads(listed.stdout)}
    assert counts[marked.registration] == 2
    assert marked.mark not in listed.output
    assert json.loads(run("export", number, marked.sub).stdout)["person"]["sub"] == marked.sub
    unknown = run("erase", number, "nobody", "--yes")
    assert (unknown.exit_code, "no person of this id" in unknown.output) == (1, True)
    assert run("erase", number, marked.sub, input="n\n").exit_code == 1
    assert marked.traces()
    erased = run("erase", number, marked.sub, "--yes", "--json")
    assert json.loads(erased.stdout)["erased"] is True
    assert marked.traces() == {}
    assert run("export", number, marked.sub).exit_code == 1
