"""The tool behind a real server, and a platform of our own registered with it for each test."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import delete
from werkzeug.serving import WSGIRequestHandler, make_server

from lti_tool.app import create_app
from lti_tool.db import writing
from lti_tool.models import Registration, db
from lti_tool.settings import load_settings
from tests.conformance import evidence
from tests.conformance.browsing import Browser
from tests.conformance.platform import Platform, running_platform
from tests.databases import KINDS, Databases

ROW = pytest.StashKey[evidence.Row]()
ROWS = pytest.StashKey[list[evidence.Row]]()
SECRET = "a secret of more than thirty-two characters"


@dataclass(frozen=True)
class Tool:
    app: Flask
    url: str

    def register(self, platform: Platform, **values: Any) -> str:
        """A registration of ``platform``; its public id."""
        public_id = uuid4().hex[:16]
        row = Registration(
            public_id=public_id,
            name="Campus",
            issuer=platform.issuer,
            client_id=platform.client_id,
            auth_url=f"{platform.url}/auth?tenant=a",
            token_url=f"{platform.url}/token",
            jwks_url=f"{platform.url}/jwks",
            **values,
        )
        # A platform of an earlier test may have had this one's port.
        same = (Registration.issuer == row.issuer, Registration.client_id == row.client_id)
        with self.app.app_context(), writing() as session:
            session.execute(delete(Registration).where(*same))
            session.add(row)
        return public_id


class Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session", params=KINDS)
def database_url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    with databases.new(request.param) as url:
        yield url


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Tool]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    settings = load_settings(
        public_url=url,
        database_url=database_url,
        secret_key=SECRET,
        data_dir=tmp_path_factory.mktemp("tool"),
        trusted_networks=(ip_network("127.0.0.0/8"),),
        log_level="error",
    )
    app = create_app(settings)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield Tool(app, url)
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def platform() -> Iterator[Platform]:
    with running_platform() as platform:
        yield platform


@pytest.fixture
def browsers() -> list[Browser]:
    """The browsers of one test."""
    return []


@pytest.fixture
def new_browser(tool: Tool, platform: Platform, browsers: list[Browser]) -> Callable[..., Browser]:
    """A browser at a registration of its own making."""

    def make(**values: Any) -> Browser:
        browser = Browser(tool.url, tool.register(platform, **values), platform)
        browsers.append(browser)
        return browser

    return make


@pytest.fixture(autouse=True)
def noted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep what a certification row's test sent and was answered."""
    marks = list(request.node.iter_markers("row"))
    folder = request.config.getoption("--evidence", default=None)
    if not marks or not folder:
        yield
        return
    browsers: list[Browser] = request.getfixturevalue("browsers")
    platform: Platform = request.getfixturevalue("platform")
    row = evidence.Row(*marks[0].args, case=request.node.name)
    request.node.stash[ROW] = row
    yield
    row.exchanges += [one for browser in browsers for one in browser.exchanges]
    row.exchanges += [evidence.of_request(asked) for asked in platform.requests]
    request.config.stash[ROWS].append(row)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = (yield).get_result()  # type: ignore[misc]
    row = item.stash.get(ROW, None)
    if row is not None and report.when == "call":
        row.outcome = str(report.outcome)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--evidence", metavar="FOLDER", help="write the log of evidence there")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[ROWS] = []


def pytest_sessionfinish(session: pytest.Session) -> None:
    folder = session.config.getoption("--evidence", default=None)
    rows = session.config.stash.get(ROWS, [])
    if folder and rows:
        path = evidence.write(rows, Path(folder), f"SSE Campus {version('sse-campus')}")
        print(f"\nThe evidence of {len(rows)} tests is in {path}")


@pytest.fixture
def browser(new_browser: Callable[..., Browser]) -> Browser:
    return new_browser()
