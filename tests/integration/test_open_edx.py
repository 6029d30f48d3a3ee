"""The tool under an LTI platform that we did not write: Open edX's lti-consumer-xblock.

``make test`` installs it in ``.venv-xblock``; everything here is real HTTP between two processes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from content.load import load_course
from content.model import Course
from tests.learner import script
from tests.tool import eventually, free_port, lti_tool, running

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-xblock" / "bin" / "python"

pytestmark = pytest.mark.xdist_group("open-edx")


@dataclass
class Trial:
    """Open edX and the tool, registered with each other."""

    edx: dict[str, str]
    tool: str

    def browse(self) -> requests.Session:
        """A browser's cookie jar; Chromium too takes Secure cookies from this machine over http."""
        session = requests.Session()
        session.cookies.set_policy(DefaultCookiePolicy(secure_protocols=["https", "http", "wss"]))
        return session

    def launch(self, url: str) -> tuple[requests.Session, requests.Response]:
        """Follows a launch through login, authentication and the form post, to the tool's page."""
        browser = self.browse()
        page = browser.get(url, timeout=30)
        form = read_form(page)
        return browser, browser.post(urljoin(page.url, form.action), data=form.fields, timeout=30)

    def grades(self) -> list[dict[str, Any]]:
        return list(requests.get(self.edx["grades_url"], timeout=10).json()["grades"])


@dataclass
class Form:
    action: str
    fields: dict[str, str]


def read_form(page: requests.Response) -> Form:
    """The first form of a page, with its hidden fields."""
    assert page.status_code == 200, page.text[:500]
    action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
    assert action is not None, page.text[:500]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", page.text):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name is not None:
            fields[unescape(name[1])] = unescape(value[1]) if value else ""
    return Form(unescape(action[1]), fields)


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(ROOT / "content" / "courses" / "sse-management")


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    assert PYTHON.exists(), "run `make test`, which makes .venv-xblock"
    data = tmp_path_factory.mktemp("edx")
    command = [PYTHON, "-m", "xblock_platform", "--data", data]
    custom = ["--custom", "course=sse-management", "--custom", "unit=a1"]
    with (data / "edx.log").open("w") as log:
        platform = subprocess.Popen(
            [*command, *custom],
            env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert platform.stdout is not None
    try:
        line = platform.stdout.readline()
        assert line, (data / "edx.log").read_text()[-2000:]
        edx = json.loads(line)
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
            requests.post(edx["tool_url"], data=urls, timeout=10).raise_for_status()
            yield Trial(edx, url)
    finally:
        platform.terminate()
        platform.wait(15)
        platform.stdout.close()


def test_a_learners_score_reaches_open_edx(trial: Trial, course: Course) -> None:
    browser, page = trial.launch(trial.edx["student_launch_url"])
    assert "/play/" in page.url, page.text[:500]
    handle = page.url.rsplit("/play/", 1)[1].split("?")[0]
    browser.headers["Authorization"] = f"Bearer {handle}"
    unit = course.unit("a1")
    assert unit is not None
    seen = {"page": "quiz", "seen": [one.id for one in unit.pages]}
    api = f"{trial.tool}/api/units/a1"
    browser.put(f"{api}/progress", json=seen, timeout=10).raise_for_status()
    answers = {"number": 1, "answers": script(unit, "en")}
    state = browser.post(f"{api}/hand-in", json=answers, timeout=10).json()["state"]
    value = float(state["value"])
    assert 70 < value < 100
    assert (state["completion"], state["success"]) == ("completed", "passed")

    grade = eventually(lambda: next(iter(trial.grades()), None))
    assert grade["user"] == "student1"
    assert grade["earned"] / grade["possible"] == pytest.approx(value / 100, abs=1e-4)


def test_an_instructor_sees_the_learners(trial: Trial) -> None:
    _, page = trial.launch(trial.edx["instructor_launch_url"])
    assert page.status_code == 200
    assert "/teach/" in page.url


def test_an_author_gets_the_picker(trial: Trial) -> None:
    _, page = trial.launch(trial.edx["deep_linking_launch_url"])
    assert page.status_code == 200
    assert "/pick/" in page.url
    assert "What makes it SSE?" in page.text
