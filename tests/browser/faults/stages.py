"""A unit in each medium, behind one set of handles: open, fail, kill, see what stays."""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, FrameLocator, Page

from content.model import Course
from scorm_builder.build import build_package
from scorm_builder.formats import FORMATS
from scorm_builder.order import Order
from tests.browser.player.conftest import write_site
from tests.learner import Learner
from tests.scorm_packages.lms import Launch, Lms
from tests.scorm_packages.lrs import Cmi5Launch, Cmi5Lms, Fault

#: Seconds that a slow LMS takes.
SLOW = 5.0


@dataclass(frozen=True)
class Standing:
    """What the LMS, or on its own the device, has for good."""

    value: float | None = None
    completed: bool = False
    passed: bool = False


class Sitting:
    """One opening of the unit in one tab."""

    def __init__(self, page: Page, place: Page | FrameLocator, course: Course) -> None:
        self.page, self.place = page, place
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.learner = Learner(place, course.units[0])
        self.learner.arrive()

    def notices(self) -> str:
        return self.place.locator("#notices").inner_text()

    def unsaved(self) -> bool:
        """Whether the learner is told that something could not be saved."""
        return self.place.locator("#saving").is_visible()

    def hide(self) -> None:
        """The phone is switched to another app, before anything else has time to happen."""
        self.place.locator("body").evaluate(
            "() => { Object.defineProperty(document, 'visibilityState',"
            " { value: 'hidden', configurable: true });"
            " document.dispatchEvent(new Event('visibilitychange'));"
            " delete document.visibilityState; }"
        )

    def put_away(self) -> None:
        """As ``hide``, until ``take_up``: the page stays hidden."""
        self.place.locator("body").evaluate(
            "() => { Object.defineProperty(document, 'visibilityState',"
            " { value: 'hidden', configurable: true });"
            " document.dispatchEvent(new Event('visibilitychange')); }"
        )

    def take_up(self) -> None:
        self.place.locator("body").evaluate(
            "() => { delete document.visibilityState;"
            " document.dispatchEvent(new Event('visibilitychange')); }"
        )

    def kill(self) -> None:
        """The tab dies without a word: no event is run."""
        self.page.wait_for_timeout(300)  # what localStorage was given is on its way to the disk
        with suppress(Error):
            self.page.goto("chrome://crash")
        self.page.close()

    def device_keeps(self) -> dict[str, str]:
        """The player's entries in local storage, without the choice of language."""
        text = self.place.locator("body").evaluate(
            "() => JSON.stringify(Object.fromEntries(Object.entries(localStorage)"
            ".filter(([key]) => key.startsWith('sse:') && !key.startsWith('sse:language:'))))"
        )
        return dict(json.loads(text))


class Stage(ABC):
    """A medium; where it ``reports``, an LMS listens.

    A sitting's ``fault`` is what the LMS does wrong: ``fails`` refuses to save, ``lies`` says yes
    and keeps nothing, ``cuts`` keeps the beginning, ``slow`` takes five seconds.
    """

    medium: str
    reports = True

    def __init__(self, course: Course, folder: Path, context: BrowserContext) -> None:
        """From here on the context's clock is the test's: see ``passes``."""
        self.course, self.folder, self.context = course, folder, context
        context.clock.install()
        self.versions = 0
        self.update(course)

    @abstractmethod
    def update(self, course: Course) -> None:
        """Put a version of the course in place of the one before."""

    @abstractmethod
    def open(self, *, learner: str = "1", mode: str = "normal", fault: str = "") -> Sitting: ...

    def passes(self, sitting: Sitting, seconds: float) -> None:
        """So much time goes by in all tabs, however slow the machine is, and what they send then
        has its answer."""
        self.context.clock.fast_forward(round(seconds * 1000))
        self.rest(sitting)

    @abstractmethod
    def rest(self, sitting: Sitting) -> None:
        """Until nothing is on its way to the LMS."""

    @abstractmethod
    def leave(self, sitting: Sitting) -> None:
        """Walk away in the tab."""

    @abstractmethod
    def standing(self, sitting: Sitting, learner: str = "1") -> Standing: ...

    @abstractmethod
    def saves(self, sitting: Sitting) -> int:
        """How often the LMS has been asked to keep something, in this sitting."""

    @abstractmethod
    def repair(self, sitting: Sitting) -> None:
        """The fault is over."""

    @abstractmethod
    def violations(self, sitting: Sitting) -> list[str]: ...

    @abstractmethod
    def close(self) -> None:
        """Stop the server."""


class ScormStage(Stage):
    def __init__(self, version: str, course: Course, folder: Path, context: BrowserContext) -> None:
        self.medium = version
        self.lms = Lms()
        self.lms.__enter__()
        self._sessions: dict[int, Any] = {}
        self._begun: dict[int, int] = {}
        super().__init__(course, folder, context)

    def update(self, course: Course) -> None:
        self.course = course
        self.versions += 1
        order = Order(
            course=course, form=FORMATS[self.medium], languages=("en",), unit=course.units[0]
        )
        self.lms.upload("unit", build_package(order, self.folder / str(self.versions)).path)

    def open(self, *, learner: str = "1", mode: str = "normal", fault: str = "") -> Sitting:
        faults: dict[str, Any] = {
            "": {},
            "fails": {"Commit": "false"},
            "lies": {"SetValue": "lie"},
            "cuts": {"truncate": 20},
            "slow": {"Commit": {"slow": SLOW * 1000}},
        }[fault]
        launch = Launch("unit", self.medium, f"r{learner}", f"learner-{learner}", mode)
        session = self.lms.open(self.context, replace(launch, faults=faults))
        sitting = Sitting(session.page, session.sco, self.course)
        self._sessions[id(sitting)] = session
        self._begun[id(sitting)] = session.record["commits"]
        return sitting

    def rest(self, sitting: Sitting) -> None:
        """Calls of the API are done at once."""

    def leave(self, sitting: Sitting) -> None:
        record = self._sessions[id(sitting)].leave()
        assert record["violations"] == []

    def standing(self, sitting: Sitting, learner: str = "1") -> Standing:
        session = self._sessions[id(sitting)]
        session.launch.registration = f"r{learner}"
        raw = session.value("score.raw")
        if self.medium == "scorm12":
            status = session.value("lesson_status")
            done, passed = status in ("completed", "passed", "failed"), status == "passed"
        else:
            done = session.value("completion_status") == "completed"
            passed = session.value("success_status") == "passed"
        return Standing(float(raw) if raw else None, done, passed)

    def saves(self, sitting: Sitting) -> int:
        commits = self._sessions[id(sitting)].record["commits"]
        return int(commits) - self._begun[id(sitting)]

    def spent(self, sitting: Sitting) -> float:
        """The seconds that the LMS was last told of."""
        calls = self._sessions[id(sitting)].record["calls"]
        told = [call[2] for call in calls if str(call[1]).endswith("session_time")][-1]
        hours, minutes, seconds = told.split(":") if ":" in told else ("0", "0", told[2:-1])
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)

    def repair(self, sitting: Sitting) -> None:
        sitting.page.evaluate("for (const name in launch.faults) delete launch.faults[name]")

    def violations(self, sitting: Sitting) -> list[str]:
        return list(self._sessions[id(sitting)].record["violations"])

    def close(self) -> None:
        self.lms.__exit__(None, None, None)


class Cmi5Stage(Stage):
    medium = "cmi5"

    def __init__(self, course: Course, folder: Path, context: BrowserContext) -> None:
        self.lms = Cmi5Lms()
        self.lms.__enter__()
        self._begun: dict[int, int] = {}
        super().__init__(course, folder, context)

    def update(self, course: Course) -> None:
        self.course = course
        self.versions += 1
        order = Order(course=course, form=FORMATS["cmi5"], languages=("en",), unit=course.units[0])
        self.lms.upload("unit", build_package(order, self.folder / str(self.versions)).path)

    def _launch(self, learner: str) -> Cmi5Launch:
        registration = f"00000000-0000-4000-8000-00000000000{learner}"
        return Cmi5Launch("unit", registration, f"learner-{learner}", mastery=0.7)

    def open(self, *, learner: str = "1", mode: str = "normal", fault: str = "") -> Sitting:
        launch = replace(self._launch(learner), mode=mode.title())
        page = self.context.new_page()
        address = self.lms.prepare(launch)
        states = {
            "": [],
            "fails": [Fault("state", status=503), Fault("statements", status=503)],
            "lies": [Fault("state", swallow=True)],
            "cuts": [Fault("state", cut=20)],
            "slow": [Fault("all", delay=SLOW)],
        }[fault]
        for one in states:
            one.method = "" if fault == "slow" else "PUT POST"
        self.lms.faults = states
        page.goto(address)
        sitting = Sitting(page, page, self.course)
        self._begun[id(sitting)] = self._count()
        return sitting

    def rest(self, sitting: Sitting) -> None:
        self.lms.rest(sitting.page)

    def leave(self, sitting: Sitting) -> None:
        self.lms.leave(sitting.page)
        assert self.lms.violations == []

    def standing(self, sitting: Sitting, learner: str = "1") -> Standing:
        name = self._launch(learner).registration
        own = {
            one["verb"]["id"].rpartition("/")[2]: one
            for one in self.lms.said()
            if one["context"]["registration"] == name
        }
        verdict = own.get("passed") or own.get("failed")
        value = verdict["result"]["score"]["scaled"] * 100 if verdict else None
        return Standing(value, "completed" in own, "passed" in own)

    def _count(self) -> int:
        return sum(request.startswith("PUT state") for request in self.lms.requests)

    def saves(self, sitting: Sitting) -> int:
        return self._count() - self._begun[id(sitting)]

    def spent(self, sitting: Sitting) -> float:
        """The seconds that the verdict tells."""
        results = [one.get("result", {}) for one in self.lms.said()]
        told = [one["duration"] for one in results if {"success", "duration"} <= one.keys()]
        return float(told[-1].removeprefix("PT").removesuffix("S"))

    def repair(self, sitting: Sitting) -> None:
        self.lms.faults = []

    def violations(self, sitting: Sitting) -> list[str]:
        return list(self.lms.violations)

    def close(self) -> None:
        self.lms.__exit__(None, None, None)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


class WebStage(Stage):
    medium = "web"
    reports = False

    def __init__(self, course: Course, folder: Path, context: BrowserContext) -> None:
        handler = partial(_Quiet, directory=str(folder))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self._begun: dict[int, int] = {}
        super().__init__(course, folder, context)

    def update(self, course: Course) -> None:
        self.course = course
        write_site(self.folder, course, "en", medium="web")

    def open(self, *, learner: str = "1", mode: str = "normal", fault: str = "") -> Sitting:
        page = self.context.new_page()
        counting = (
            "window.saves = 0; window.failing = FAILING;"
            " const set = Storage.prototype.setItem;"
            " Storage.prototype.setItem = function (name, value) {"
            "  if (name.startsWith('sse:small')) window.saves += 1;"
            "  if (window.failing) throw new DOMException('full', 'QuotaExceededError');"
            "  return set.call(this, name, value); };"
        )
        page.add_init_script(counting.replace("FAILING", "false"))
        page.goto(f"{self.url}/index.html")
        sitting = Sitting(page, page, self.course)
        if fault == "fails":
            page.evaluate("window.failing = true")
        self._begun[id(sitting)] = page.evaluate("window.saves")
        return sitting

    def rest(self, sitting: Sitting) -> None:
        """There is no LMS."""

    def leave(self, sitting: Sitting) -> None:
        sitting.page.goto("about:blank")
        sitting.page.close()

    def standing(self, sitting: Sitting, learner: str = "1") -> Standing:
        for text in sitting.device_keeps().values():
            for state in json.loads(text).get("units", {}).values():
                value = state["value"]
                return Standing(
                    float(value) if value else None,
                    state["completion"] == "completed",
                    state["success"] == "passed",
                )
        return Standing()

    def saves(self, sitting: Sitting) -> int:
        return int(sitting.page.evaluate("window.saves")) - self._begun[id(sitting)]

    def repair(self, sitting: Sitting) -> None:
        sitting.page.evaluate("window.failing = false")

    def violations(self, sitting: Sitting) -> list[str]:
        return []

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


STAGES: dict[str, Callable[[Course, Path, BrowserContext], Stage]] = {
    "scorm12": partial(ScormStage, "scorm12"),
    "scorm2004": partial(ScormStage, "scorm2004"),
    "cmi5": Cmi5Stage,
    "web": WebStage,
}
