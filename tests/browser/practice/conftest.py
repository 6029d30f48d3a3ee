"""The tool (127.0.0.1) and the practice LMS (localhost): two sites, registered with each other."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
import requests
from playwright.sync_api import BrowserContext, FrameLocator, Page
from werkzeug.serving import make_server

from content.load import load_course
from content.model import Course, Unit
from tests.practice_lms.app import create_app
from tests.tool import free_port, invite, running

COURSE = Path(__file__).resolve().parents[3] / "content" / "courses" / "sse-management"


@dataclass
class Trial:
    """Both servers; what a person opens, and what a script may ask."""

    lms: str
    tool: str
    settings: Mapping[str, str]

    def register(self, *options: str) -> requests.Response:
        """Registers the tool by a URL of its own, as an administrator of the LMS would."""
        url = invite(self.settings, *options)
        return requests.get(f"{self.lms}/tools/register", params={"url": url}, timeout=120)

    @property
    def client_id(self) -> str:
        return str(requests.get(f"{self.lms}/tools", timeout=60).json()[-1]["client_id"])

    def pick(self, page: Page, who: str = "leila") -> None:
        """Adds unit A1 to the LMS's course by deep linking, as a trainer."""
        page.goto(f"{self.lms}/add/{self.client_id}?who={who}")
        picker = page.frame_locator("#tool")
        picker.get_by_label("What makes it SSE?").first.check()
        picker.get_by_role("button", name="Add to the course").click()
        page.wait_for_url(lambda url: url.startswith(f"{self.lms}/course?who={who}"))

    def open(self, page: Page, who: str) -> FrameLocator:
        """Opens the last activity of the course as ``who``."""
        page.goto(f"{self.lms}/course?who={who}")
        page.locator(".cards a").last.click()
        return page.frame_locator("#tool")

    def grade(self, who: str) -> Decimal | None:
        """What the gradebook shows of ``who`` in its last column."""
        page = requests.get(f"{self.lms}/gradebook.json", timeout=60).json()
        found = page[-1]["grades"].get(who) if page else None
        return None if found is None else Decimal(str(found))


@pytest.fixture(scope="session")
def course() -> Course:
    return load_course(COURSE)


@pytest.fixture(scope="session")
def unit(course: Course) -> Unit:
    return course.units[0]


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    lms_port = free_port()
    lms = f"http://localhost:{lms_port}"
    server = make_server("localhost", lms_port, create_app(lms), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    port = free_port()
    folder = tmp_path_factory.mktemp("tool")
    try:
        with running(folder, public_url=f"http://127.0.0.1:{port}", port=port) as settings:
            yield Trial(lms, f"http://127.0.0.1:{port}", settings)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
