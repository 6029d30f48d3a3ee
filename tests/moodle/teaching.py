"""The tool's pages for teachers, in Moodle's frame."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Download, FrameLocator, Locator

from tests.moodle import lti
from tests.moodle.site import Site


def learners(site: Site, activity: str) -> FrameLocator:
    """The page that a teacher's launch opens."""
    frame = lti.launch(site, activity)
    frame.get_by_role("navigation", name="Teaching").wait_for()
    return frame


def tab(site: Site, activity: str, name: str) -> FrameLocator:
    frame = learners(site, activity)
    frame.get_by_role("navigation", name="Teaching").get_by_role("link", name=name).click()
    frame.get_by_role("navigation", name="Teaching").locator(
        f'[aria-current=page]:has-text("{name}")'
    ).wait_for()
    return frame


def row(frame: FrameLocator, person: str) -> Locator:
    return frame.locator("table.learners tbody tr", has_text=person)


def words(place: Locator) -> str:
    return " ".join(place.inner_text().split())


def learner(site: Site, activity: str, person: str) -> FrameLocator:
    """One learner's page."""
    frame = learners(site, activity)
    row(frame, person).get_by_role("link", name=person).click()
    frame.locator("h2.person", has_text=person).wait_for()
    return frame


def until(look: Callable[[], bool], what: str, *, seconds: float = 120) -> None:
    """Look again until it is so: what the tool's worker does comes after a while."""
    end = time.monotonic() + seconds
    while not look():
        if time.monotonic() > end:
            raise RuntimeError(f"{what} did not come within {seconds:.0f} s")
        time.sleep(3)


def download(site: Site, link: Locator) -> Download:
    with site.page.expect_download() as coming:
        link.click()
    return coming.value


def rows_of(file: Download) -> list[dict[str, str]]:
    """A downloaded table by its header."""
    text = Path(file.path()).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))
