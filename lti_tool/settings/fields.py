"""Every setting: its form, what it is when nobody says, and what to write where it is wrong."""

from __future__ import annotations

import os
import re
from importlib import resources
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from babel.dates import get_timezone
from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from lti_tool.languages import LANGUAGES

PREFIX = "LTI_TOOL_"
MIN_SECRET = 32
MIN_METRICS_TOKEN = 16
#: Ways to a broker; those that end in s are encrypted.
BROKERS = ("redis", "rediss", "amqp", "amqps")
MAKE_SECRET = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'  # noqa: S105 - a command

Network = IPv4Network | IPv6Network


def shipped_courses() -> Path:
    """The folder of the courses that come with the tool."""
    return Path(str(resources.files("content") / "courses"))


class Settings(BaseSettings):
    """Every setting, checked. Frozen: what the tool started with is what it runs with."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    public_url: str = Field(
        "http://127.0.0.1:8000",
        description="The address at which browsers and LMSs reach the tool, such as "
        "https://learn.example.org: no path, no slash at the end.",
    )
    data_dir: Path = Field(Path("var"), description="Where the embedded default keeps its files.")
    database_url: str = Field(
        "",
        description="sqlite:///path or postgresql+psycopg://user:password@host/name. "
        "lti-tool.sqlite3 in the data folder unless said.",
    )
    broker_url: str = Field(
        "",
        repr=False,
        description="Redis or RabbitMQ, for lti-tool worker --celery: "
        "redis://:password@host:6379/0 or amqp://user:password@host:5672//. None unless said.",
    )
    secret_key: str = Field(
        "",
        repr=False,
        description=f"At least {MIN_SECRET} random characters; encrypts the signing keys. "
        "On SQLite one is made and kept in the data folder.",
    )
    courses: Annotated[tuple[Path, ...], NoDecode] = Field(
        default_factory=lambda: (shipped_courses(),),
        description="Course folders, or folders of them, joined by ':'. The shipped ones unless "
        "said.",
    )
    trusted_networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        (),
        description="Networks where the tool may call private addresses and plain http (an LMS "
        "in an intranet), such as 127.0.0.0/8, separated by commas. None unless said.",
    )
    ca_bundle: Path | None = Field(
        None, description="Certificate authorities for an LMS with a certificate of its own (PEM)."
    )
    frame_ancestors: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Further origins that may frame the tool, separated by commas: for an LMS "
        "whose pages stand on another host than its issuer (Open edX: its MFE host).",
    )
    tool_name: str = Field(
        "SSE Campus", max_length=100, description="The name that LMSs and pages show."
    )
    contact: str | None = Field(
        None, max_length=200, description="An address for administrators, shown on refusal pages."
    )
    theme: Path | None = Field(
        None,
        description="A style sheet that sets the variables of the look (--sse-accent, --sse-logo "
        "…), for every page and the player.",
    )
    language: str = Field(
        "en", description="The pages' language where neither launch nor browser says one."
    )
    timezone: str = Field(
        "UTC", description="The time zone of the times on pages, such as Africa/Tunis."
    )
    session_hours: float = Field(
        12, gt=0, le=168, description="How long a launch stays open after its last use."
    )
    invite_hours: float = Field(
        72, gt=0, le=720, description="How long a registration URL can be used."
    )
    key_days: float = Field(
        90,
        ge=0,
        le=3650,
        description="How old the signing key grows before the worker makes a new one; 0: never.",
    )
    package_cache_mb: int = Field(
        2000,
        ge=50,
        le=1_000_000,
        description="Megabytes that SCORM packages to download may take up in the data folder.",
    )
    keep_refusals_days: int = Field(
        30, ge=0, description="Days that refused launches are listed; 0 keeps them for good."
    )
    keep_deliveries_days: int = Field(
        365,
        ge=0,
        description="Days that the history of scores sent is kept; the last of each person and "
        "activity stays. 0 keeps all.",
    )
    keep_notices_days: int = Field(
        90, ge=0, description="Days that platforms' notices are kept; 0 keeps them for good."
    )
    keep_jobs_days: int = Field(
        30,
        ge=0,
        description="Days that background work, done or failed, is listed; 0 keeps it for good.",
    )
    keep_audit_days: int = Field(
        730,
        ge=0,
        description="Days that the audit log and requests about people's data are kept; 0 keeps "
        "them for good.",
    )
    forget_people_months: int = Field(
        0,
        ge=0,
        description="Months without a launch after which a person is erased; 0 never erases.",
    )
    metrics_token: str = Field(
        "",
        repr=False,
        description="Opens /metrics to who sends it as bearer: at least 16 characters.",
    )
    metrics_networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        (),
        description="Networks that may read /metrics without a token, such as 10.0.0.0/8. "
        "Requests that came through a proxy are refused.",
    )
    threads: int = Field(8, ge=1, le=64, description="Threads of the embedded server.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="How much is logged."
    )
    log_format: Literal["text", "json"] = Field("text", description="How each log line looks.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        name = os.environ.get(PREFIX + "CONFIG")
        if not name:
            return (init_settings, env_settings)
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(name)))

    @field_validator("language")
    @classmethod
    def _check_language(cls, value: str) -> str:
        if value not in LANGUAGES:
            raise ValueError(f"write one of {', '.join(LANGUAGES)}")
        return value

    @field_validator("timezone")
    @classmethod
    def _check_timezone(cls, value: str) -> str:
        try:
            get_timezone(value)
        except LookupError as error:
            raise ValueError("write a zone of the IANA list, such as Africa/Tunis") from error
        return value

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, value: str) -> str:
        value = value.rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("write a whole address, such as https://learn.example.org")
        if parts.path or parts.query or parts.fragment or parts.username:
            raise ValueError("write scheme, host and port only: the tool needs a host of its own")
        return value

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, value: str) -> str:
        if value.startswith(("postgres://", "postgresql://")):
            value = "postgresql+psycopg://" + value.split("://", 1)[1]
        if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("write sqlite:///path or postgresql+psycopg://user:password@host/name")
        return value

    @field_validator("broker_url")
    @classmethod
    def _check_broker_url(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            whole = parts.scheme in BROKERS and bool(parts.hostname) and parts.port != 0
            whole = whole and "@" not in parts.path + parts.query + parts.fragment
        except ValueError:  # its words would show a part of the password
            whole = False
        if value and not whole:
            raise ValueError(
                "write redis://:password@host:6379/0 or amqp://user:password@host:5672//; in a "
                "password, write / as %2F, @ as %40, # as %23 and % as %25"
            )
        return value

    @field_validator("secret_key")
    @classmethod
    def _check_secret(cls, value: str) -> str:
        if value and len(value) < MIN_SECRET:
            raise ValueError(
                f"has {len(value)} characters, needs {MIN_SECRET}; make one with: {MAKE_SECRET}"
            )
        return value

    @field_validator("courses", mode="before")
    @classmethod
    def _split_courses(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return [part for part in value.split(os.pathsep) if part] or [shipped_courses()]

    @field_validator("metrics_token")
    @classmethod
    def _check_metrics_token(cls, value: str) -> str:
        if value and len(value) < MIN_METRICS_TOKEN:
            raise ValueError(f"has {len(value)} characters, needs {MIN_METRICS_TOKEN}")
        return value

    @field_validator("trusted_networks", "metrics_networks", "frame_ancestors", mode="before")
    @classmethod
    def _split_list(cls, value: object, info: ValidationInfo) -> object:
        if isinstance(value, str):
            value = [part for part in re.split(r"[\s,]+", value) if part]
        if info.field_name == "frame_ancestors" or not isinstance(value, list | tuple):
            return value
        try:
            return tuple(ip_network(part) for part in value)
        except ValueError as error:
            raise ValueError(f"{error}; write networks such as 10.0.0.0/8, fd00::/8") from None

    @field_validator("frame_ancestors")
    @classmethod
    def _check_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+", origin):
                raise ValueError(f"{origin!r} is no origin; write https://apps.lms.example.org")
        return value

    @field_validator("theme", "ca_bundle")
    @classmethod
    def _check_file(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError(f"there is no file {value}")
        return value

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite:")

    def with_public_url(self, url: str) -> Settings:
        """The same settings at another address (``serve`` without a public URL)."""
        return self.model_copy(update={"public_url": url})
