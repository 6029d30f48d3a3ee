"""The pictures of docs/authoring.md, taken anew: ``make pictures``.

Everything in them is real: what the commands print, the files that they make, the preview's page.
"""

from __future__ import annotations

import contextlib
import html
import os
import pty
import re
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FrameLocator, Page, sync_playwright

from tests.chromium import ARGUMENTS, find_chromium
from tests.previewing import Preview, running_preview

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images"
PAGE = "units/01-first-steps/pages/who-decides.en.md"
QUESTIONS = "units/01-first-steps/questions.yaml"
WIDTH = 1040

_PAPER = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; padding: 24px; background: #dfe3e1; width: {width}px; box-sizing: border-box; }}
figure {{ margin: 0; border-radius: 10px; overflow: hidden; box-shadow: 0 4px 18px #0004; }}
figcaption {{ background: {bar}; color: {name}; font: 600 15px/38px system-ui, sans-serif;
  padding-inline: 16px; }}
pre {{ margin: 0; padding: 18px; background: {ground}; color: {ink}; white-space: pre-wrap;
  font: 16px/1.55 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }}
b {{ color: {strong}; }}
</style><figure><figcaption>{title}</figcaption><pre>{text}</pre></figure>"""
_TERMINAL = {"ground": "#16211e", "ink": "#e6ece9", "bar": "#33433e", "name": "#fff"}
_EDITOR = {"ground": "#fffefa", "ink": "#26231f", "bar": "#e8e2d6", "name": "#26231f"}


class Camera:
    """Takes pictures into ``FOLDER``, small ones."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def page(self, width: int = 1280, height: int = 800) -> Page:
        return self._browser.new_page(viewport={"width": width, "height": height})

    def keep(self, name: str, shot: bytes) -> None:
        picture = Image.open(BytesIO(shot)).convert("RGB")
        picture.save(FOLDER / f"{name}.webp", "WEBP", quality=82, method=6)

    def paper(self, name: str, title: str, text: str, look: dict[str, str]) -> None:
        page = self.page(WIDTH, 400)
        strong = "#9fe0c8" if look is _TERMINAL else "#0f6455"
        page.set_content(
            _PAPER.format(title=html.escape(title), text=text, width=WIDTH, strong=strong, **look)
        )
        self.keep(name, page.locator("body").screenshot())
        page.close()


def command(folder: Path, *arguments: str) -> str:
    """A command as it stands in a terminal, and what it says there."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "scorm_builder", *arguments],
        cwd=folder,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"PYTHONPATH": str(FOLDER.parents[1]), "COLUMNS": "90", "TERM": "xterm"},
    ):
        os.close(theirs)
        said = b""
        with contextlib.suppress(OSError):  # The end of what a terminal says is an error to Linux.
            while part := os.read(ours, 4096):
                said += part
    os.close(ours)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said.decode("utf-8")).replace("\r\n", "\n")
    # A bar is written over itself: what stands at the end is what one sees.
    lines = [line.rpartition("\r")[2].rstrip() for line in text.split("\n")]
    shown = html.escape("\n".join(lines).replace(f"{folder}/", ""))
    return f"$ <b>scorm-builder {html.escape(' '.join(arguments))}</b>\n{shown}\n"


def edit(course: Path, path: str, old: str, new: str) -> None:
    file = course / path
    text = file.read_text("utf-8")
    if old not in text:
        raise ValueError(f"{path} has no {old!r}")
    file.write_text(text.replace(old, new), "utf-8")


def shown(page: Page, beyond: int = 0) -> None:
    page.wait_for_function(f"Number(document.body.dataset.shown) > {beyond}")
    page.wait_for_timeout(300)


def preview_pictures(camera: Camera, preview: Preview) -> None:
    page = camera.page()
    page.goto(preview.address)
    shown(page)
    frame = page.frame_locator("#frame")
    camera.keep("authoring-preview", page.screenshot())

    edit(preview.course, PAGE, "Who decides?", "Who has the say?")
    shown(page, 1)
    camera.keep(
        "authoring-changed", page.screenshot(clip={"x": 0, "y": 0, "width": 1280, "height": 420})
    )

    edit(preview.course, PAGE, "alt: Three people", "atl: Three people")
    _seen(page, frame, ".preview-problem")
    camera.keep("authoring-problem", page.screenshot())
    edit(preview.course, PAGE, "atl: Three people", "alt: Three people")
    page.wait_for_function(
        "document.getElementById('problems-button').textContent.startsWith('No')"
    )

    page.select_option("#medium", "scorm12")
    page.goto(f"{preview.address}?medium=scorm12&width=390#first-steps/quiz")
    shown(page)
    frame.locator(".is-current .choice input").first.check()
    page.wait_for_timeout(1800)
    camera.keep("authoring-lms", page.screenshot())
    page.close()


def _seen(page: Page, frame: FrameLocator, selector: str) -> None:
    frame.locator(selector).first.wait_for()
    frame.locator(selector).first.evaluate("one => one.scrollIntoView({ block: 'center' })")
    page.wait_for_timeout(400)


def main() -> None:
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = Path(place)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        camera = Camera(browser)
        made = command(folder, "new", "my-course", "--language", "en")
        camera.paper("authoring-new", "Terminal", made, _TERMINAL)
        course = folder / "my-course"
        text = html.escape((course / PAGE).read_text("utf-8"))
        camera.paper("authoring-page", "who-decides.en.md", text, _EDITOR)
        question = (course / QUESTIONS).read_text("utf-8").split("\n\n")[0]
        camera.paper("authoring-question", "questions.yaml", html.escape(question), _EDITOR)
        with running_preview(course) as preview:
            preview_pictures(camera, preview)
        built = command(folder, "check", "my-course") + "\n" + command(folder, "build", "my-course")
        camera.paper("authoring-build", "Terminal", built, _TERMINAL)
        browser.close()


if __name__ == "__main__":
    main()
