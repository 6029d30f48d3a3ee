"""Settings: from the environment over the file, every wrong one named with what to write."""

from __future__ import annotations

import os
import re
import stat
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy import Engine

from lti_tool.app import create_app
from lti_tool.db import upgrade_database
from lti_tool.errors import ConfigError
from lti_tool.models import db
from lti_tool.settings import Settings, load_settings, shipped_courses, unknown_variables

ROOT = Path(__file__).resolve().parents[3]
SECRET = "s" * 32


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG", "PUBLIC_URL", "SECRET_KEY", "COURSES", "TRUSTED_NETWORKS"):
        monkeypatch.delenv(f"LTI_TOOL_{name}", raising=False)
    monkeypatch.setenv("LTI_TOOL_DATA_DIR", str(tmp_path / "data"))


def test_the_embedded_default_keeps_a_secret_for_its_owner_alone(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.database_url == f"sqlite:///{tmp_path}/data/lti-tool.sqlite3"
    assert settings.courses == (shipped_courses(),)
    kept = tmp_path / "data" / "secret-key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert len(settings.secret_key) >= 32
    assert load_settings().secret_key == settings.secret_key
    assert settings.secret_key not in repr(settings)


def test_the_data_folder_is_its_owners_alone(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        app = create_app(load_settings(log_level="error"))
        upgrade_database(app)
    finally:
        os.umask(mask)
    folder = tmp_path / "data"
    with app.app_context(), db.engine.connect():
        files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
        db.engine.dispose()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "lti-tool.sqlite3" in files
    assert set(files.values()) == {0o600}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_what_sqlite_has_committed_outlives_a_power_loss(engine: Engine) -> None:
    full = 2
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == full


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "tool.toml"
    file.write_text(
        'public_url = "https://file.example"\ntool_name = "From the file"\n'
        'courses = ["/a", "/b"]\ntrusted_networks = ["10.0.0.0/8"]\n'
    )
    monkeypatch.setenv("LTI_TOOL_CONFIG", str(file))
    monkeypatch.setenv("LTI_TOOL_PUBLIC_URL", "https://environment.example/")
    settings = load_settings()
    assert settings.public_url == "https://environment.example"
    assert settings.tool_name == "From the file"
    assert settings.courses == (Path("/a"), Path("/b"))
    assert settings.trusted_networks == (ip_network("10.0.0.0/8"),)


def test_lists_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LTI_TOOL_COURSES", "/a:/b")
    monkeypatch.setenv("LTI_TOOL_TRUSTED_NETWORKS", "127.0.0.0/8, ::1/128")
    settings = load_settings()
    assert settings.courses == (Path("/a"), Path("/b"))
    assert settings.trusted_networks == (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    monkeypatch.setenv("LTI_TOOL_COURSES", "")
    monkeypatch.setenv("LTI_TOOL_TRUSTED_NETWORKS", "")
    settings = load_settings()
    assert settings.courses == (shipped_courses(),)
    assert settings.trusted_networks == ()


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("PUBLIC_URL", "learn.example.org", "write a whole address"),
        ("PUBLIC_URL", "https://example.org/lti", "host of its own"),
        ("SECRET_KEY", "short", "python3 -c"),
        ("DATABASE_URL", "mysql://x", "postgresql+psycopg://"),
        ("BROKER_URL", "localhost:6379", "write redis://"),
        ("BROKER_URL", "http://localhost", "write redis://"),
        ("TRUSTED_NETWORKS", "10.0.0.1/8", "write networks such as"),
        ("FRAME_ANCESTORS", "apps.example", "write https://"),
        ("SESSION_HOURS", "soon", "number"),
        ("THREADS", "0", "greater than or equal to 1"),
        ("LANGUAGE", "de", "write one of en, fr, ar"),
        ("TIMEZONE", "Tunis", "IANA"),
        ("THEME", "/no/such.css", "no file"),
    ],
)
def test_wrong_settings(
    name: str, value: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"LTI_TOOL_{name}", value)
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert f"LTI_TOOL_{name} (from the environment)" in caught.value.message
    assert advice in caught.value.message


@pytest.mark.parametrize("password", ["pa#ssword", "pa/ssword", "12/3@ssword"])
def test_a_brokers_password_is_not_shown(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LTI_TOOL_BROKER_URL", f"redis://tool:{password}@localhost/0")
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert "ssword" not in caught.value.message.replace(" password", "").replace(":password", "")
    monkeypatch.setenv("LTI_TOOL_BROKER_URL", "rediss://tool:pa%23ssword@localhost/0")
    assert "ssword@" not in repr(load_settings())


def test_postgresql_wants_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LTI_TOOL_DATABASE_URL", "postgresql://tool@localhost/tool")
    with pytest.raises(ConfigError, match="LTI_TOOL_SECRET_KEY is not set"):
        load_settings()
    monkeypatch.setenv("LTI_TOOL_SECRET_KEY", SECRET)
    assert load_settings().database_url == "postgresql+psycopg://tool@localhost/tool"


def test_wrong_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "tool.toml"
    monkeypatch.setenv("LTI_TOOL_CONFIG", str(file))
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load_settings()
    file.write_text("public_url = [")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings()
    file.write_text('publik_url = "https://x.example"\nthreads = "many"\n')
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert f"LTI_TOOL_PUBLIK_URL (from {file}): there is no such setting" in caught.value.message
    assert f"LTI_TOOL_THREADS (from {file})" in caught.value.message


def test_misspelt_variables() -> None:
    environ = {"LTI_TOOL_SECRETKEY": "x", "LTI_TOOL_CONFIG": "x", "LTI_TOOL_THREADS": "4"}
    assert unknown_variables(environ) == ["LTI_TOOL_SECRETKEY"]


@pytest.mark.parametrize("file", ["config/lti-tool.example.toml", "docs/administrators.md"])
def test_every_setting_is_documented(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    for name in Settings.model_fields:
        assert re.search(rf"\b{name}\b", text), name
