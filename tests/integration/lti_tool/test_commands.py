"""The command ``lti-tool`` as people and scripts call it."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import pytest
import requests
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from lti_tool.app import create_app
from lti_tool.cli import main
from lti_tool.db import needed_revision, revisions, upgrade_database
from lti_tool.models import db
from lti_tool.settings import load_settings
from tests.integration.lti_tool.course import write_course
from tests.tool import free_port, running

ROOT = Path(__file__).resolve().parents[3]
LTI_TOOL = Path(sys.executable).parent / "lti-tool"
PLATFORM = (
    "--issuer=https://lms.example",
    "--client-id=abc",
    "--auth-url=https://lms.example/auth",
    "--token-url=https://lms.example/token",
    "--jwks-url=https://lms.example/jwks",
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    folder = tmp_path_factory.mktemp("commands")
    write_course(folder / "courses" / "small")
    plain = {key: value for key, value in os.environ.items() if not key.startswith("LTI_TOOL_")}
    return {
        **plain,
        "LTI_TOOL_DATA_DIR": str(folder / "data"),
        "LTI_TOOL_PUBLIC_URL": "https://tool.example",
        "LTI_TOOL_COURSES": str(folder / "courses"),
    }


def run(settings: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LTI_TOOL, *arguments],
        env=dict(settings),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_registrations(settings: Mapping[str, str]) -> None:
    invite = run(settings, "registrations", "invite", "--hold", "--json")
    made = json.loads(invite.stdout)
    assert set(made) == {"url", "expires"}
    assert re.fullmatch(r"https://tool\.example/register/[\w-]{22}", made["url"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", made["expires"])
    added = run(settings, "registrations", "add", *PLATFORM, "--deployment-id=1", "--json")
    values = json.loads(added.stdout)
    assert set(values) == {"id", "login_url", "launch_url", "jwks_url"}
    assert re.fullmatch(r"https://tool\.example/lti/\w+/login", values["login_url"])
    twice = run(settings, "registrations", "add", *PLATFORM)
    assert twice.returncode == 1
    assert "is registered as 1" in twice.stderr
    suspended = run(settings, "registrations", "suspend", "1", "--json")
    shown = json.loads(run(settings, "registrations", "show", "1", "--json").stdout)
    assert json.loads(suspended.stdout) == shown
    assert shown["status"] == "suspended"
    assert shown["deployments"] == [{"deployment_id": "1", "status": "active"}]
    approved = run(settings, "registrations", "approve", "1")
    assert approved.returncode == 0
    assert approved.stderr == "Registration 1 (https://lms.example) is active.\n"
    again = run(settings, "registrations", "approve", "1", "--json")
    assert json.loads(again.stdout) == {**shown, "status": "active"}
    listed = json.loads(run(settings, "registrations", "list", "--json").stdout)
    assert [(item["issuer"], item["status"]) for item in listed] == [
        ("https://lms.example", "active")
    ]
    line = run(settings, "registrations", "list").stdout.split()
    assert line == ["1", "active", "https://lms.example", "abc", shown["name"]]
    missing = run(settings, "registrations", "show", "99")
    assert missing.returncode == 1
    assert missing.stderr == "lti-tool: There is no registration 99.\n"


def test_an_invitation_holds_or_lets_in(settings: Mapping[str, str]) -> None:
    both = run(settings, "registrations", "invite", "--hold", "--auto-approve")
    assert both.returncode == 2
    assert "--auto-approve lets it in at once: choose one" in both.stderr


def test_doctor_names_registrations_of_one_issuer_by_number(
    settings: Mapping[str, str], tmp_path: Path
) -> None:
    fresh = {**settings, "LTI_TOOL_DATA_DIR": str(tmp_path)}
    for client in ("abc", "def"):
        run(fresh, "registrations", "add", *PLATFORM, "--client-id", client)
    lines = [line for line in run(fresh, "doctor").stdout.splitlines() if "platforms" in line]
    assert "platforms: 1 (https://lms.example): " in lines[0]
    assert "platforms: 2 (https://lms.example): " in lines[1]


def test_keys(settings: Mapping[str, str]) -> None:
    first = json.loads(run(settings, "keys", "list", "--json").stdout)
    assert [key["signs"] for key in first] == [True]
    rotated = json.loads(run(settings, "keys", "rotate", "--json").stdout)
    assert [key["signs"] for key in rotated] == [True, False]
    assert rotated[1]["kid"] == first[0]["kid"]
    assert rotated[1]["retires"]


def test_doctor(settings: Mapping[str, str]) -> None:
    upgraded = json.loads(run(settings, "upgrade", "--json").stdout)
    assert upgraded["now"] == needed_revision()
    wrong = {**settings, "LTI_TOOL_PUBLIC_URL": "http://tool.example", "LTI_TOOL_SECRETKEY": "x"}
    done = run(wrong, "doctor", "--json")
    assert done.returncode == 1
    findings = json.loads(done.stdout)
    problems = [item for item in findings if item["level"] == "problem"]
    assert all(item["remedy"] for item in problems)
    assert "LTI_TOOL_SECRETKEY is no setting" in [item["message"] for item in problems]
    assert any("plain http" in item["message"] for item in problems)
    told = run({**settings, "LTI_TOOL_SECRET_KEY": "short"}, "doctor")
    assert told.returncode == 1
    assert "LTI_TOOL_SECRET_KEY (from the environment): has 5 characters" in told.stdout


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_doctor_before_the_first_start(
    settings: Mapping[str, str], tmp_path: Path, options: tuple[str, ...]
) -> None:
    fresh = {**settings, "LTI_TOOL_DATA_DIR": str(tmp_path / "new")}
    done = run(fresh, "doctor", *options)
    assert "Traceback" not in done.stderr
    assert done.returncode == 0
    assert "no tables yet" in done.stdout


def test_wrong_calls_and_settings(settings: Mapping[str, str]) -> None:
    assert run(settings, "registrations", "add").returncode == 2
    assert run(settings, "no-such-command").returncode == 2
    wrong = run({**settings, "LTI_TOOL_PUBLIC_URL": "nowhere"}, "registrations", "list")
    assert wrong.returncode == 1
    assert "LTI_TOOL_PUBLIC_URL (from the environment): write a whole address" in wrong.stderr
    assert "Traceback" not in wrong.stderr


@pytest.mark.parametrize(
    ("option", "value", "advice"),
    [
        ("--issuer", "", "write a whole address, such as https://lms.example.org"),
        ("--issuer", "banana", "write a whole address, such as https://lms.example.org"),
        ("--jwks-url", "javascript:x", "write a whole address, such as https://lms.example.org/…"),
        ("--client-id", "", "write the client id that the platform shows for this tool"),
        ("--client-id", "  ", "write the client id that the platform shows for this tool"),
    ],
)
def test_wrong_values_are_not_registered(
    settings: Mapping[str, str], option: str, value: str, advice: str
) -> None:
    done = run(settings, "registrations", "add", *PLATFORM, option, value)
    assert done.returncode == 2
    assert f"Invalid value for {option}: {advice}" in done.stderr


@pytest.mark.parametrize("database", ["unreachable", "corrupt"])
@pytest.mark.parametrize(
    "command", ["serve --port 0", "upgrade", "worker", "keys list", "registrations list"]
)
def test_a_database_that_cannot_be_used(
    settings: Mapping[str, str], tmp_path: Path, database: str, command: str
) -> None:
    url = "postgresql+psycopg://x:y@127.0.0.1:1/z"
    if database == "corrupt":
        url = f"sqlite:///{tmp_path / 'tool.sqlite3'}"
        (tmp_path / "tool.sqlite3").write_bytes(b"no database " * 1000)
    wrong = {**settings, "LTI_TOOL_DATABASE_URL": url, "LTI_TOOL_SECRET_KEY": "s" * 40}
    done = run(wrong, *command.replace("--port 0", f"--port {free_port()}").split())
    assert done.returncode == 1
    assert "lti-tool: The database cannot be reached: " in done.stderr
    assert done.stderr.endswith("; check LTI_TOOL_DATABASE_URL\n")
    assert "Traceback" not in done.stderr


def test_a_port_in_use(settings: Mapping[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(settings, "serve", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} of 127.0.0.1 is in use" in done.stderr


def test_served_it_migrates_answers_and_stops(tmp_path: Path) -> None:
    courses = write_course(tmp_path / "courses" / "small").parent
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running(tmp_path, public_url=url, port=port, courses=str(courses)):
        assert requests.get(f"{url}/health", timeout=300).json() == {"status": "ok"}
        assert requests.get(f"{url}/lti/jwks", timeout=300).json()["keys"]
        requests.get(f"{url}/play/SECRETSECRETSECRETSECR", timeout=300)
    log = (tmp_path / "serve.log").read_text()
    assert "worker.started" in log
    assert "worker.stopped" in log
    assert "route=/play/<handle>" in log
    assert "SECRET" not in log


def test_help_is_quick() -> None:
    code = (
        "import sys; sys.argv = ['lti-tool', '--help']\nfrom lti_tool.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "assert not {'flask', 'sqlalchemy', 'requests'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=300)


def commands(group: click.Group, name: str) -> list[tuple[str, click.Command]]:
    found = []
    for part, command in group.commands.items():
        if isinstance(command, click.Group):
            found += commands(command, f"{name} {part}")
        else:
            found.append((f"{name} {part}", command))
    return found


def test_every_command_and_option_is_documented() -> None:
    text = (ROOT / "docs" / "cli-lti-tool.md").read_text(encoding="utf-8")
    for name, command in commands(main, "lti-tool"):
        assert f"`{name}" in text, name
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.opts[0] in text, (name, option.opts)


#: They end when they are stopped, and print nothing.
LONG_RUNNING = {"lti-tool serve", "lti-tool worker"}


def test_every_command_explains_itself_and_can_speak_to_scripts() -> None:
    found = dict(commands(main, "lti-tool"))
    assert found.keys() > LONG_RUNNING
    for name, command in found.items():
        assert command.help, name
        assert all(
            option.help or not isinstance(option, click.Option) or option.is_eager
            for option in command.params
        ), name
        speaks = any("--json" in option.opts for option in command.params)
        assert speaks or name in LONG_RUNNING | {"lti-tool people export"}, name


def test_the_revisions_make_the_tables_of_the_models(tmp_path: Path) -> None:
    app = create_app(load_settings(data_dir=tmp_path, log_level="error"))
    upgrade_database(app)
    current, head = revisions(app)
    assert current == head
    with app.app_context():
        with db.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []
        db.engine.dispose()
