"""How the LRS of ``lrs`` answers: by the letter of xAPI, and wrongly on demand."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from tests.scorm_packages.statement_rules import SessionFacts

if TYPE_CHECKING:
    from tests.scorm_packages.lrs import Cmi5Lms

LAUNCH_DATA = "LMS.LaunchData"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".vtt": "text/vtt",
}


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
class LrsSession:
    facts: SessionFacts
    token: str
    fetched: int = 0
    asked: set[str] = field(default_factory=set)


class LrsHandler(BaseHTTPRequestHandler):
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
            self.lms.underway += 1
            fault = self._fault(what, method)
        try:
            self._xapi(method, what, path, query, body, fault)
        finally:
            with self.lms.lock:
                self.lms.underway -= 1

    def _xapi(
        self,
        method: str,
        what: str,
        path: str,
        query: dict[str, str],
        body: bytes,
        fault: Fault | None,
    ) -> None:
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
        self, method: str, query: dict[str, str], body: bytes, session: LrsSession
    ) -> tuple[int, bytes, str | None]:
        if method == "GET":
            found = self.lms.statements.get(query.get("statementId", ""))
            return (200, json.dumps(found).encode(), None) if found else (404, b"", None)
        names = ("Content-Type", "X-Experience-API-Version")
        sent = {name: self.headers[name] for name in names if name in self.headers}
        self.lms.heard.append(
            {"method": method, "query": query, "headers": sent, "body": body.decode()}
        )
        given = json.loads(body)
        many = given if isinstance(given, list) else [given]
        if method == "PUT" and query.get("statementId") != many[0].get("id"):
            self.lms.violations.append("PUT of a statement under another id (xAPI 2.1.1)")
        known = self.lms.statements
        if any(one["id"] in known and known[one["id"]] != one for one in many):
            return 409, b"", None
        for one in many:
            self.lms.take(one, session)
        if method == "POST":
            return 200, json.dumps([one["id"] for one in many]).encode(), None
        return 204, b"", None

    def _profile(
        self, method: str, query: dict[str, str], session: LrsSession
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
        self, method: str, query: dict[str, str], body: bytes, session: LrsSession
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
