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
#: Milliseconds between two looks at whether the folder is still the same one.
_LOOK = 500


#: Gets the paths that have changed; none where anything may have.
Told = Callable[[frozenset[Path]], None]


def watch_folder(folder: Path, told: Told, stop: threading.Event) -> None:
    """Call ``told`` after each save until ``stop`` is set; and once when the watch has begun, for
    what was saved before. A folder that is moved away, deleted or replaced is told of too, and
    watched again when there is one of its name."""
    polling = None
    while not stop.is_set():
        watched = _identity(folder)
        if watched is None:
            stop.wait(_LOOK / 1000)
            continue
        try:
            _watch(folder, watched, told, stop, polling)
        except FileNotFoundError:
            continue
        except (OSError, RuntimeError):
            # The system gives out only so many watches: then we look ourselves, which is slower.
            if polling:
                raise
            polling = True


def _watch(
    folder: Path,
    watched: tuple[int, int],
    told: Told,
    stop: threading.Event,
    polling: bool | None,
) -> None:
    """Until ``stop`` is set, or another folder, or none, has the place of the one ``watched``."""
    begun = False
    itself = {str(folder.absolute()), str(folder.resolve())}
    for changes in watch(
        folder,
        stop_event=stop,
        debounce=_LONGEST,
        step=_QUIET,
        rust_timeout=_LOOK,
        yield_on_timeout=True,
        force_polling=polling,
    ):
        if changes or not begun:
            told(frozenset(Path(path) for _, path in changes) if begun else frozenset())
            begun = True
        # One that was deleted and made again may even have the number that the old one had.
        if _identity(folder) != watched or any(path in itself for _, path in changes):
            told(frozenset())
            return


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)
