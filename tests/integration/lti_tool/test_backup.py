"""A backup made while the tool writes is whole, and comes back; what stood there is kept."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select, text

from lti_tool import backup
from lti_tool.app import create_app
from lti_tool.cli import main
from lti_tool.db import needed_revision, revisions, upgrade_database, writing
from lti_tool.errors import ConfigError
from lti_tool.models import Registration, User, db, now
from lti_tool.settings import load_settings
from tests.conformance.postgres import INSTALLED
from tests.databases import KINDS, Databases
from tests.integration.lti_tool.conftest import SECRET
from tests.tool import BIN, eventually, free_port, lti_tool
from tests.tool import running as tool_running

PEOPLE = 300


class Shop:
    """A tool with people in it, and the commands on its database."""

    def __init__(self, app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app, self.folder = app, folder
        monkeypatch.setattr("lti_tool.commands.backup.make_app", lambda: app)

    def run(self, *arguments: str, **options: Any) -> Result:
        return CliRunner().invoke(main, list(arguments), **options)

    def add(self, *subs: str) -> None:
        with self.app.app_context(), writing() as session:
            found = session.scalar(select(Registration.id))
            if found is None:
                urls = dict.fromkeys(("auth_url", "token_url", "jwks_url"), "https://lms.example")
                row = Registration(public_id="p", name="Campus", issuer="i", client_id="c", **urls)
                session.add(row)
                session.flush()
                found = row.id
            session.add_all(User(registration_id=found, sub=sub, name="Amina é") for sub in subs)

    def people(self) -> set[str]:
        with self.app.app_context():
            return set(db.session.scalars(select(User.sub)))


@pytest.fixture(params=KINDS)
def shop(
    request: pytest.FixtureRequest,
    databases: Databases,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Shop]:
    monkeypatch.setenv("PATH", f"{INSTALLED / 'bin'}{os.pathsep}{os.environ['PATH']}")
    with databases.new(request.param) as url:
        settings = load_settings(
            database_url=url, data_dir=tmp_path / "data", secret_key=SECRET, log_level="error"
        )
        app = create_app(settings)
        yield Shop(app, tmp_path, monkeypatch)
        with app.app_context():
            db.engine.dispose()


def test_there_and_back(shop: Shop) -> None:
    shop.add("early")
    file = shop.folder / "copy.backup"
    made = shop.run("backup", str(file), "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout) == {"file": str(file), "bytes": file.stat().st_size}
    assert "LTI_TOOL_SECRET_KEY" in made.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    shop.add("late")

    refused = shop.run("restore", str(file), input="n\n")
    assert refused.exit_code == 1
    assert shop.people() == {"early", "late"}

    done = shop.run("restore", str(file), "--yes")
    assert done.exit_code == 0, done.output
    assert shop.people() == {"early"}
    assert revisions(shop.app) == (needed_revision(), needed_revision())
    shop.add("after")  # keys and sequences are in order
    kept = next(shop.folder.glob("before-restore-*.backup"))
    assert str(kept) in done.output

    again = json.loads(shop.run("restore", str(kept), "--yes", "--json").stdout)
    assert (again["file"], again["needs_upgrade"]) == (str(kept), False)
    assert Path(again["kept"]).is_file()
    assert shop.people() == {"early", "late"}
    assert sorted(item.name for item in shop.folder.glob("*.part")) == []
    assert sorted(item.name for item in shop.folder.glob(".*")) == []


def holds_a_lock(process: int) -> bool:
    locks = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return any("FLOCK" in line and str(process) in line for line in locks)


def test_refused_while_a_server_or_worker_runs(tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path / "data"
    folder.mkdir()
    file = tmp_path / "copy.backup"

    def restore(environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        command = [str(BIN / "lti-tool"), "restore", str(file), "--yes"]
        return subprocess.run(
            command, env=dict(environment), capture_output=True, text=True, timeout=120
        )

    with tool_running(
        folder, public_url=f"http://127.0.0.1:{port}", port=port, log=tmp_path / "log"
    ) as environment:
        lti_tool("backup", str(file), env=environment)
        refused = restore(environment)
        assert refused.returncode == 1
        assert "stop its servers and workers first" in refused.stderr
        assert not list(tmp_path.glob("before-restore-*"))
    worker = subprocess.Popen([str(BIN / "lti-tool"), "worker"], env=dict(environment))
    try:
        eventually(lambda: holds_a_lock(worker.pid) or None)
        assert restore(environment).returncode == 1
    finally:
        worker.kill()
        worker.wait(120)
    # A lock goes with its process, even one that was killed.
    assert restore(environment).returncode == 0


def test_into_an_empty_database(shop: Shop, databases: Databases) -> None:
    shop.add("moved")
    file = shop.folder / "copy.backup"
    assert shop.run("backup", str(file)).exit_code == 0
    with shop.app.app_context():
        kind = db.engine.dialect.name
    with databases.new(kind, empty=True) as url:
        settings = load_settings(
            database_url=url, data_dir=shop.folder, secret_key=SECRET, log_level="error"
        )
        other = create_app(settings)
        with other.app_context():
            assert backup.restore(db.engine, file, shop.folder, now=now()) is None
            assert db.session.scalars(select(User.sub)).all() == ["moved"]
            db.session.remove()
            db.engine.dispose()


def test_a_copy_made_while_others_write_is_one_moment(shop: Shop) -> None:
    """People are written in pairs: no copy may hold half a pair."""
    shop.add("first-a", "first-b")
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set() and number < PEOPLE:
            shop.add(f"{number}-a", f"{number}-b")
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    file = shop.folder / "busy.backup"
    try:
        assert shop.run("backup", str(file)).exit_code == 0
    finally:
        stop.set()
        writer.join()
    assert shop.run("restore", str(file), "--yes").exit_code == 0
    found = shop.people()
    assert {"first-a", "first-b"} <= found
    assert {sub.removesuffix("-a") for sub in found if sub.endswith("-a")} == {
        sub.removesuffix("-b") for sub in found if sub.endswith("-b")
    }


def test_a_file_that_is_there_is_not_overwritten(shop: Shop) -> None:
    file = shop.folder / "precious.txt"
    file.write_text("precious")
    refused = shop.run("backup", str(file))
    assert (refused.exit_code, "exists" in refused.output) == (1, True)
    assert file.read_text() == "precious"
    assert shop.run("backup", str(file), "--yes").exit_code == 0
    assert file.stat().st_size > 1000


@pytest.mark.parametrize(
    "content", [b"", b"precious", b"SQLite format 3\0garbage", b"PGDMPgarbage"]
)
def test_what_is_no_backup_changes_nothing(shop: Shop, content: bytes) -> None:
    shop.add("stays")
    file = shop.folder / "wrong"
    file.write_bytes(content)
    refused = shop.run("restore", str(file), "--yes")
    assert refused.exit_code == 1, refused.output
    assert refused.output.startswith("lti-tool: ")
    assert shop.people() == {"stays"}
    with shop.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Registration)) == 1


def test_a_folder_that_is_not_there(shop: Shop) -> None:
    refused = shop.run("backup", str(shop.folder / "none" / "copy"))
    assert (refused.exit_code, "cannot be written" in refused.output) == (1, True)


def test_what_is_no_ordinary_file_is_not_replaced(shop: Shop) -> None:
    """As root, ``backup /dev/stdout --yes`` would put a file in the device's place."""
    pipe = shop.folder / "pipe"
    os.mkfifo(pipe)
    refused = shop.run("backup", str(pipe), "--yes")
    assert (refused.exit_code, "no ordinary file" in refused.output) == (1, True)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_any_name_will_do(shop: Shop) -> None:
    shop.add("early")
    (shop.folder / "a #1?folder").mkdir()
    file = shop.folder / "a #1?folder" / "100% é?mode=ro#.backup"
    assert shop.run("backup", str(file)).exit_code == 0
    shop.add("late")
    done = shop.run("restore", str(file), "--yes")
    assert done.exit_code == 0, done.output
    assert shop.people() == {"early"}


def test_a_copy_of_a_later_version_changes_nothing(shop: Shop) -> None:
    shop.add("early")

    def stand_at(revision: str) -> None:
        with shop.app.app_context(), writing() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": revision})

    stand_at("9999")
    file = shop.folder / "later.backup"
    assert shop.run("backup", str(file)).exit_code == 0
    with pytest.raises(ConfigError, match="a later version made them"):
        upgrade_database(shop.app)
    stand_at(needed_revision())
    shop.add("late")
    refused = shop.run("restore", str(file), "--yes")
    assert (refused.exit_code, "a later version made them" in refused.output) == (1, True)
    assert shop.people() == {"early", "late"}
    assert revisions(shop.app) == (needed_revision(), needed_revision())
    assert [item.name for item in shop.folder.iterdir() if item.is_file()] == ["later.backup"]


def test_the_address_of_the_database_is_used_whole(shop: Shop) -> None:
    """What stands behind the "?" counts too: the host of a socket, sslmode."""
    with shop.app.app_context():
        url = db.engine.url
    if url.get_backend_name() == "sqlite":
        pytest.skip("SQLite has none")
    query = {"host": str(url.host), "port": str(url.port), "application_name": "é &x"}
    moved = url.set(host=None, port=None, query=query)
    settings = load_settings(
        database_url=moved.render_as_string(hide_password=False),
        data_dir=shop.folder / "data",
        secret_key=SECRET,
        log_level="error",
    )
    other = create_app(settings)
    shop.add("early")
    file = shop.folder / "copy.backup"
    with other.app_context():
        backup.back_up(db.engine, file)
        shop.add("late")
        assert backup.restore(db.engine, file, shop.folder, now=now()) is not None
        db.engine.dispose()
    assert shop.people() == {"early"}


def test_without_the_client_programs(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with shop.app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite needs none")
    monkeypatch.setenv("PATH", str(shop.folder))
    refused = shop.run("backup", str(shop.folder / "copy"))
    assert (refused.exit_code, "pg_dump is not installed" in refused.output) == (1, True)
    assert not (shop.folder / "copy").exists()
