"""From the save of a page to its new text in the preview, in a browser.

    python -m tests.bench.preview

Prints a Markdown table. The first save after the start is left out: nothing is warm then.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.bench.courses import MEDIUM, SMALL, Case, make_course
from tests.chromium import ARGUMENTS, find_chromium
from tests.previewing import running_preview

_SAVES = 11
#: Seconds between two saves: long enough for the page to come to rest.
_PAUSE = 0.5
_SAYS = """said => {
  const inside = document.getElementById('frame').contentDocument;
  const page = inside && inside.body && inside.body.classList.contains('is-ready')
    && inside.querySelector('.view.is-current');
  return Boolean(page) && page.textContent.includes(said);
}"""


def waits(case: Case, browser: Browser, folder: Path) -> list[float]:
    """Seconds from each save until the browser shows it."""
    course = folder / case.name
    make_course(case, course)
    file = course / "units" / "01-unit" / "pages" / "page-0.en.md"
    text = file.read_text("utf-8")
    found = []
    with running_preview(course) as preview:
        page = browser.new_page()
        page.goto(preview.address)
        page.wait_for_function("document.body.dataset.shown")
        for number in range(_SAVES):
            time.sleep(_PAUSE)
            said = f"This is save number {number}."
            begun = time.perf_counter()
            file.write_text(f"{text}\n{said}\n", "utf-8")
            page.wait_for_function(_SAYS, arg=said, polling=5)
            found.append(time.perf_counter() - begun)
        page.close()
    return found[1:]


def table() -> str:
    lines = ["| course | pages | save to shown, median | slowest of ten |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        for case in (SMALL, MEDIUM):
            seconds = waits(case, browser, Path(folder))
            lines.append(
                f"| {case.name} | {case.pages} | {statistics.median(seconds) * 1000:.0f} ms "
                f"| {max(seconds) * 1000:.0f} ms |"
            )
        browser.close()
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
