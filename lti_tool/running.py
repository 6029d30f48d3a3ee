"""Who is at work in the data folder: servers and workers while they run, any number of them, or one
restore. A lock of the system on a file there says so, and goes with its process, however that
ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lti_tool.errors import ConfigError, LtiToolError

_FILE = "in-use.lock"


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """A server or worker runs. Raises ``ConfigError`` while a restore is at work."""
    lock = hold(folder)
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def hold(folder: Path) -> int | None:
    """The same, until this process ends: the lock's number, None where the folder is not to be
    written to. Raises ``ConfigError``."""
    try:
        lock = _take(folder, fcntl.LOCK_SH)
    except OSError:
        return None
    if lock is None:
        raise ConfigError(
            "config.restoring",
            f"A restore is at work in {folder}. Start again when it has ended.",
        )
    return lock


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nothing else runs, and nothing starts meanwhile. Raises ``LtiToolError``."""
    lock = _take(folder, fcntl.LOCK_EX)
    if lock is None:
        raise LtiToolError(
            "backup.running",
            f"The tool runs with the data folder {folder}: stop its servers and workers first.",
        )
    try:
        yield
    finally:
        os.close(lock)


def _take(folder: Path, kind: int) -> int | None:
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / _FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock
