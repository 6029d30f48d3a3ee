"""The tool under an LTI platform that we did not write: Open edX's lti-consumer-xblock.

``make test`` installs it in ``.venv-xblock``; everything here is real HTTP between two processes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
import requests
from lxml import html

from content.load import load_course
from content.model import Course
from tests.learner import script
from tests.tool import eventually, free_port, lti_tool, running
from tests.venv_xblock import ROOT, serving

pytestmark = pytest.mark.xdist_group("open-edx")


@dataclass
class Page:
    url: str
    status: int
    text: str

    def form(self) -> tuple[str, dict[str, str]]:
        """Where the page's form goes, and its hidden fields."""
        found = html.fromstring(self.text).forms[0]
        return urljoin(self.url, found.action), {
            str(name): str(value) for name, value in found.form_values()
        }


class Browser:
    """Follows redirects and keeps cookies; like Chromium, it takes Secure ones from this machine
    over plain http, which the ``requests`` library cannot be taught."""

    def __init__(self) -> None:
        policy = DefaultCookiePolicy(secure_protocols=("http", "https"))
        self._opener = build_opener(HTTPCookieProcessor(CookieJar(policy)))

    def open(self, url: str, fields: dict[str, str] | None = None) -> Page:
        data = urlencode(fields).encode() if fields is not None else None
        try:
            answer = self._opener.open(url, data, timeout=120)
        except HTTPError as error:
            answer = error
        with answer:
            return Page(answer.url, answer.status, answer.read().decode())

    def call(self, method: str, url: str, handle: str, body: dict[str, Any]) -> dict[str, Any]:
        """A call of the player to the tool's API."""
        headers = {"Authorization": f"Bearer {handle}", "Content-Type": "application/json"}
        request = Request(url, json.dumps(body).encode(), headers, method=method)
        with self._opener.open(request, timeout=120) as answer:
            return dict(json.load(answer))

    def launch(self, url: str) -> Page:
        """From the LMS through login, authentication and the form post, to the tool's page."""
        page = self.open(url)
        assert page.status == 200, page.text
        return self.open(*page.form())


@dataclass
class Trial:
    """Open edX and the tool, registered with each other."""

    edx: dict[str, str]
    tool: str

    def grades(self) -> list[dict[str, Any]]:
        return list(requests.get(self.edx["grades_url"], timeout=60).json()["grades"])


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(ROOT / "content" / "courses" / "sse-management")


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    log = tmp_path_factory.mktemp("edx") / "edx.log"
    options = ("--data", log.parent, "--custom", "course=sse-management", "--custom", "unit=a1")
    with serving("xblock_platform", *options, log=log) as edx:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        folder = tmp_path_factory.mktemp("tool")
        with running(folder, public_url=url, port=port) as settings:
            options = {
                "--issuer": edx["issuer"],
                "--client-id": edx["client_id"],
                "--auth-url": edx["auth_url"],
                "--token-url": edx["token_url"],
                "--jwks-url": edx["jwks_url"],
                "--deployment-id": edx["deployment_id"],
            }
            given = [part for option in options.items() for part in option]
            added = json.loads(lti_tool("registrations", "add", *given, "--json", env=settings))
            urls = {
                "login": added["login_url"],
                "launch": added["launch_url"],
                "jwks": added["jwks_url"],
            }
            requests.post(edx["tool_url"], data=urls, timeout=60).raise_for_status()
            yield Trial(edx, url)


def test_a_learners_score_reaches_open_edx(trial: Trial, course: Course) -> None:
    browser = Browser()
    page = browser.launch(trial.edx["student_launch_url"])
    assert "/play/" in page.url, page.text
    handle = page.url.rsplit("/", 1)[1]
    unit = course.units[0]
    address = f"{trial.tool}/api/units/{unit.id}"
    seen = {"page": "quiz", "seen": [one.id for one in unit.pages]}
    browser.call("PUT", f"{address}/progress", handle, seen)
    answers = {"number": 1, "answers": script(unit, "en")}
    state = browser.call("POST", f"{address}/hand-in", handle, answers)["state"]
    value = float(state["value"])
    assert 70 < value < 100
    assert (state["completion"], state["success"]) == ("completed", "passed")
    grade = eventually(lambda: next(iter(trial.grades()), None))
    assert grade["user"] == "student1"
    assert grade["earned"] / grade["possible"] == pytest.approx(value / 100, abs=1e-4)


def test_an_instructor_sees_the_learners(trial: Trial) -> None:
    page = Browser().launch(trial.edx["instructor_launch_url"])
    assert page.status == 200, page.text
    assert "/teach/" in page.url


def test_an_author_gets_the_picker(trial: Trial) -> None:
    page = Browser().launch(trial.edx["deep_linking_launch_url"])
    assert page.status == 200, page.text
    assert "/pick/" in page.url
    assert "What makes it SSE?" in page.text
