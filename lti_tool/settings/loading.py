"""From environment and file to the settings of this process, or to words about what is wrong."""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from lti_tool.errors import ConfigError
from lti_tool.settings.fields import MAKE_SECRET, MIN_SECRET, PREFIX, Settings


def load_settings(**overrides: object) -> Settings:
    """The settings of this process, complete, or ``ConfigError`` naming every wrong one."""
    name = os.environ.get(PREFIX + "CONFIG")
    written = _read_file(Path(name)) if name else {}
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise ConfigError("config.invalid", _explain(error, name, written)) from None
    return complete(settings)


def complete(settings: Settings) -> Settings:
    """Fill in what depends on other settings: the database's place and the secret key."""
    settings = settings.model_copy(update={"data_dir": settings.data_dir.absolute()})
    if not settings.database_url:
        url = f"sqlite:///{settings.data_dir / 'lti-tool.sqlite3'}"
        settings = settings.model_copy(update={"database_url": url})
    if not settings.secret_key:
        if not settings.is_sqlite:
            raise ConfigError(
                "config.secret-missing",
                f"{PREFIX}SECRET_KEY is not set, in the environment nor in the file that "
                f"{PREFIX}CONFIG names. Make one with: {MAKE_SECRET} and keep it: it encrypts "
                "the tool's signing keys.",
            )
        secret = _kept_secret(settings.data_dir / "secret-key")
        settings = settings.model_copy(update={"secret_key": secret})
    return settings


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Variables that look like ours and are none: misspelt settings."""
    known = {PREFIX + field.upper() for field in Settings.model_fields} | {PREFIX + "CONFIG"}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


def _read_file(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        reason = f"{error}; see config/lti-tool.example.toml"
    raise ConfigError(
        "config.file-unreadable", f"{PREFIX}CONFIG names {path}, which cannot be read: {reason}"
    )


def _explain(error: ValidationError, file: str | None, written: Mapping[str, object]) -> str:
    lines = []
    for item in error.errors():
        key = str(item["loc"][0]) if item["loc"] else "?"
        where = "the environment" if PREFIX + key.upper() in os.environ else "the command line"
        if where == "the command line" and key in written:
            where = str(file)
        text = item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            text = "there is no such setting; see config/lti-tool.example.toml"
        lines.append(f"{PREFIX}{key.upper()} (from {where}): {text}")
    return "\n".join(lines)


def _kept_secret(path: Path) -> str:
    """The secret key kept in the data folder; made there, readable to its owner only, where
    there is none. Two processes that start at once agree on one."""
    try:
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        if not path.exists():
            draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(secrets.token_urlsafe(48))
            with suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        secret = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigError(
            "config.data-dir",
            f"{path} cannot be written or read ({error.strerror}). Set {PREFIX}DATA_DIR to a "
            f"folder that this user may write to, or set {PREFIX}SECRET_KEY.",
        ) from None
    if len(secret) < MIN_SECRET:
        raise ConfigError(
            "config.secret-missing", f"{path} is damaged: delete it to have a new one made."
        )
    return secret
