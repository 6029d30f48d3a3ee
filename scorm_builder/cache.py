"""What the builder keeps between runs: outside the author's folder, private, bounded, dispensable.

Each piece is a file that is written whole and checked by hash when it is read. What cannot be read
is not there, what cannot be written is not kept: a build needs none of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import stat
import sys
from pathlib import Path
from threading import get_ident
from typing import Any

#: Of the layout of the pieces. Marshal's own format goes with the version of Python.
_VERSION = f"1-{sys.implementation.cache_tag}"
_LIMIT = 256 << 20
_LARGEST = 128 << 20
_HASH = 32


def cache_folder() -> Path:
    """``SCORM_BUILDER_CACHE``, or the system's place for such things."""
    given = os.environ.get("SCORM_BUILDER_CACHE")
    if given:
        return Path(given)
    from platformdirs import user_cache_path

    return user_cache_path("scorm-builder")


class Cache:
    """Pieces below ``folder``, each of a kind and by a name of letters and digits."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = (folder or cache_folder()) / "build"
        self._told = False

    def read(self, kind: str, name: str) -> Any | None:
        """The value of a piece; None where there is none, or it is damaged or another user's."""
        try:
            with self._place(kind, name).open("rb") as file:
                info = os.fstat(file.fileno())
                if not self._ours(info) or info.st_size > _LARGEST:
                    return None
                digest, data = file.read(_HASH), file.read()
            if hashlib.sha256(data).digest() != digest:
                return None
            version, value = marshal.loads(data)  # noqa: S302 - ours, private, checked by hash
        except (OSError, ValueError, EOFError, TypeError):
            return None
        return value if version == _VERSION else None

    def write(self, kind: str, name: str, value: Any) -> None:
        """Keep ``value``, of plain types. Another run may do the same at the same time: the last
        one wins, and nobody reads half of it. Where it cannot be kept, that is said once."""
        try:
            data = marshal.dumps((_VERSION, value))
            if len(data) <= _LARGEST:
                self._write(self._place(kind, name), data)
        except ValueError:
            return
        except OSError as error:
            if not self._told:
                self._told = True
                _warn(self._folder, error)

    def _write(self, place: Path, data: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._ours(self._folder.stat()):
            return
        draft = place.with_name(f"{place.name}.{os.getpid()}-{get_ident()}.part")
        try:
            with open(draft, "xb", opener=_private) as file:
                file.write(hashlib.sha256(data).digest())
                file.write(data)
            draft.replace(place)
        finally:
            with contextlib.suppress(OSError):
                draft.unlink()
        self._sweep()

    def _place(self, kind: str, name: str) -> Path:
        return self._folder / f"{kind}-{name}"

    def _ours(self, info: os.stat_result) -> bool:
        """Nobody else may have written what we go by."""
        if not hasattr(os, "getuid"):
            return True
        return info.st_uid == os.getuid() and not info.st_mode & (stat.S_IWGRP | stat.S_IWOTH)

    def _sweep(self) -> None:
        """Remove what was not written for longest, until the rest is within the limit."""
        found = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):  # another build's draft, in place now
                    found.append((entry.stat(), entry.path))
        total = sum(info.st_size for info, _ in found)
        for info, path in sorted(found, key=lambda one: one[0].st_mtime_ns):
            if total <= _LIMIT:
                break
            with contextlib.suppress(OSError):
                os.unlink(path)
            total -= info.st_size


def _warn(folder: Path, error: OSError) -> None:
    from logging import getLogger

    getLogger(__name__).warning(
        "warning: nothing can be kept in %s (%s): the next build begins anew",
        folder,
        error.strerror or error,
    )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
