"""An LMS that launches by cmi5, with its LRS: strict, and failing on demand.

What it takes it keeps; each demand of the specification that a request breaks is noted in
``violations``. State documents have ETags and refuse what is out of date (xAPI, Communication 3).
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, quote, unquote, urlsplit
from zipfile import ZipFile

from playwright.sync_api import BrowserContext, Page

from tests.scorm_packages.statement_rules import (
    CMI5,
    SESSION,
    Json,
    SessionFacts,
    breaches,
    is_defined,
    verb_of,
)

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".vtt": "text/vtt",
}
LAUNCH_DATA = "LMS.LaunchData"
PREFERENCES = "cmi5LearnerPreferences"


@dataclass
class Fault:
    """What goes wrong with requests to ``what`` (``statements``, ``state``, ``fetch``, ``all``).

    ``status`` 0 drops the connection. ``times`` counts down; ``swallow`` answers as if all were
    well, and keeps nothing. ``lost`` keeps it, and drops the answer; ``cut`` keeps so many bytes.
    ``method`` restricts it to some.
    """

    what: str
    status: int = 0
    times: int = 1_000_000
    delay: float = 0
    swallow: bool = False
    lost: bool = False
    cut: int = 0
    method: str = ""


@dataclass
class Cmi5Launch:
    """One session. ``registration`` is one learner's attempt."""

    package: str
    registration: str = "00000000-0000-4000-8000-000000000001"
    learner: str = "learner-1"
    mode: str = "Normal"
    mastery: float | None = None
    return_url: str | None = None
    preferences: Json | None = None
    audio: str | None = None


@dataclass
class _Session:
    facts: SessionFacts
    token: str
    fetched: int = 0
    asked: set[str] = field(default_factory=set)


class Cmi5Lms:
    """Use as a context manager. With ``elsewhere`` its LRS is another site to the browser, and does
    not let scripts read ETags."""

    def __init__(self, *, elsewhere: bool = False) -> None:
        self.violations: list[str] = []
        self.statements: dict[str, Json] = {}
        self.states: dict[tuple[str, str, str, str], bytes] = {}
        self.profiles: dict[tuple[str, str], bytes] = {}
        self.requests: list[str] = []
        self.faults: list[Fault] = []
        self.sessions: list[_Session] = []
        self._packages: dict[str, dict[str, bytes]] = {}
        self.lock = threading.RLock()
        handler = type("Handler", (_Handler,), {"lms": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{port}"
        self.elsewhere = elsewhere
        self.endpoint = f"http://{'localhost' if elsewhere else '127.0.0.1'}:{port}/xapi"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def upload(self, name: str, package: Path) -> None:
        """A package, zipped or not; again under the same name is an update."""
        if package.is_dir():
            files = (path for path in package.rglob("*") if path.is_file())
            self._packages[name] = {
                path.relative_to(package).as_posix(): path.read_bytes() for path in files
            }
            return
        with ZipFile(package) as archive:
            self._packages[name] = {entry: archive.read(entry) for entry in archive.namelist()}

    def file(self, name: str, entry: str) -> bytes | None:
        return self._packages.get(name, {}).get(entry)

    def prepare(self, launch: Cmi5Launch) -> str:
        """Begin a session; the address to launch (8.1)."""
        number = len(self.sessions)
        activity = f"{self.url}/activities/{launch.package}"
        account = {"homePage": self.url, "name": launch.learner}
        actor = {"objectType": "Agent", "account": account}
        template: Json = {
            "contextActivities": {
                "grouping": [{"objectType": "Activity", "id": f"urn:publisher:{launch.package}"}]
            },
            "extensions": {SESSION: f"session-{number}", "https://lms.example/extra": {"a": [1]}},
        }
        facts = SessionFacts(
            id=f"session-{number}",
            actor=actor,
            registration=launch.registration,
            activity=activity,
            template=template,
            mode=launch.mode,
            mastery=launch.mastery,
        )
        token = base64.b64encode(f"{number}:{uuid.uuid4()}".encode()).decode()
        self.sessions.append(_Session(facts, token))
        data: Json = {
            "contextTemplate": template,
            "launchMode": launch.mode,
            "moveOn": "CompletedAndPassed",
        }
        if launch.mastery is not None:
            data["masteryScore"] = launch.mastery
        if launch.return_url is not None:
            data["returnURL"] = launch.return_url
        key = (activity, launch.learner, launch.registration, LAUNCH_DATA)
        self.states[key] = json.dumps(data).encode()
        if launch.preferences is not None:
            self.profiles[launch.learner, PREFERENCES] = json.dumps(launch.preferences).encode()
        values = {
            "endpoint": self.endpoint,
            "fetch": f"{self.endpoint}/fetch/{number}",
            "actor": json.dumps(actor),
            "registration": launch.registration,
            "activityId": activity,
        }
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in values.items())
        return f"{self.url}/package/{launch.package}/index.html?{query}"

    def open(self, context: BrowserContext, launch: Cmi5Launch) -> Page:
        page = context.new_page()
        page.goto(self.prepare(launch))
        return page

    def said(self, verb: str | None = None) -> list[Json]:
        """The statements taken, of one verb or all, in the order in which they came."""
        return [one for one in self.statements.values() if verb in (None, verb_of(one))]

    def verbs(self, session: int = -1) -> list[str]:
        return [verb_of(one) for one in self.sessions[session].facts.statements]

    def wait_for(self, verb: str, session: int = -1) -> Json:
        """The statement of ``verb`` in a session, once it has come."""
        for _ in range(200):
            for one in self.sessions[session].facts.statements:
                if verb_of(one) == verb:
                    return one
            time.sleep(0.05)
        raise AssertionError(f"no {verb}: {self.verbs(session)}")

    def state(self, launch: Cmi5Launch) -> Json | None:
        """The state that the AU keeps here."""
        activity = f"{self.url}/activities/{launch.package}"
        for (where, learner, registration, name), body in self.states.items():
            own = (activity, launch.learner, launch.registration)
            if (where, learner, registration) == own and name != LAUNCH_DATA:
                return dict(json.loads(body))
        return None

    def by_token(self, header: str) -> _Session | None:
        return next((one for one in self.sessions if header == f"Basic {one.token}"), None)

    def take(self, statement: Json, session: _Session) -> int:
        """Keep a statement; 204, or 409 where its id has another content (xAPI 2.1.3)."""
        known = self.statements.get(str(statement.get("id")))
        if known is not None:
            return 204 if known == statement else 409
        facts = session.facts
        registered = [
            one
            for one in self.statements.values()
            if is_defined(one) and one["context"]["registration"] == facts.registration
        ]
        found = list(breaches(statement, facts, registered))
        self.violations += [f"{facts.id}: {text}" for text in found]
        if verb_of(statement) == "initialized":
            missing = {LAUNCH_DATA, PREFERENCES} - session.asked
            self.violations += [f"{facts.id}: initialized before {name}" for name in missing]
        self.statements[str(statement.get("id"))] = statement
        facts.statements.append(statement)
        return 204


class _Handler(BaseHTTPRequestHandler):
    lms: Cmi5Lms
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer("GET")

    def do_PUT(self) -> None:
        self._answer("PUT")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def do_OPTIONS(self) -> None:
        self._send(204)

    def _answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        if not path.startswith("/xapi/"):
            self._page(path)
            return
        what = path.removeprefix("/xapi/").split("/")[0]
        what = {"activities": "state", "agents": "profile"}.get(what, what)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        with self.lms.lock:
            self.lms.requests.append(f"{method} {what} {query.get('stateId', '')}".strip())
            fault = self._fault(what, method)
        if fault is not None:
            time.sleep(fault.delay)
            if fault.swallow:
                self._send(204)
                return
            body = body[: fault.cut] if fault.cut else body
            if not fault.delay and not fault.lost and not fault.cut:
                self._fail(fault.status)
                return
        with self.lms.lock:
            status, answer, etag = self._take(method, what, path, query, body)
        if fault is not None and fault.lost:
            self._fail(0)
        else:
            self._send(status, answer, "application/json", etag)

    def _fault(self, what: str, method: str) -> Fault | None:
        for fault in self.lms.faults:
            meant = fault.what in (what, "all") and (not fault.method or method in fault.method)
            if fault.times > 0 and meant:
                fault.times -= 1
                return fault
        return None

    def _fail(self, status: int) -> None:
        if status:
            self._send(status)
        else:
            self.close_connection = True

    def _take(
        self, method: str, what: str, path: str, query: dict[str, str], body: bytes
    ) -> tuple[int, bytes, str | None]:
        lms = self.lms
        if what == "fetch":
            session = lms.sessions[int(path.rpartition("/")[2])]
            session.fetched += 1
            if method != "POST":
                lms.violations.append(f"{method} of the fetch URL (8.2)")
            if session.fetched > 1:
                lms.violations.append("the fetch URL asked a second time (8.2.1)")
                return 200, b'{"error-code": "1", "error-text": "used"}', None
            return 200, json.dumps({"auth-token": session.token}).encode(), None
        found = lms.by_token(self.headers.get("Authorization", ""))
        if found is None:
            lms.violations.append(f"{method} {what} without the token (8.2.2)")
            return 401, b"", None
        if not self.headers.get("X-Experience-API-Version", "").startswith("1.0"):
            lms.violations.append(f"{method} {what} without the version (xAPI 3.3)")
        if what == "statements":
            return self._statements(method, query, body, found)
        if what == "profile":
            return self._profile(method, query, found)
        return self._state(method, query, body, found)

    def _statements(
        self, method: str, query: dict[str, str], body: bytes, session: _Session
    ) -> tuple[int, bytes, str | None]:
        if method == "GET":
            found = self.lms.statements.get(query.get("statementId", ""))
            return (200, json.dumps(found).encode(), None) if found else (404, b"", None)
        given = json.loads(body)
        many = given if isinstance(given, list) else [given]
        if method == "PUT" and query.get("statementId") != many[0].get("id"):
            self.lms.violations.append("PUT of a statement under another id (xAPI 2.1.1)")
        known = self.lms.statements
        if any(one["id"] in known and known[one["id"]] != one for one in many):
            return 409, b"", None
        for one in many:
            self.lms.take(one, session)
        return 204, b"", None

    def _profile(
        self, method: str, query: dict[str, str], session: _Session
    ) -> tuple[int, bytes, str | None]:
        name = query.get("profileId", "")
        if json.loads(query["agent"]) != session.facts.actor:
            self.lms.violations.append("the profile of somebody else (11)")
        session.asked.add(name)
        if method != "GET":
            return 403, b"", None
        found = self.lms.profiles.get((session.facts.actor["account"]["name"], name))
        return (200, found, None) if found is not None else (404, b"", None)

    def _state(
        self, method: str, query: dict[str, str], body: bytes, session: _Session
    ) -> tuple[int, bytes, str | None]:
        lms, facts = self.lms, session.facts
        if json.loads(query["agent"]) != facts.actor:
            lms.violations.append("the state of somebody else (10)")
        own = (query.get("activityId"), query.get("registration"))
        if own != (facts.activity, facts.registration):
            lms.violations.append("the state of another activity or registration (10)")
        name = query["stateId"]
        learner = facts.actor["account"]["name"]
        key = (facts.activity, learner, facts.registration, name)
        old = lms.states.get(key)
        etag = f'"{hashlib.sha1(old).hexdigest()}"' if old is not None else None
        if method == "GET":
            session.asked.add(name)
            return (200, old, etag) if old is not None else (404, b"", None)
        if name == LAUNCH_DATA:
            lms.violations.append(f"{method} of {LAUNCH_DATA} (10)")
        if facts.mode != "Normal":
            lms.violations.append(f"{method} of a state in {facts.mode} mode")
        wanted, absent = self.headers.get("If-Match"), self.headers.get("If-None-Match")
        if (wanted and wanted != etag) or (absent == "*" and old is not None):
            return 412, b"", None
        lms.states[key] = body
        return 204, b"", None

    def _page(self, path: str) -> None:
        kind, _, rest = path.lstrip("/").partition("/")
        name, _, entry = rest.partition("/")
        body = self.lms.file(name, entry) if kind == "package" else None
        if path == "/gone":
            body, entry = b"<!doctype html><html lang='en'><title>Gone</title>", "gone.html"
        suffix = Path(entry).suffix
        if body is None:
            self._send(404, b"not found", "text/plain")
        else:
            self._send(200, body, KINDS.get(suffix, "application/octet-stream"))

    def _send(
        self, status: int, body: bytes = b"", kind: str = "text/plain", etag: str | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if etag:
            self.send_header("ETag", etag)
        if self.lms.elsewhere:
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Methods", "GET, PUT, POST, DELETE")
            names = "authorization, content-type, x-experience-api-version, if-match, if-none-match"
            self.send_header("Access-Control-Allow-Headers", names)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


__all__ = ["CMI5", "Cmi5Launch", "Cmi5Lms", "Fault"]
