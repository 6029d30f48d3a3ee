"""Tells of each save in a folder, soon."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from watchfiles import watch

#: Milliseconds without a further change after which a save is taken for done: editors write a new
#: file and rename it, or write in two goes. ``_LONGEST`` bounds the wait where changes go on.
_QUIET = 8
_LONGEST = 80


def watch_folder(folder: Path, told: Callable[[], None], stop: threading.Event) -> None:
    """Call ``told`` after each save until ``stop`` is set; and once when the watch has begun, for
    what was saved before."""
    begun = False
    for changes in watch(
        folder,
        stop_event=stop,
        debounce=_LONGEST,
        step=_QUIET,
        rust_timeout=500,
        yield_on_timeout=True,
    ):
        if changes or not begun:
            begun = True
            told()
