"""One Chromium for all browser tests of a worker: Playwright bears only one of itself a thread. Of
a test that fails, the report tells what its pages showed."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.chromium import ARGUMENTS, PATIENCE, find_chromium

#: Where pictures of failures go.
PICTURES = pytest.StashKey[Path]()
#: Milliseconds for each question to a page that may answer no more.
AT_MOST = 5_000


@pytest.fixture(scope="session")
def chromium(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """Debian's Chromium, or the one that ``CHROMIUM`` names."""
    request.config.stash[PICTURES] = tmp_path_factory.mktemp("failed")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=ARGUMENTS, timeout=PATIENCE
        )
        browser.on("context", lambda context: context.set_default_timeout(PATIENCE))
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh profile: no cookies, no storage."""
    context = chromium.new_context()
    yield context
    context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: Any, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure's report gets what each open page shows and complained of."""
    report = yield
    browser: Browser | None = getattr(item, "funcargs", {}).get("chromium")
    if report.failed and call.when != "teardown" and browser is not None:
        profiles = getattr(item.funcargs.get("profiles"), "opened", [])
        pages = [page for context in (*browser.contexts, *profiles) for page in context.pages]
        name = str(item.config.stash[PICTURES] / re.sub(r"[^\w-]+", "-", item.name))
        told = [told_by(page, f"{name}-{n}.png") for n, page in enumerate(pages, 1)]
        report.sections.append(("open pages", "\n".join(told) or "none"))
    return report


def told_by(page: Page, picture: str) -> str:
    """Address, views and complaints of a page, and where its picture is."""
    lines = [page.url]
    with suppress(Error):
        for frame in page.frames:
            view = frame.locator(".view.is-current").first
            if view.count():
                lines.append(f"view: {view.get_attribute('data-view', timeout=AT_MOST)}")
    with suppress(Error):
        said = [f"{one.type}: {one.text}" for one in page.console_messages(filter="all")]
        wrong = [f"error: {one}" for one in page.page_errors(filter="all")]
        lines += (said + wrong)[-20:]
    with suppress(Error):
        page.screenshot(path=picture, timeout=AT_MOST)
        lines.append(f"picture: {picture}")
    return "\n  ".join(lines)
