"""Launches in a frame of another site, in the browsers that learners have beside Chromium, each
with its own way with cookies: whichever rung of the ladder holds, the page arrives."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.ladder.platform_pages import PagePlatform
from tests.other_browsers.driving import Run, run_firefox, run_webkit

#: Selenium's own, about itself.
pytestmark = pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning")

REPORTS = Path("tests/reports/other_browsers")
STATE = """
  const data = JSON.parse(document.getElementById("course-data").textContent);
  const bearer = {Authorization: "Bearer " + data.config.handle};
  const answer = await fetch("/api/state", {headers: bearer});
  return document.body.classList.contains("is-ready") ? (await answer.json()).learner.name : null;
"""


@pytest.fixture(params=[run_firefox, run_webkit], ids=["firefox", "webkit"])
def run(request: pytest.FixtureRequest) -> Run:
    found: Run = request.param
    return found


@pytest.fixture
def photograph(request: pytest.FixtureRequest) -> tuple[str, str]:
    REPORTS.mkdir(parents=True, exist_ok=True)
    return "photograph", str((REPORTS / f"{request.node.name}.png").absolute())


@pytest.mark.parametrize("storage", ["frame", "parent", "none"])
def test_a_learner_arrives(
    run: Run, platform: PagePlatform, storage: str, photograph: tuple[str, str]
) -> None:
    """Without storage a browser that keeps no cookie in a frame offers a window instead."""
    pattern = r"/play/" if storage != "none" else r"/play/|/login"
    *_, address = run(
        [
            ("open", platform.course("resource", "amina", storage)),
            ("address", pattern),
            photograph,
            ("address", pattern),
        ]
    )
    if "/play/" not in address:
        assert storage == "none"
        return
    told = run([("open", platform.course("resource", "bilal", storage)), ("evaluate", STATE)])
    assert told[-1] == "Bilal"


def test_a_teacher_picks_a_unit(
    run: Run, platform: PagePlatform, photograph: tuple[str, str]
) -> None:
    run(
        [
            ("open", platform.course("picker", "ada", "frame")),
            ("address", r"/pick/"),
            ("click", "input[name=unit]"),
            photograph,
            ("click", ".actions button[formmethod=post]:not([formaction])"),
            ("address", r"/deep-linking"),
        ]
    )
    assert len(platform.given) == 1
    assert platform.given[0]["JWT"].startswith("eyJ")
