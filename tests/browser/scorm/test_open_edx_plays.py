"""Packages in a SCORM runtime that we did not write: Open edX's openedx-scorm-xblock.

It tells a package nothing of its own status, score or mode, and takes values one by one, so
learners come back only if the package itself remembers them. ``make test`` installs it in
``.venv-xblock``.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from content.model import Course, Unit
from tests.learner import Learner, right_answer, script, take

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / ".venv-xblock" / "bin" / "python"

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("open-edx")]


class OpenEdx:
    """One block, and one learner in front of it."""

    def __init__(self, url: str, block: str, page: Page) -> None:
        self.block, self.page = f"{url}/blocks/{block}/lea", page
        self.url = url

    def upload(self, package: Path) -> dict[str, Any]:
        """Import the package as Studio does, with the form of its editor."""
        fields = {
            "display_name": "A unit",
            "has_score": "1",
            "weight": "10",
            "width": "",
            "height": "700",
            "popup_on_launch": "0",
            "enable_navigation_menu": "1",
            "enable_fullscreen_button": "0",
            "navigation_menu_width": "",
        }
        with package.open("rb") as stream:
            return dict(
                requests.post(
                    f"{self.block}/handler/studio_submit",
                    data=fields,
                    files={"file": (package.name, stream, "application/zip")},
                    timeout=120,
                ).json()
            )

    def open(self) -> FrameLocator:
        self.page.goto(f"{self.block}/")
        return self.page.frame_locator("iframe.scorm-embedded")

    def leave(self) -> None:
        """Look at another tab first, as Open edX drops what is under way when its page goes."""
        frame = next(one for one in self.page.frames if one.parent_frame)
        frame.evaluate(
            "Object.defineProperty(document, 'visibilityState', {value: 'hidden'});"
            " document.dispatchEvent(new Event('visibilitychange'));"
        )
        self.page.wait_for_function("jQuery.active === 0")
        self.page.goto("about:blank")

    def state(self) -> dict[str, Any]:
        return dict(requests.get(f"{self.block}/state", timeout=60).json())

    def grades(self) -> list[float]:
        """The marks that the block told Open edX, in their order."""
        told = requests.get(f"{self.url}/told", timeout=60).json()
        return [one["data"]["value"] for one in told if one["event"] == "grade"]


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """Starts Open edX; its URL. All of them end with the module."""
    assert PYTHON.exists(), "run `make test`, which makes .venv-xblock"
    running: list[subprocess.Popen[str]] = []

    def start() -> str:
        data = tmp_path_factory.mktemp("edx")
        with (data / "edx.log").open("w") as log:
            process = subprocess.Popen(
                [PYTHON, "-m", "scorm_xblock", "--data", data / "media"],
                env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        running.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (data / "edx.log").read_text()[-2000:]
        return str(json.loads(line)["url"])

    yield start
    for process in running:
        process.terminate()
        process.wait(60)
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture
def edx(host: Callable[[], str], context: BrowserContext) -> OpenEdx:
    return OpenEdx(host(), "unit", context.new_page())


def test_a_learner_leaves_returns_and_is_graded(
    edx: OpenEdx, packaged: Callable[[Course], Path], course: Course, unit: Unit, version: str
) -> None:
    assert edx.upload(packaged(course)) == {"result": "success", "errors": []}
    assert edx.state()["package_warnings"] == []
    assert edx.state()["scorm_version"] == {"scorm12": "SCORM_12"}.get(version, "SCORM_2004")

    told = take(edx.open, edx.leave, unit, "en", script(unit, "en"))
    edx.leave()

    assert edx.state()["success_status"] == "passed"
    assert edx.state()["lesson_status"] == "completed"
    assert edx.grades()[-1] == pytest.approx(float(told) / 10, abs=1e-3)


def test_a_learner_who_comes_back_after_passing_loses_nothing(
    edx: OpenEdx, packaged: Callable[[Course], Path], course: Course, unit: Unit
) -> None:
    edx.upload(packaged(course))
    right = {question.id: right_answer(question, "en") for question in unit.quiz}
    learner = Learner(edx.open(), unit)
    learner.arrive()
    learner.read_on(to="quiz")
    learner.answer_quiz(right)
    assert learner.hand_in() == Decimal(100)
    edx.leave()

    learner = Learner(edx.open(), unit)
    learner.arrive()
    assert learner.where == "result"
    assert learner.score() == Decimal(100)
    edx.leave()
    kept = edx.state()
    assert (kept["lesson_status"], kept["success_status"]) == ("completed", "passed")
    assert edx.grades()[-1] == pytest.approx(10)
    edx.open()
    expect(edx.page.locator(".completion-status")).to_have_text("completed")


def test_an_update_keeps_a_learners_place(
    edx: OpenEdx, packaged: Callable[[Course], Path], course: Course, unit: Unit
) -> None:
    edx.upload(packaged(course))
    learner = Learner(edx.open(), unit)
    learner.arrive()
    last = unit.pages[-1].id
    learner.read_on(to=last)
    edx.leave()

    titled = replace(unit, title={**unit.title, "en": "The second version"})
    newer = replace(course, units=(titled, *course.units[1:]), version="2.0.0")
    assert edx.upload(packaged(newer))["errors"] == []

    learner = Learner(edx.open(), unit)
    learner.arrive()
    assert learner.where == last
    expect(learner.place.locator("body")).to_contain_text("The second version")
