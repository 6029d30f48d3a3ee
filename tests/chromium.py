"""Which Chromium the tests drive, and how it is started."""

from __future__ import annotations

import os
import shutil

#: Without these, a browser in a closed network tries Google's hosts again and again.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

#: Milliseconds that a page is waited for: what takes one second here takes many on a loaded
#: machine. Nothing waits so long where all is well.
PATIENCE = 60_000


def find_chromium() -> str:
    """The path of the one that ``CHROMIUM`` names, or of the machine's. Raises RuntimeError."""
    for name in (os.environ.get("CHROMIUM"), shutil.which("chromium")):
        if name and os.access(name, os.X_OK):
            return name
    raise RuntimeError("no Chromium: install it, or name one with CHROMIUM=/path/to/chromium")
