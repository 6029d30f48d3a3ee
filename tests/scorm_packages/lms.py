"""An LMS for packages on the loopback: serves what a zip holds, and plays it in a frame below
scorm-again, behind the strict API of ``tests/browser/scorm/strict_api.js``."""

from __future__ import annotations

import json
import mimetypes
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import BrowserContext, Error, FrameLocator, Page

from tests.scorm_packages.hosting import PackageHost

TESTS = Path(__file__).parents[1]
SCRIPTS = {
    "/scorm-again.js": TESTS / "node/node_modules/scorm-again/dist/scorm-again.min.js",
    "/strict_api.js": TESTS / "browser/scorm/strict_api.js",
}

HOST = TESTS / "browser/scorm/host.html"


@dataclass
class Launch:
    """How the LMS launches: a ``registration`` is one learner's attempt at a package. ``late``: the
    API comes once the page around the package has loaded."""

    package: str
    version: str
    registration: str = "r1"
    learner: str = "learner-1"
    mode: str = "normal"
    api: bool = True
    late: bool = False
    mastery: float | None = None
    language: str = ""
    faults: dict[str, Any] = field(default_factory=dict)


class Lms(PackageHost):
    """Use as a context manager."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self._launches: list[Launch] = []

    def open(self, context: BrowserContext, launch: Launch) -> Session:
        """Launch in a new tab."""
        self._launches.append(launch)
        page = context.new_page()
        session = Session(page, launch)
        page.goto(f"{self.url}/launch/{len(self._launches) - 1}")
        return session

    def answer(self, path: str) -> tuple[str, bytes] | None:
        """Content type and body of an address."""
        kind, _, rest = path.lstrip("/").partition("/")
        if path in SCRIPTS:
            return "text/javascript", SCRIPTS[path].read_bytes()
        if kind == "launch":
            launch = self._launches[int(rest)]
            facts = {name: getattr(launch, name) for name in launch.__dataclass_fields__}
            page = HOST.read_text("utf-8").replace("LAUNCH", json.dumps(facts))
            return "text/html; charset=utf-8", page.replace("PACKAGE", launch.package).encode()
        if kind == "around":  # a page of another site around the launch
            inner = f'<iframe src="{self.other_site}/{rest}" width="900" height="700"></iframe>'
            return "text/html", f'<!doctype html><html lang="en"><body>{inner}</body>'.encode()
        if kind == "package":
            name, _, entry = rest.partition("/")
            body = self.file(name, entry)
            content_type = mimetypes.guess_type(entry)[0] or "application/octet-stream"
            return (content_type, body) if body is not None else None
        return None


class _Handler(BaseHTTPRequestHandler):
    lms: Lms

    def do_GET(self) -> None:
        found = self.lms.answer(unquote(urlsplit(self.path).path))
        content_type, body = found or ("text/plain", b"not found")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


class Session:
    """One launch in one tab."""

    def __init__(self, page: Page, launch: Launch) -> None:
        self.page, self.launch = page, launch
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    @property
    def sco(self) -> FrameLocator:
        return self.page.frame_locator("#sco")

    @property
    def record(self) -> dict[str, Any]:
        """What the strict API saw so far."""
        return dict(self.page.evaluate("window.record"))

    def stored(self) -> dict[str, str]:
        """What the LMS has for good."""
        key = f"lms:{self.launch.registration}"
        return dict(json.loads(self.page.evaluate("key => localStorage.getItem(key) || '{}'", key)))

    def value(self, name: str) -> str | None:
        """An element that the LMS has for good, by its name in either version."""
        stored = self.stored()
        prefix = "cmi.core." if self.launch.version == "scorm12" else "cmi."
        return stored.get(prefix + name, stored.get("cmi." + name))

    def settle(self) -> None:
        """Wait until the SCO has said all: drafts are saved a moment after typing."""
        quiet, before = 0, -1
        while quiet < 4:
            self.page.wait_for_timeout(400)
            calls = int(self.page.evaluate("window.record.calls.length"))
            quiet, before = (quiet + 1 if calls == before else 0), calls

    def leave(self) -> dict[str, Any]:
        """Walk away in the tab, as by the LMS's own menu; the record of the whole session."""
        key = f"lms:{self.launch.registration}:record"
        self.page.evaluate("key => localStorage.removeItem(key)", key)
        running = self.page.evaluate("window.record.state") == "running"
        address = self.page.url.partition("/launch/")[0]
        self.page.goto(f"{address}/gone")
        # The package has the last word, after the page around it.
        state = "(key) => JSON.parse(localStorage.getItem(key) || '{}').state"
        self.page.wait_for_function(state + (" === 'ended'" if running else ""), arg=key)
        record = json.loads(self.page.evaluate("key => localStorage.getItem(key)", key))
        self.page.close()
        return dict(record)

    def kill(self) -> None:
        """The tab dies without a word: no event is run."""
        self.page.wait_for_timeout(300)  # what localStorage was given is on its way to the disk
        with suppress(Error):
            self.page.goto("chrome://crash")
        self.page.close()
