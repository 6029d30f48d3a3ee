"""An LMS that launches by cmi5, with its LRS: strict, and failing on demand.

What it takes it keeps; each demand of the specification that a request breaks is noted in
``violations``. State documents have ETags and refuse what is out of date (xAPI, Communication 3).
"""

from __future__ import annotations

import base64
import json
import re
import threading
import time
import uuid
from dataclasses import dataclass
from urllib.parse import quote

from playwright.sync_api import BrowserContext, Page

from tests.chromium import PATIENCE
from tests.scorm_packages.hosting import PackageHost
from tests.scorm_packages.lrs_requests import LAUNCH_DATA, Fault, LrsHandler, LrsSession
from tests.scorm_packages.statement_rules import (
    SESSION,
    Json,
    SessionFacts,
    breaches,
    is_defined,
    verb_of,
)
from tests.tool import eventually

PREFERENCES = "cmi5LearnerPreferences"


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


class Cmi5Lms(PackageHost):
    """Use as a context manager. With ``elsewhere`` its LRS is another site to the browser, and does
    not let scripts read ETags."""

    def __init__(self, *, elsewhere: bool = False) -> None:
        super().__init__(LrsHandler)
        self.violations: list[str] = []
        self.statements: dict[str, Json] = {}
        self.states: dict[tuple[str, str, str, str], bytes] = {}
        self.profiles: dict[tuple[str, str], bytes] = {}
        self.requests: list[str] = []
        #: What was sent to ``statements``, as it came: for other judges to hear.
        self.heard: list[Json] = []
        #: How many of them have no answer yet.
        self.underway = 0
        self.faults: list[Fault] = []
        self.sessions: list[LrsSession] = []
        self.lock = threading.RLock()
        self.elsewhere = elsewhere
        self.endpoint = f"{self.other_site if elsewhere else self.url}/xapi"

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
        self.sessions.append(LrsSession(facts, token))
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

    def leave(self, page: Page, *, ending: bool = True) -> None:
        """Walk away in the tab, as by the LMS's own menu, once all has been said; and wait until
        what was said on leaving is here. ``ending``: the last statement is among it."""
        found = re.search(r"%2Ffetch%2F(\d+)", page.url)
        assert found, page.url
        self.rest(page)
        page.goto(f"{self.url}/gone")
        if ending:
            self.wait_for("terminated", int(found[1]))
        self.rest(page)
        page.close()

    def rest(self, page: Page) -> None:
        """Until all that the browser was about to send has its answer. What ``page`` asks for here
        goes behind it: where it meets no other request a few times over, there is none."""
        calm = 0
        while calm < 4:
            before = len(self.requests)
            page.evaluate(
                "url => fetch(url, {cache: 'no-store'}).then(() => 0)", f"{self.url}/gone"
            )
            calm = calm + 1 if len(self.requests) == before and not self.underway else 0

    def falls_silent(self, page: Page, seconds: float = 1.5) -> bool:
        """Whether ``page`` comes to ask for nothing during so many ``seconds``, before patience
        ends. A late save is no storm; a page that answers each refusal by asking again is."""
        until = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < until:
            before = len(self.requests)
            page.wait_for_timeout(seconds * 1000)
            if len(self.requests) == before and not self.underway:
                return True
        return False

    def said(self, verb: str | None = None) -> list[Json]:
        """The statements taken, of one verb or all, in the order in which they came."""
        with self.lock:
            return [one for one in self.statements.values() if verb in (None, verb_of(one))]

    def verbs(self, session: int = -1) -> list[str]:
        with self.lock:
            return [verb_of(one) for one in self.sessions[session].facts.statements]

    def wait_for(self, verb: str, session: int = -1) -> Json:
        """The statement of ``verb`` in a session, once it has come."""
        statements = self.sessions[session].facts.statements

        def look() -> Json | None:
            with self.lock:
                return next((one for one in statements if verb_of(one) == verb), None)

        return eventually(look)

    def state(self, launch: Cmi5Launch) -> Json | None:
        """The state that the AU keeps here."""
        activity = f"{self.url}/activities/{launch.package}"
        with self.lock:
            documents = list(self.states.items())
        for (where, learner, registration, name), body in documents:
            own = (activity, launch.learner, launch.registration)
            if (where, learner, registration) == own and name != LAUNCH_DATA:
                return dict(json.loads(body))
        return None

    def by_token(self, header: str) -> LrsSession | None:
        return next((one for one in self.sessions if header == f"Basic {one.token}"), None)

    def take(self, statement: Json, session: LrsSession) -> int:
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


__all__ = ["Cmi5Launch", "Cmi5Lms", "Fault"]
