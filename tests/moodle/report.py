"""What a run did: each step with its time, notes and screenshots, as Markdown and JSON."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

#: What a step may fail with: the step is over then, not the trial.
_TROUBLE = (PlaywrightError, AssertionError, LookupError, OSError, RuntimeError, ValueError)


class StepFailedError(Exception):
    """A step did not end as it should; the report already says which and why."""


@dataclass
class Step:
    title: str
    passed: bool = False
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    screenshots: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        self.notes.append(text)


class Report:
    """``step`` runs one step; the pages that ``pages`` names are photographed at its end."""

    def __init__(self, folder: Path, title: str, pages: Callable[[], dict[str, Page]]) -> None:
        self.folder, self.title, self._pages = folder, title, pages
        self.steps: list[Step] = []
        self.facts: dict[str, str] = {}
        folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def step(self, title: str, *who: str) -> Iterator[Step]:
        """One step; ``who`` are the people whose screens show it (all of them when it fails)."""
        step = Step(title)
        self.steps.append(step)
        began = time.monotonic()
        try:
            yield step
            step.passed = True
        except _TROUBLE as error:
            step.note(_plain(error))
            raise StepFailedError(f"“{title}” failed: {_plain(error)}") from error
        finally:
            step.seconds = round(time.monotonic() - began, 2)
            self.photograph(step, *(who if step.passed else self._pages()))
            self.write()
            mark = "ok  " if step.passed else "FAIL"
            print(f"{mark} {step.seconds:6.1f} s  {title}", *step.notes, sep="\n      ", flush=True)

    def photograph(self, step: Step, *who: str) -> None:
        """Keep what these people see now; of a failure the page's HTML too."""
        slug = re.sub(r"[^a-z0-9]+", "-", step.title.lower()).strip("-")[:50]
        for name in who:
            file = f"{len(self.steps):02d}-{slug}-{len(step.screenshots) + 1}-{name}.png"
            try:
                page = self._pages()[name]
                with suppress(PlaywrightError):  # some Moodle pages are never at rest
                    page.wait_for_load_state("networkidle", timeout=3_000)
                page.screenshot(path=self.folder / file, timeout=20_000)
                step.screenshots.append(file)
                if not step.passed and step.seconds:
                    (self.folder / f"{file[:-4]}.html").write_text(page.content(), "utf-8")
            except (PlaywrightError, OSError, KeyError) as error:
                step.note(f"no screenshot of {name}: {_plain(error)}")

    @property
    def passed(self) -> bool:
        return bool(self.steps) and all(step.passed for step in self.steps)

    def write(self) -> None:
        """Write the report as it stands, so that an interrupted run leaves one too."""
        whole = {
            "title": self.title,
            "passed": self.passed,
            "facts": self.facts,
            "steps": [asdict(step) for step in self.steps],
        }
        (self.folder / "report.json").write_text(
            json.dumps(whole, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
        lines = [f"# {self.title}", "", "Passed." if self.passed else "**Failed.**", ""]
        lines += [f"- {name}: {value}" for name, value in self.facts.items()]
        for number, step in enumerate(self.steps, 1):
            mark = "✓" if step.passed else "✗"
            lines += ["", f"## {number}. {mark} {step.title} ({step.seconds} s)", ""]
            lines += [f"- {note}" for note in step.notes]
            lines += [f"\n![{file}]({file})" for file in step.screenshots]
        (self.folder / "report.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _plain(error: Exception) -> str:
    """The message on one line, of Playwright's call log only what it waited for."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip() or type(error).__name__
    message, _, log = text.partition("Call log:")
    waited = re.search(r"waiting for [^\n]*", log)
    return " ".join(f"{message} {waited[0] if waited else ''}".split())[:600]
