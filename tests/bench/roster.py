"""A roster of 10,000 members, read over HTTP into the database: the first time, and again when
hardly anybody has changed."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from lti_tool.app import create_app
from lti_tool.db import upgrade_database, writing
from lti_tool.models import Context, Deployment, Enrolment, Registration, db, now
from lti_tool.services.rosters import read_roster
from lti_tool.settings import load_settings
from lti_tool.tool import tool_of
from tests.conformance.emulators import Canvas, Moodle
from tests.conformance.platform import Platform, running_platform

MEMBERS = 10_000
HEAD = """\
| {count:,} members in pages of 50 | seconds | memory gained |
|---|---|---|
"""


def table() -> str:
    """Markdown."""
    rows = []
    for kind in (Moodle, Canvas):
        with _tool() as app, running_platform(kind) as platform:
            platform.members = [_member(n) for n in range(MEMBERS)]
            context = _enter(app, platform)
            rows.append((f"{kind.__name__}, first reading", *_read(app, context)))
            platform.members[:100] = [_member(n) for n in range(MEMBERS, MEMBERS + 100)]
            rows.append((f"{kind.__name__}, again, 100 exchanged", *_read(app, context)))
            _check(app, context)
    lines = [
        f"| {name} | {seconds:.1f} | {mebibytes:.0f} MiB |" for name, seconds, mebibytes in rows
    ]
    return HEAD.format(count=MEMBERS) + "\n".join(lines)


def _member(number: int) -> dict[str, object]:
    return {
        "user_id": f"user-{number:06}",
        "name": f"Member {number}",
        "email": f"member{number}@campus.example",
        "roles": ["Learner"],
    }


@contextmanager
def _tool() -> Iterator[Flask]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            load_settings(
                public_url="https://tool.example",
                data_dir=Path(folder),
                trusted_networks=(ip_network("127.0.0.0/8"),),
                log_level="error",
            )
        )
        upgrade_database(app)
        yield app
        with app.app_context():
            db.engine.dispose()


def _enter(app: Flask, platform: Platform) -> int:
    registration = Registration(
        public_id="bench",
        name="Campus",
        issuer=platform.issuer,
        client_id=platform.client_id,
        auth_url=f"{platform.url}/auth",
        token_url=f"{platform.url}/token",
        jwks_url=f"{platform.url}/jwks",
    )
    deployment = Deployment(registration=registration, deployment_id="1")
    context = Context(
        deployment=deployment, context_id="course-1", memberships_url=f"{platform.url}/members"
    )
    with app.app_context(), writing() as session:
        session.add(context)
        session.flush()
        return context.id


def _read(app: Flask, context: int) -> tuple[float, float]:
    before, begun = _peak(), time.perf_counter()
    with app.app_context():
        read_roster(writing, tool_of(app).tokens, context, now)
    return time.perf_counter() - begun, _peak() - before


def _check(app: Flask, context: int) -> None:
    with app.app_context():
        present = select(func.count()).where(
            Enrolment.context_pk == context, Enrolment.left_at.is_(None)
        )
        assert db.session.scalar(present) == MEMBERS
        gone = select(func.count()).where(
            Enrolment.context_pk == context, Enrolment.left_at.is_not(None)
        )
        assert db.session.scalar(gone) == 100


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(table())
