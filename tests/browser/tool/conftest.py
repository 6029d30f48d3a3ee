"""The tool in a frame of an LMS's page, in Chromium: the LMS is another site than the tool."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Frame, Page

from lti_tool.security import BROWSER_COOKIE
from tests.databases import Databases
from tests.integration.lti_tool.conftest import (  # noqa: F401 - fixtures
    Campus,
    campus,
    course,
    platform,
    tool,
)

#: The LMS's page. It keeps what it was told, and follows it where it ``honours``.
COURSE_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Course</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ margin: 0; font-family: sans-serif }} header {{ block-size: 60px; background: #ddd }}
iframe {{ display: block; inline-size: 100%; block-size: 600px; border: 0 }}</style>
<header>LMS</header><iframe title="Activity" src="{src}"></iframe>
<script>
window.told = [];
addEventListener("message", (event) => {{
  const message = JSON.parse(event.data);
  window.told.push([event.origin, message]);
  if (!{honours}) return;
  if (message.subject === "lti.frameResize") {{
    document.querySelector("iframe").style.blockSize = message.height + "px";
  }}
  if (message.subject === "lti.scrollToTop") scrollTo(0, 0);
}});
</script></html>"""


@pytest.fixture(scope="session")
def database_url(databases: Databases) -> Iterator[str]:
    """SQLite: what a browser shows does not depend on the database."""
    with databases.new("sqlite") as url:
        yield url


Show = Callable[..., tuple[Page, Frame]]


def enter(campus: Campus, claims: dict[str, Any]) -> str:  # noqa: F811 - a fixture's value
    """The path that a launch leads to, of a browser that keeps no cookie."""
    browser = campus.browser()
    login = browser.login()
    browser.cookies.pop(BROWSER_COOKIE, None)
    answer = browser.post(state=login["state"], id_token=browser.sign(login, claims))
    assert answer.status_code == 303, answer.text[:1000]
    return str(answer.headers["Location"])


class _Lms(http.server.BaseHTTPRequestHandler):
    """Answers ``/course?src=…&honours=true``."""

    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        body = COURSE_PAGE.format(**{"src": "about:blank", "honours": "false", **asked}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def lms() -> Iterator[str]:
    """The LMS's origin: another site than the tool's 127.0.0.1."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Lms)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def show(chromium: Browser, tool: Any, lms: str) -> Iterator[Show]:  # noqa: F811
    """(path, honours, width, …) → the LMS's page and the frame in it. No page may have an error."""
    contexts = []
    faults: list[str] = []

    def open_page(
        path: str, *, honours: bool = True, width: int = 1280, height: int = 800, **options: Any
    ) -> tuple[Page, Frame]:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))

        asked = urlencode({"src": tool.url + path, "honours": str(honours).lower()})
        page.goto(f"{lms}/course?{asked}")
        frame = page.frames[1]
        frame.wait_for_load_state()
        return page, frame

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []
