"""Scores a second that one worker delivers to one platform, beside plain ``requests.post`` of the
same bodies, as many at a time. The platform is a process of its own: a server of the tests that
checks the bearer and keeps each score."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path

import requests
from flask import Flask

from lti_tool.app import create_app
from lti_tool.db import upgrade_database, writing
from lti_tool.lti.ags import SCORE_TYPE
from lti_tool.lti.quirks import DEFAULT
from lti_tool.models import Context, Deployment, Registration, ResourceLink, User, db, now
from lti_tool.services.deliveries import write_delivery
from lti_tool.settings import load_settings
from lti_tool.worker.loop import deliver
from tests.conformance.platform import AGS_SCOPES, running_platform
from tests.conformance.postgres import running_postgres

SCORES = 600
AT_ONCE = DEFAULT.parallel_calls


def table() -> str:
    """Markdown."""
    with running_postgres() as postgres, _platform() as url:
        floor = _floor(url, f"{url}/lineitems/1/lineitem")
        rates = {
            "SQLite": _tool(url, f"{url}/lineitems/2/lineitem", None),
            "PostgreSQL": _tool(url, f"{url}/lineitems/3/lineitem", postgres),
        }
    lines = ["| scores | a second | ÷ floor |", "|---|---|---|"]
    lines.append(f"| floor: requests.post, {AT_ONCE} at once | {floor:.0f} | |")
    for name, rate in rates.items():
        lines.append(f"| the tool, {name} | {rate:.0f} | {rate / floor:.2f} |")
    return "\n".join(lines)


def _tool(url: str, line_item: str, database: str | None) -> float:
    with _app(database) as app:
        with app.app_context(), writing():
            _write(url, line_item)
        begun, delivered = time.perf_counter(), 0
        while (done := deliver(app)).total:
            assert done.delivered == done.total, done
            delivered += done.delivered
        assert delivered == SCORES
        return SCORES / (time.perf_counter() - begun)


def _floor(url: str, line_item: str) -> float:
    token = requests.post(f"{url}/token", timeout=10).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": SCORE_TYPE}

    def post(number: int) -> None:
        body = {
            "userId": f"user-{number}",
            "timestamp": now().isoformat(timespec="seconds"),
            "scoreGiven": 66.67,
            "scoreMaximum": 100,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "submission": {"submittedAt": now().isoformat(timespec="milliseconds")},
        }
        data = json.dumps(body)
        answer = requests.post(f"{line_item}/scores", data=data, headers=headers, timeout=10)
        assert answer.status_code == 200

    begun = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(post, range(SCORES)))
    return SCORES / (time.perf_counter() - begun)


@contextmanager
def _app(database: str | None) -> Iterator[Flask]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            load_settings(
                public_url="https://tool.example",
                data_dir=Path(folder),
                trusted_networks=(ip_network("127.0.0.0/8"),),
                log_level="error",
                secret_key="a secret of more than thirty-two characters",
                **({"database_url": database} if database else {}),
            )
        )
        upgrade_database(app)
        yield app
        with app.app_context():
            db.engine.dispose()


def _write(url: str, line_item: str) -> None:
    """A score of each of so many people, in the session at hand."""
    names = ("auth", "token", "jwks")
    registration = Registration(
        public_id="bench",
        name="Campus",
        issuer=url,
        client_id="tool-1",
        **{f"{name}_url": f"{url}/{name}" for name in names},
    )
    deployment = Deployment(registration=registration, deployment_id="1")
    link = ResourceLink(
        context=Context(deployment=deployment, context_id="course-1"),
        resource_link_id="link-1",
        course_id="small",
        unit_id="first",
        line_item_url=line_item,
        ags_scopes=AGS_SCOPES,
    )
    people = [User(registration=registration, sub=f"user-{number}") for number in range(SCORES)]
    session = db.session()
    session.add_all([link, *people])
    session.flush()
    for person in people:
        write_delivery(session, person, link, Decimal("66.67"), True, now())


@contextmanager
def _platform() -> Iterator[str]:
    """Its address."""
    command = [sys.executable, "-m", "tests.bench.scores", "--platform"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.communicate(timeout=30)


def _serve() -> None:
    """Until standard input ends."""
    with running_platform() as platform:
        for number in "123":
            platform.line_items[number] = {"id": f"{platform.url}/lineitems/{number}/lineitem"}
        print(platform.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    if "--platform" in sys.argv:
        _serve()
    else:
        print(table())
