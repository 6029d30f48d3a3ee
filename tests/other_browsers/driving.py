"""Firefox and WebKit, as Debian has them, driven through the same steps. A step is a kind and a
value:

- ``open`` an address; the others concern what stands in the frame ``#tool``
- ``address``: wait until it matches a pattern
- ``text`` of the first element of a selector; ``click`` on it
- ``evaluate`` the body of an asynchronous function
- ``photograph`` the page into a file
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

Steps = Sequence[tuple[str, str]]
Run = Callable[[Steps], list[Any]]
Found = TypeVar("Found")
SECONDS = 30
MISSING = "{} is not installed: run make browsers as root on Debian, or install {}"


def run_firefox(steps: Steps) -> list[Any]:
    """What each step told. Raises RuntimeError."""
    executable = shutil.which("firefox-esr") or shutil.which("firefox")
    if executable is None:
        raise RuntimeError(MISSING.format("Firefox", "firefox-esr"))
    node = Path(sys.executable).parent / "node"
    done = subprocess.run(
        [node, Path(__file__).with_name("firefox.mjs")],
        input=json.dumps({"executable": executable, "steps": list(steps)}),
        capture_output=True,
        text=True,
        timeout=180,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    told: list[Any] = json.loads(done.stdout)["told"]
    return told


def run_webkit(steps: Steps) -> list[Any]:
    """What each step told. Raises RuntimeError."""
    driver = shutil.which("WebKitWebDriver")
    found = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    if driver is None or not found:
        raise RuntimeError(MISSING.format("WebKit", "webkit2gtk-driver"))
    options = Options()
    options.binary_location = str(found[-1])
    options.add_argument("--automation")
    with _display() as display:
        environment = {**os.environ, "DISPLAY": display, "GDK_BACKEND": "x11"}
        browser = webdriver.WebKitGTK(options=options, service=Service(driver, env=environment))
        try:
            return [_step(browser, kind, value) for kind, value in steps]
        finally:
            browser.quit()


def _step(browser: webdriver.WebKitGTK, kind: str, value: str) -> Any:
    if kind == "open":
        browser.get(value)
        return browser.current_url
    if kind == "photograph":
        browser.switch_to.default_content()
        return browser.save_screenshot(value) and value
    look: dict[str, Callable[[], Any]] = {
        "address": lambda: _matching(browser.execute_script("return location.href"), value),
        "text": lambda: browser.find_element(By.CSS_SELECTOR, value).text.strip(),
        "click": lambda: (
            browser.execute_script(
                "arguments[0].click()", browser.find_element(By.CSS_SELECTOR, value)
            )
            or True
        ),
        "evaluate": lambda: browser.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            f"(async () => {{ {value} }})().then(done, () => done(null))"
        ),
    }
    return _eventually(browser, look[kind])


def _matching(address: str, pattern: str) -> str | None:
    return address if re.search(pattern, address) else None


def _eventually(browser: webdriver.WebKitGTK, look: Callable[[], Found | None]) -> Found:
    """The frame goes from page to page: what was asked of one that has gone is asked again."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with suppress(WebDriverException):
            browser.switch_to.default_content()
            browser.switch_to.frame(browser.find_element(By.ID, "tool"))
            if (found := look()) is not None:
                return found
        time.sleep(0.2)
    raise RuntimeError("did not come")


@contextmanager
def _display() -> Iterator[str]:
    """A screen that nobody looks at."""
    if shutil.which("Xvfb") is None:
        raise RuntimeError(MISSING.format("Xvfb", "xvfb"))
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x960x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as stream:
            yield f":{stream.readline().strip()}"
    finally:
        server.terminate()
        server.wait(10)
