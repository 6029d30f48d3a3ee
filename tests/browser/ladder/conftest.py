"""The tool (localhost) framed by platforms of another site (127.0.0.1), in browsers that refuse
cookies to different degrees."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from waitress.server import create_server

from lti_tool.app import create_app
from lti_tool.db import upgrade_database, writing
from lti_tool.models import Registration, db
from lti_tool.settings import load_settings
from tests.browser.ladder.platform_pages import PagePlatform, running_pages
from tests.chromium import ARGUMENTS, PATIENCE, find_chromium
from tests.integration.lti_tool.course import write_course

#: A frame that goes to and fro between two sites changes its process each time, and Playwright
#: loses sight of it now and then. Cookies are judged by sites, not by processes.
ONE_PROCESS = (
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process",
)


@dataclass(frozen=True)
class Tool:
    app: Flask
    url: str

    def register(self, platform: PagePlatform) -> None:
        public_id = uuid4().hex[:16]
        platform.client_id = f"tool-{public_id[:8]}"
        with self.app.app_context(), writing() as session:
            session.add(
                Registration(
                    public_id=public_id,
                    name="Campus",
                    issuer=platform.issuer,
                    client_id=platform.client_id,
                    auth_url=f"{platform.url}/auth",
                    token_url=f"{platform.url}/token",
                    jwks_url=f"{platform.url}/jwks",
                )
            )
        platform.login_url = f"{self.url}/lti/{public_id}/login"
        platform.launch_url = f"{self.url}/lti/launch"


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tool]:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://localhost:{listener.getsockname()[1]}"
    courses = tmp_path_factory.mktemp("courses")
    write_course(courses / "small")
    settings = load_settings(
        public_url=url,
        data_dir=tmp_path_factory.mktemp("tool"),
        courses=(courses,),
        trusted_networks=(ip_network("127.0.0.0/8"),),
        log_level="error",
        threads=12,
    )
    app = create_app(settings)
    upgrade_database(app)
    server = create_server(app, sockets=[listener], threads=12)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Tool(app, url)
    server.close()
    thread.join(10)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def new_platform(tool: Tool) -> Iterator[Callable[[], PagePlatform]]:
    with ExitStack() as stack:

        def make() -> PagePlatform:
            platform = stack.enter_context(running_pages())
            tool.register(platform)
            return platform

        yield make


@pytest.fixture
def platform(new_platform: Callable[[], PagePlatform]) -> PagePlatform:
    return new_platform()


@dataclass
class Profiles:
    """Chromium profiles by what they refuse: ``third-party`` cookies (partitioned ones are kept),
    ``framed``: every cookie of the tool inside a platform, ``all``: every cookie of everybody."""

    chromium: Browser
    folder: Path
    tool: Tool
    opened: list[BrowserContext]

    def page(self, refuses: str) -> Page:
        blocking: dict[str, Any] = {"cookie_controls_mode": 1, "block_third_party_cookies": True}
        if refuses == "all":
            blocking["default_content_setting_values"] = {"cookies": 2}
        if refuses == "framed":
            pattern = f"{self.tool.url},http://127.0.0.1"
            blocking["content_settings"] = {"exceptions": {"cookies": {pattern: {"setting": 2}}}}
        place = self.folder / f"{refuses}-{len(self.opened)}"
        (place / "Default").mkdir(parents=True)
        preferences = place / "Default" / "Preferences"
        preferences.write_text(json.dumps({"profile": blocking}), encoding="utf-8")
        context = self.chromium.browser_type.launch_persistent_context(
            place,
            executable_path=find_chromium(),
            args=(*ARGUMENTS, *ONE_PROCESS),
            headless=True,
            timeout=PATIENCE,
        )
        context.set_default_timeout(PATIENCE)
        self.opened.append(context)
        return context.pages[0] if context.pages else context.new_page()


@pytest.fixture
def profiles(chromium: Browser, tmp_path: Path, tool: Tool) -> Iterator[Profiles]:
    found = Profiles(chromium, tmp_path, tool, [])
    yield found
    for context in found.opened:
        context.close()
