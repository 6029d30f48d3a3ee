"""Packages in a cmi5 launcher that we did not write: Open edX's openedx-cmi5-xblock.

Its launch data name no session and it keeps no State document of ours, so learners come back only
because their device remembers. ``make test`` installs it in ``.venv-xblock``; what answers of its
kind do in cases that are harder to bring about is in ``test_open_edx_launches.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from content.model import Course, Unit
from scorm_builder.build import build_package
from scorm_builder.formats import FORMATS
from scorm_builder.order import Order
from tests.learner import script, take
from tests.player_pages.learners import comes
from tests.scorm_packages.open_edx import Block, open_edx

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("open-edx")]


class OpenEdx(Block):
    """A cmi5 block, and one learner in front of it."""

    def __init__(self, host: str, context: BrowserContext) -> None:
        super().__init__(host, "unit")
        self.course = context.new_page()
        self.player: Page | None = None

    def open(self) -> Page:
        """Follow the block's link, which opens a tab."""
        self.course.goto(f"{self.url}/")
        with self.course.expect_popup() as opened:
            self.course.locator("#block ol a").click()
        self.player = opened.value
        return self.player

    def leave(self) -> None:
        assert self.player is not None
        self.player.goto("about:blank")
        self.player.close()


@pytest.fixture
def edx(tmp_path: Path, context: BrowserContext) -> Iterator[OpenEdx]:
    with open_edx("cmi5", tmp_path) as host:
        yield OpenEdx(host, context)


def test_a_learner_leaves_returns_and_is_graded(
    edx: OpenEdx, course: Course, unit: Unit, tmp_path: Path
) -> None:
    order = Order(course=course, form=FORMATS["cmi5"], languages=("en", "fr"), unit=unit)
    package = build_package(order, tmp_path / "dist").path
    assert edx.upload(package) == {"result": "success", "errors": []}
    imported = edx.state()
    assert imported["course_data"]["title"] == unit.title["en"]
    assert [one["title"] for one in imported["au_urls"]] == [unit.title["en"]]

    told = take(edx.open, edx.leave, unit, "en", script(unit, "en"))
    assert edx.player is not None
    comes(edx.player, lambda: edx.state()["lesson_status"] == "passed")
    edx.leave()
    assert edx.grades()[-1] == pytest.approx(float(told) / 10, abs=1e-3)
