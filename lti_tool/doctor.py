"""``lti-tool doctor``: each part of the set-up looked at, each finding with its remedy."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lti_tool.errors import ConfigError, LtiToolError, PlatformError
from lti_tool.findings import Finding
from lti_tool.settings import Settings, load_settings, unknown_variables

if TYPE_CHECKING:
    from flask import Flask

    from lti_tool.tool import Tool

MAX_SKEW_SECONDS = 30
OLD_KEY_DAYS = 400


def examine() -> list[Finding]:
    """Every finding. Without settings nothing else can be looked at."""
    found = list(_variables())
    try:
        settings = load_settings()
    except ConfigError as error:
        remedy = "Correct it as it says; config/lti-tool.example.toml shows every setting."
        return [*found, Finding("problem", "settings", error.message, remedy)]
    found.append(Finding("ok", "settings", "readable"))
    found.extend(_public_url(settings))
    from lti_tool.app import create_app
    from lti_tool.doctor_operation import (
        at_work,
        broker,
        certificate,
        disk,
        kept,
        open_metrics,
    )
    from lti_tool.models import db, now
    from lti_tool.tool import tool_of

    try:
        app = create_app(settings)
    except LtiToolError as error:
        return [*found, Finding("problem", "settings", error.message, "Correct the setting.")]
    tool = tool_of(app)
    database = list(_database(app, settings))
    found.extend(database)
    found.extend(_courses(tool))
    found.extend(_reachable(tool))
    found.extend(certificate(settings, now()))
    found.extend(disk(settings))
    found.extend(broker(settings))
    found.extend(kept(settings))
    found.extend(open_metrics(settings))
    if all(item.level == "ok" for item in database):
        found.extend(_key(app, settings))
        found.extend(_platforms(app, tool))
        with app.app_context():
            found.extend(at_work(db.session(), now()))
    return found


def _variables() -> Iterator[Finding]:
    for name in unknown_variables(os.environ):
        yield Finding(
            "problem",
            "settings",
            f"{name} is no setting",
            "Correct its spelling, or unset it; config/lti-tool.example.toml shows every setting.",
        )


def _public_url(settings: Settings) -> Iterator[Finding]:
    parts = urlsplit(settings.public_url)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme == "https":
        yield Finding("ok", "public URL", settings.public_url)
    elif local:
        yield Finding(
            "advice",
            "public URL",
            f"{settings.public_url} is for trials on this machine",
            "For an LMS on another machine, set LTI_TOOL_PUBLIC_URL to an https address.",
        )
    else:
        yield Finding(
            "problem",
            "public URL",
            f"{settings.public_url} is plain http: browsers keep no cookies of it in a frame",
            "Put a reverse proxy with a certificate in front and set LTI_TOOL_PUBLIC_URL to its "
            "https address.",
        )


def _database(app: Flask, settings: Settings) -> Iterator[Finding]:
    from sqlalchemy.exc import SQLAlchemyError

    from lti_tool.db import driver_reason, refuse_later_tables, revisions

    kind = "SQLite" if settings.is_sqlite else "PostgreSQL"
    try:
        current, needed = revisions(app)
    except SQLAlchemyError as error:
        yield Finding(
            "problem",
            "database",
            f"{kind} cannot be reached: {driver_reason(error)}",
            "Check LTI_TOOL_DATABASE_URL, that the server runs, and that this user may enter.",
        )
        return
    try:
        refuse_later_tables(current)
    except ConfigError as error:
        yield Finding("problem", "database", error.message)
        return
    if current == needed:
        yield Finding("ok", "database", f"{kind}, tables at {current}")
    elif settings.is_sqlite and current is None:
        yield Finding(
            "advice", "database", "no tables yet", "lti-tool serve or lti-tool upgrade makes them."
        )
    else:
        yield Finding(
            "problem",
            "database",
            f"tables at {current or 'nothing'}, needed is {needed}",
            "Back the database up, then run: lti-tool upgrade",
        )


def _courses(tool: Tool) -> Iterator[Finding]:
    shelf = tool.shelf.shelf()
    for course in shelf.courses.values():
        yield Finding("ok", "courses", f"{course.id} {course.version}, {len(course.units)} unit(s)")
    if not shelf.courses:
        yield Finding(
            "problem", "courses", "no course is served", "Set LTI_TOOL_COURSES to course folders."
        )
    for item in shelf.faulty:
        for problem in item.problems:
            yield Finding(
                "problem",
                "courses",
                f"{item.folder}: {problem.path}:{problem.line} {problem.code}: {problem.message}",
                problem.hint,
            )


def _reachable(tool: Tool) -> Iterator[Finding]:
    """Whether our own keyset answers at the public URL, as LMSs must see it."""
    url = tool.jwks_url
    try:
        answer = tool.outbound.get(url)
        keys = answer.json().get("keys") if answer.status_code == 200 else None
    except PlatformError as error:
        yield Finding(
            "advice",
            "public URL",
            f"{url} does not answer from here: {error.message}",
            "Where the server runs, check the reverse proxy and the name's address; LMSs must "
            "reach the keyset. A private address is reached with LTI_TOOL_TRUSTED_NETWORKS.",
        )
        return
    except (ValueError, AttributeError):
        keys = None
    if keys:
        yield Finding("ok", "public URL", f"answers, with {len(keys)} key(s) for LMSs")
    else:
        yield Finding(
            "problem",
            "public URL",
            f"{url} answers {answer.status_code}, without our keys",
            "Check that the reverse proxy passes requests on to this tool.",
        )


def _key(app: Flask, settings: Settings) -> Iterator[Finding]:
    from lti_tool.lti.keys import current_key
    from lti_tool.models import SigningKey, db

    with app.app_context():
        if db.session.query(SigningKey).first() is None:
            yield Finding("ok", "signing key", "made at the first start")
            return
        try:
            signer = current_key(db.session(), settings.secret_key)
        except ConfigError as error:
            remedy = "Set LTI_TOOL_SECRET_KEY to the secret that the keys were made with."
            yield Finding("problem", "signing key", error.message, remedy)
            return
        made = db.session.get_one(SigningKey, signer.kid).created_at
    days = (datetime.now(UTC) - made).days
    if days > OLD_KEY_DAYS:
        message = f"{signer.kid} is {days} days old"
        yield Finding("advice", "signing key", message, "lti-tool keys rotate")
    else:
        yield Finding("ok", "signing key", f"{signer.kid}, {days} day(s) old")


def _platforms(app: Flask, tool: Tool) -> Iterator[Finding]:
    from lti_tool.models import RegistrationStatus, db
    from lti_tool.services.registrations import list_registrations

    with app.app_context():
        rows = [
            (item.id, f"{item.id} ({item.issuer})", item.status, item.jwks_url, item.skew_seconds)
            for item in list_registrations(db.session())
        ]
    if not rows:
        yield Finding("advice", "platforms", "none registered", "lti-tool registrations invite")
    for number, title, status, jwks_url, skew in rows:
        if status == RegistrationStatus.PENDING:
            remedy = f"lti-tool registrations approve {number}"
            yield Finding("advice", "platforms", f"{title} waits for approval", remedy)
        elif status == RegistrationStatus.ACTIVE:
            yield from _keyset(tool, title, jwks_url)
            yield from _skew(title, -skew if skew is not None else None)


def _keyset(tool: Tool, title: str, url: str) -> Iterator[Finding]:
    try:
        answer = tool.outbound.get(url)
        keys = answer.json().get("keys") if answer.status_code == 200 else None
    except (PlatformError, ValueError, AttributeError) as error:
        reason = error.message if isinstance(error, PlatformError) else "no keyset in the answer"
        yield Finding("problem", "platforms", f"{title}: {url}: {reason}", _KEYSET_REMEDY)
        return
    if not keys:
        yield Finding(
            "problem", "platforms", f"{title}: {url}: no keys in the answer", _KEYSET_REMEDY
        )
        return
    yield Finding("ok", "platforms", f"{title}: {len(keys)} key(s)")
    try:
        theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
        skew = (datetime.now(UTC) - theirs).total_seconds()
    except (TypeError, ValueError):
        return
    yield from _skew(title, skew)


def _skew(title: str, seconds: float | None) -> Iterator[Finding]:
    """What the platform's clock said: its keyset's date, or the token of its last launch."""
    if seconds is not None and abs(seconds) > MAX_SKEW_SECONDS:
        yield Finding(
            "problem",
            "clock",
            f"this machine is {seconds:+.0f} s off the clock of {title}",
            "Keep both machines' clocks right by NTP: launches are refused from 60 s on.",
        )


_KEYSET_REMEDY = (
    "Compare the keyset URL with the platform's; open it from this machine (firewall, "
    "LTI_TOOL_TRUSTED_NETWORKS, LTI_TOOL_CA_BUNDLE)."
)
