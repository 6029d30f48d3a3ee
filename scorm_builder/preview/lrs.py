"""The LMS of a cmi5 preview: it launches, keeps documents and statements, and notes each breach.

In memory and for one learner. What is demanded is in the cmi5 specification (sections in brackets)
and in xAPI 1.0.3, Communication.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import secrets
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode

from scorm_builder.preview.statements import SESSION, Facts, Json, breaches, verb_of

#: Below the preview's address.
ROOT = "/_preview/lrs/"
_XAPI = ROOT + "xapi/"
_HOME = "https://preview.invalid"
_LAUNCH_DATA = "LMS.LaunchData"
_MAX_CALLS = 200

#: Of a document: what keeps it (an activity, or ``agent``), and its name there.
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """To a request: ``etag`` where there is a document."""

    status: HTTPStatus
    body: bytes = b""
    etag: str = ""


@dataclass(slots=True)
class _Session:
    number: int
    token: str
    registration: str
    fetched: bool = False
    verbs: list[str] = field(default_factory=list)


class PreviewLrs:
    """Safe to call from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failing = False
        self._attempt = 0
        self._sessions: list[_Session] = []
        self._mode = "Normal"
        self._activity = ""
        self._faults: dict[str, int] = {}
        self._begin()

    def _begin(self) -> None:
        self._attempt += 1
        self._registration = str(uuid.uuid4())
        self._statements: dict[str, Json] = {}
        self._documents: dict[_Key, bytes] = {}
        self._calls: list[tuple[str, int]] = []
        self._faults.clear()

    def launch(self, address: str, activity: str, *, fresh: bool, mode: str) -> str:
        """Begin a session, of a new registration where ``fresh``; the query of the launch (8.1)."""
        with self._lock:
            if fresh:
                self._begin()
            self._mode = mode
            self._activity = f"{_HOME}/activities/{activity}"
            session = _Session(len(self._sessions), secrets.token_urlsafe(18), self._registration)
            self._sessions.append(session)
            data = {
                "contextTemplate": {"extensions": {SESSION: f"session-{session.number}"}},
                "launchMode": mode,
                "moveOn": "CompletedAndPassed",
            }
            self._documents[self._activity, _LAUNCH_DATA] = json.dumps(data).encode()
            actor = {"objectType": "Agent", "name": "Preview, Learner"}
            account = {"homePage": _HOME, "name": "preview"}
            return urlencode(
                {
                    "endpoint": address + _XAPI.lstrip("/"),
                    "fetch": f"{address}{_XAPI.lstrip('/')}fetch/{session.number}",
                    "actor": json.dumps(actor | {"account": account}),
                    "registration": self._registration,
                    "activityId": self._activity,
                }
            )

    def fail(self, failing: bool) -> None:
        """Refuse to save from now on, or save again."""
        with self._lock:
            self._failing = failing

    def view(self) -> Json:
        """What the page shows: statements in their order, the state of the activity that was
        launched last, breaches, the last calls."""
        with self._lock:
            states = [
                json.loads(body)
                for (of, name), body in self._documents.items()
                if of == self._activity and name != _LAUNCH_DATA
            ]
            return {
                "activity": self._activity,
                "attempt": self._attempt,
                "sessions": len(self._sessions),
                "mode": self._mode,
                "statements": list(self._statements.values()),
                "state": states[0] if states else None,
                "faults": [{"message": text, "times": n} for text, n in self._faults.items()],
                "calls": self._calls[-60:],
            }

    def answer(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
    ) -> Answer:
        """A request below ``xapi/``, as an LRS answers it."""
        with self._lock:
            given = self._answer(method, path.removeprefix(_XAPI), query, headers, body)
            self._calls = [*self._calls, (f"{method} {path.removeprefix(_XAPI)}", given.status)]
            self._calls = self._calls[-_MAX_CALLS:]
            return given

    def _answer(
        self,
        method: str,
        what: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
    ) -> Answer:
        if what.startswith("fetch/"):
            return self._fetch(method, what.removeprefix("fetch/"))
        session = self._session(headers.get("Authorization", ""))
        if session is None:
            self._fault("a request without the token of a launch (8.2)")
            return Answer(HTTPStatus.UNAUTHORIZED)
        if not headers.get("X-Experience-API-Version", "").startswith("1.0."):
            self._fault("a request without X-Experience-API-Version 1.0.x (xAPI 3.3)")
            return Answer(HTTPStatus.BAD_REQUEST)
        if session.registration != self._registration:
            # The end of an attempt that was given up: late, and nobody's business any more.
            return Answer(HTTPStatus.NO_CONTENT)
        if self._failing and method in ("PUT", "POST"):
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE)
        if what == "statements":
            return self._statement(method, query, body, session)
        if what == "activities/state":
            if query.get("registration") != self._registration:
                self._fault("a state document without the registration of the launch (10)")
                return Answer(HTTPStatus.BAD_REQUEST)
            key = (query.get("activityId", ""), query.get("stateId", ""))
            return self._document(method, key, headers, body)
        if what == "agents/profile":
            return self._document(method, ("agent", query.get("profileId", "")), headers, body)
        self._fault(f"{method} {what}: an LRS has no such resource")
        return Answer(HTTPStatus.NOT_FOUND)

    def _fetch(self, method: str, number: str) -> Answer:
        """The token, once (8.2.3)."""
        if not number.isdigit() or int(number) >= len(self._sessions) or method != "POST":
            return Answer(HTTPStatus.BAD_REQUEST)
        session = self._sessions[int(number)]
        if session.fetched:
            self._fault("the fetch address was asked twice: it gives its token once (8.2.3)")
            code = {"error-code": "1", "error-text": "asked already"}
            return Answer(HTTPStatus.OK, json.dumps(code).encode())
        session.fetched = True
        token = base64.b64encode(f"{number}:{session.token}".encode()).decode()
        return Answer(HTTPStatus.OK, json.dumps({"auth-token": token}).encode())

    def _session(self, header: str) -> _Session | None:
        try:
            number, _, token = (
                base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
            )
        except (binascii.Error, UnicodeDecodeError):
            return None
        if not number.isdigit() or int(number) >= len(self._sessions):
            return None
        session = self._sessions[int(number)]
        return session if secrets.compare_digest(session.token, token) else None

    # ---- documents (xAPI 2.2, 2.3) ---------------------------------------------------------

    def _document(
        self,
        method: str,
        key: _Key,
        headers: Mapping[str, str],
        body: bytes,
    ) -> Answer:
        there = self._documents.get(key)
        tag = f'"{hashlib.sha1(there or b"", usedforsecurity=False).hexdigest()}"'
        if method == "GET":
            return Answer(HTTPStatus.OK, there, tag) if there else Answer(HTTPStatus.NOT_FOUND)
        if method != "PUT":
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED)
        if key[1] == _LAUNCH_DATA:
            self._fault("LMS.LaunchData was written: it is the platform's (10)")
            return Answer(HTTPStatus.FORBIDDEN)
        if (there and headers.get("If-None-Match") == "*") or headers.get("If-Match", tag) != tag:
            return Answer(HTTPStatus.PRECONDITION_FAILED)
        try:
            json.loads(body)
        except ValueError:
            self._fault(f"{key[1]} is not JSON")
            return Answer(HTTPStatus.BAD_REQUEST)
        self._documents[key] = body
        tag = f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"'
        return Answer(HTTPStatus.NO_CONTENT, etag=tag)

    # ---- statements ------------------------------------------------------------------------

    def _statement(
        self, method: str, query: Mapping[str, str], body: bytes, session: _Session
    ) -> Answer:
        if method == "GET":
            found = self._statements.get(query.get("statementId", ""))
            if found is None:
                return Answer(HTTPStatus.NOT_FOUND)
            return Answer(HTTPStatus.OK, json.dumps(found).encode())
        try:
            given = json.loads(body)
        except ValueError:
            self._fault("a statement is not JSON")
            return Answer(HTTPStatus.BAD_REQUEST)
        several = given if isinstance(given, list) else [given]
        for one in several:
            if not isinstance(one, dict) or not _is_uuid(one.get("id")):
                self._fault("a statement without a UUID as its id (9.1)")
                return Answer(HTTPStatus.BAD_REQUEST)
            known = self._statements.get(one["id"])
            if known is not None and known != one:
                return Answer(HTTPStatus.CONFLICT)
            if known is None:
                self._statements[one["id"]] = one
                facts = Facts(self._registration, f"session-{session.number}", self._mode)
                for text in breaches(one, facts, session.verbs):
                    self._fault(text)
                session.verbs.append(verb_of(one))
        if method == "POST":
            return Answer(HTTPStatus.OK, json.dumps([one["id"] for one in several]).encode())
        return Answer(HTTPStatus.NO_CONTENT)

    def _fault(self, text: str) -> None:
        self._faults[text] = self._faults.get(text, 0) + 1


def _is_uuid(text: object) -> bool:
    try:
        uuid.UUID(str(text))
    except ValueError:
        return False
    return True
