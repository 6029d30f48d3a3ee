"""The fixtures of the cookie ladder's tests, for browsers beside Chromium."""

from __future__ import annotations

from tests.browser.ladder.conftest import new_platform, platform, tool

__all__ = ["new_platform", "platform", "tool"]
