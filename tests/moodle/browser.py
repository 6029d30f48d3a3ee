"""Chromium with third-party cookies blocked: one profile a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Playwright

from tests.chromium import ARGUMENTS, find_chromium

_BLOCK_THIRD_PARTY = {"profile": {"cookie_controls_mode": 1, "block_third_party_cookies": True}}


class People:
    """Everybody at their own computer. ``page`` opens a person's browser at the first call."""

    def __init__(self, playwright: Playwright, folder: Path, *, insecure: bool) -> None:
        self._playwright, self._folder, self._insecure = playwright, folder, insecure
        # Files that a link fetches are asked for outside of any page, where the context's own word
        # for this does not hold.
        self._trust = ["--ignore-certificate-errors"] if insecure else []
        self._contexts: dict[str, BrowserContext] = {}
        #: What the browsers' consoles complain of, with the address where it arose.
        self.errors: list[str] = []

    def page(self, name: str) -> Page:
        context = self._contexts.get(name) or self._open(name)
        return context.pages[0]

    def pages(self) -> dict[str, Page]:
        return {name: context.pages[0] for name, context in self._contexts.items()}

    def _open(self, name: str) -> BrowserContext:
        profile = self._folder / name
        (profile / "Default").mkdir(parents=True)
        preferences = profile / "Default" / "Preferences"
        preferences.write_text(json.dumps(_BLOCK_THIRD_PARTY), encoding="utf-8")
        context = self._playwright.chromium.launch_persistent_context(
            profile,
            executable_path=find_chromium(),
            args=[*ARGUMENTS, *self._trust],
            headless=True,
            ignore_https_errors=self._insecure,
            viewport={"width": 1280, "height": 960},
            locale="en-GB",
        )
        context.set_default_timeout(40_000)
        if not context.pages:
            context.new_page()
        page = context.pages[0]
        page.on("dialog", lambda dialog: dialog.accept())
        page.on("pageerror", lambda error: self.errors.append(error.stack or str(error)))
        page.on("console", self._hear)
        self._contexts[name] = context
        return context

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    @contextmanager
    def refused(self) -> Iterator[None]:
        """What the consoles say of pages that are refused on purpose (401, 403) is no fault."""
        before = len(self.errors)
        try:
            yield
        finally:
            wanted = ("status of 401", "status of 403")
            new = [error for error in self.errors[before:] if not any(w in error for w in wanted)]
            self.errors[before:] = new

    def close(self) -> None:
        for context in self._contexts.values():
            context.close()
        self._contexts.clear()
