"""What was made of media, kept by what it was made of, in the builder's cache folder.

A result is a folder with ``result.json`` (its facts, and each file's SHA-256) and its files. It
appears whole or not at all, is checked before it is used, and is shared by concurrent builds.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from scorm_builder.errors import NoRoomError

_LIMIT = 2 << 30
#: Younger results may be in use by a build that runs.
_DAY = 24 * 3600
_FACTS = "result.json"
#: Of several threads that find the disk full, one changes the folder.
_LEAVING = Lock()


@dataclass(frozen=True, slots=True)
class Kept:
    """``facts`` are what the worker said; ``files`` lie in ``folder``."""

    folder: Path
    facts: Mapping[str, Any]


class Store:
    """Results below ``root``. Where that cannot be written, or others can write to it too, a
    temporary folder serves: then they are for this run alone. Raises ``NoRoomError`` where that
    cannot be written either."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryFile(dir=root):
                pass
            _check_private(root)
        except OSError:
            self.root = _temporary()
        self._sweep()

    @classmethod
    def passing(cls) -> Store:
        """One that knows nothing, and is gone when the program ends."""
        return cls(_new_temporary())

    def _place(self, key: str) -> Path:
        return self.root / key[:2] / key

    def find(self, key: str) -> Kept | None:
        """The result of ``key``, whole; a damaged one is removed."""
        folder = self._place(key)
        try:
            kept = json.loads((folder / _FACTS).read_text("utf-8"))
            sums, facts = dict(kept["sums"]), dict(kept["facts"])
            if all(_sha256(folder / name) == known for name, known in sums.items()):
                with contextlib.suppress(OSError):
                    os.utime(folder)
                return Kept(folder, facts)
        except FileNotFoundError:
            if not folder.exists():
                return None
        except (OSError, ValueError, KeyError, TypeError):
            pass
        shutil.rmtree(folder, ignore_errors=True)
        return None

    def make(self, key: str, work: Callable[[Path], Mapping[str, Any]]) -> Kept:
        """What ``work`` makes in a new folder, with the facts that it returns.

        Where it runs out of room, it works again in a temporary folder. Raises ``NoRoomError``
        where there is no room either, and whatever else ``work`` raises.
        """
        try:
            return self._made(key, work)
        except OSError as error:
            self._leave(error)
        try:
            return self._made(key, work)
        except OSError as error:
            raise NoRoomError(self.root, error) from error

    def _leave(self, error: OSError) -> None:
        """For the temporary folder."""
        with _LEAVING:
            before, self.root = self.root, _temporary()
            if before == self.root:
                raise NoRoomError(before, error) from error
        from logging import getLogger

        getLogger(__name__).warning(
            "warning: nothing can be kept in %s (%s): the next build has to make it again",
            before,
            error.strerror or error,
        )

    def _made(self, key: str, work: Callable[[Path], Mapping[str, Any]]) -> Kept:
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=self.root))
        try:
            return self._keep(key, draft, work(draft))
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise

    def _keep(self, key: str, draft: Path, facts: Mapping[str, Any]) -> Kept:
        """Put ``draft`` in place; where another build was faster, what it made is taken."""
        sums = {file.name: _sha256(file) for file in sorted(draft.iterdir())}
        text = json.dumps({"facts": facts, "sums": sums}, sort_keys=True)
        (draft / _FACTS).write_text(text, "utf-8")
        folder = self._place(key)
        folder.parent.mkdir(exist_ok=True, mode=0o700)
        try:
            draft.rename(folder)
        except OSError:
            found = self.find(key)
            if found is None:
                raise
            shutil.rmtree(draft, ignore_errors=True)
            return found
        return Kept(folder, facts)

    def _sweep(self) -> None:
        """Once a day, remove what was not used for longest until the rest is within the limit."""
        marker = self.root / "swept"
        with contextlib.suppress(OSError):
            if marker.exists() and time.time() - marker.stat().st_mtime < _DAY:
                return
            marker.touch()
            found = [(one.stat().st_mtime, one) for one in self.root.glob("??/*")]
            found += [(one.stat().st_mtime, one) for one in self.root.glob("draft-*")]
            sizes = {one: sum(f.stat().st_size for f in one.iterdir()) for _, one in found}
            total = sum(sizes.values())
            for used, folder in sorted(found):
                stale = time.time() - used > _DAY
                if stale and (total > _LIMIT or folder.name.startswith("draft-")):
                    shutil.rmtree(folder, ignore_errors=True)
                    total -= sizes[folder]


@cache
def _temporary() -> Path:
    """The one for where there is no cache."""
    return _new_temporary()


def _new_temporary() -> Path:
    try:
        folder = Path(tempfile.mkdtemp(prefix="scorm-builder-media-"))
    except OSError as error:
        raise NoRoomError(Path(error.filename or "the temporary folder").parent, error) from error
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _check_private(folder: Path) -> None:
    """Raise ``OSError`` where somebody else could have put results there."""
    if hasattr(os, "getuid"):
        info = folder.stat()
        if info.st_uid != os.getuid() or info.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise PermissionError(f"{folder} is not private")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
