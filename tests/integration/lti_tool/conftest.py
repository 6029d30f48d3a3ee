"""The whole tool behind a real server, on SQLite in a file and on PostgreSQL; a platform of our own
beside it."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from flask import Flask
from sqlalchemy import update
from waitress.server import create_server

from lti_tool.app import create_app
from lti_tool.db import writing
from lti_tool.models import Registration, RegistrationStatus, db
from lti_tool.services import lately
from lti_tool.settings import load_settings
from lti_tool.tool import tool_of
from tests.conformance.browsing import Browser
from tests.conformance.platform import INSTRUCTOR, Platform, running_platform
from tests.databases import KINDS, Databases
from tests.integration.lti_tool.course import write_course

SECRET = "a secret of more than thirty-two characters"
METRICS_TOKEN = "only for Prometheus"
LAUNCH_CUSTOM = {"course": "small", "unit": "first"}


@pytest.fixture(scope="session", params=KINDS)
def database_url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    with databases.new(request.param) as url:
        yield url


@dataclass(frozen=True)
class Tool:
    app: Flask
    url: str
    course: Path

    def register(self, platform: Platform, **values: Any) -> str:
        """A registration of ``platform``; its public id."""
        public_id = uuid4().hex[:16]
        row = Registration(
            public_id=public_id,
            name="Campus",
            issuer=platform.issuer,
            client_id=platform.client_id,
            auth_url=f"{platform.url}/auth",
            token_url=f"{platform.url}/token",
            jwks_url=f"{platform.url}/jwks",
            **values,
        )
        with self.app.app_context(), writing() as session:
            session.add(row)
        return public_id


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Tool]:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    courses = tmp_path_factory.mktemp("courses")
    course = write_course(courses / "small")
    settings = load_settings(
        public_url=url,
        data_dir=tmp_path_factory.mktemp("data"),
        database_url=database_url,
        secret_key=SECRET,
        courses=(courses,),
        trusted_networks=(ip_network("127.0.0.0/8"),),
        log_level="error",
        metrics_token=METRICS_TOKEN,
        threads=12,
    )
    app = create_app(settings)
    tool_of(app).shelf._interval = 0.0
    server = create_server(app, sockets=[listener], threads=12)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Tool(app, url, course)
    server.close()
    thread.join(10)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def platform() -> Iterator[Platform]:
    with running_platform() as platform:
        platform.client_id = f"tool-{uuid4().hex[:8]}"  # ports, and so issuers, come again
        platform.line_items["1"] = {"id": f"{platform.url}/lineitems/1/lineitem?type_id=1"}
        yield platform


@pytest.fixture
def course(tool: Tool) -> Iterator[Path]:
    """The course's folder, to be changed; it is as it was afterwards."""
    yield tool.course
    write_course(tool.course)


@dataclass
class Person:
    """Somebody in a browser, after a launch: pages by ``get``, the player's API by ``api``."""

    browser: Browser
    handle: str
    page: str
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.browser.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self.browser.request("POST", path, **options)

    def api(self, method: str, path: str, body: Any = None) -> requests.Response:
        options: dict[str, Any] = {"headers": {"Authorization": f"Bearer {self.handle}"}}
        if body is not None:
            options["json"] = body
        return self.browser.request(method, f"/api{path}", **options)

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.api("GET", "/state").json()["state"]["units"]["first"]
        return found

    def document(self) -> str:
        answer = self.get(f"/play/{self.handle}")
        assert answer.status_code == 200, answer.text[:1000]
        return answer.text

    def data(self) -> dict[str, Any]:
        """What the player is given."""
        found = re.search(r'id="course-data"[^>]*>(.*?)</script>', self.document(), re.DOTALL)
        assert found
        value: dict[str, Any] = json.loads(found[1])
        return value

    def form_token(self, path: str) -> str:
        found = re.search(r'name="form_token" value="([0-9a-f]+)"', self.get(path).text)
        assert found
        return found[1]


class Campus:
    """One platform registered with the tool, and its people."""

    def __init__(self, tool: Tool, platform: Platform, **values: Any) -> None:
        self.tool, self.platform = tool, platform
        self.public_id = tool.register(platform, **values)

    def browser(self) -> Browser:
        return Browser(self.tool.url, self.public_id, self.platform)

    def enter(self, claims: dict[str, Any], browser: Browser | None = None) -> Person:
        browser = browser or self.browser()
        answer = browser.launch(claims)
        assert answer.status_code == 303, answer.text[:2000]
        _, page, handle = answer.headers["Location"].split("/")
        return Person(browser, handle, page)

    def learner(self, sub: str = "user-1", **changes: Any) -> Person:
        fixed = {"sub": sub, "custom": LAUNCH_CUSTOM}
        return self.enter(self.platform.claims(**{**fixed, **changes}))

    def teacher(self, sub: str = "teacher-1", **changes: Any) -> Person:
        fixed = {"sub": sub, "custom": LAUNCH_CUSTOM, "roles": [INSTRUCTOR]}
        return self.enter(self.platform.claims(**{**fixed, **changes}))

    def picker(self, **changes: Any) -> Person:
        return self.enter(self.platform.deep_linking(**changes))

    def a_moment_later(self) -> None:
        """What a launch has read is believed by the next one until then."""
        time.sleep(lately.SECONDS)


@pytest.fixture
def campus(tool: Tool, platform: Platform) -> Iterator[Campus]:
    yield Campus(tool, platform)
    # Its platform goes: what it was not sent by now must not disturb the next test.
    with tool.app.app_context(), writing() as session:
        session.execute(update(Registration).values(status=RegistrationStatus.SUSPENDED))
