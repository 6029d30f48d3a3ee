"""A running preview of a small course, and its page in Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from scorm_builder.starter import make_course
from tests.previewing import Preview, running_preview

Open = Callable[..., Page]


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    make_course(tmp_path / "small")
    with running_preview(tmp_path / "small") as preview:
        yield preview


@pytest.fixture
def opened(chromium: Browser, preview: Preview) -> Iterator[Open]:
    """The preview's page, once the course stands in it; whatever a script complains of is raised at
    the end."""
    context = chromium.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    complaints: list[str] = []

    def console(message: ConsoleMessage) -> None:
        # An LRS answers 404 where there is no document yet; browsers write that down themselves.
        if message.type == "error" and "/_preview/lrs/" not in message.location["url"]:
            complaints.append(message.text)

    def open_page(query: str = "", width: int = 1280, scheme: str = "light") -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 850})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.on("console", console)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(preview.address + query)
        shown(page)
        return page

    yield open_page
    context.close()
    assert complaints == []


def shown(page: Page, beyond: int = 0) -> int:
    """Wait until a reading after ``beyond`` stands in the frame; its number."""
    page.wait_for_function(f"Number(document.body.dataset.shown) > {beyond}")
    return int(page.evaluate("document.body.dataset.shown"))
