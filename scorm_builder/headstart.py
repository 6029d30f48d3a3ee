"""An output's media, copied from its last version while the new one is still being planned.

Media stand at the head of an archive, one after the other, so that they are one piece: where the
file system can share blocks, that costs nothing, and elsewhere it is done by the time it is needed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import threading
from pathlib import Path

from scorm_builder.cache import Cache
from scorm_builder.code_version import code_version
from scorm_builder.copying import copy_bytes
from scorm_builder.identity import Identity
from scorm_builder.zip_writing import Block

#: Copied in one go: between two of them it can be given up.
_PIECE = 64 << 20
#: Less than this is not worth a thread.
_LEAST = 4 << 20


class Headstart:
    """For the first output of a build."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._thread: threading.Thread | None = None
        self._target: Path | None = None
        self._draft: Path | None = None
        self._block: Block | None = None
        self._given_up = False
        self._done = False

    def begin(self, target: Path) -> None:
        """Begin with the media of ``target``, where it is just as a build has left it."""
        kept = self._cache.read("media", _name(target))
        try:
            if kept is None or kept["code"] != code_version() or kept["length"] < _LEAST:
                return
            if tuple(Identity.of(target.stat())) != kept["identity"]:
                return
            handle, name = tempfile.mkstemp(".part", f".{target.name}-", target.parent)
        except OSError:
            return
        os.close(handle)
        self._target, self._draft = target, Path(name)
        self._block = Block(kept["length"], kept["parts"])
        self._thread = threading.Thread(target=self._copy, args=(kept["identity"],), daemon=True)
        self._thread.start()

    def take(self, target: Path) -> tuple[Path, Block] | None:
        """The draft that begins with these media, to be finished; None where there is none."""
        if target != self._target or self._thread is None or self._draft is None:
            return None
        self._thread.join()
        draft, block = self._draft, self._block
        if not self._done or block is None:
            return None
        self._draft = None
        return draft, block

    def note(self, target: Path, block: Block) -> None:
        """Remember where the media of ``target`` are, which has just been put in place."""
        with contextlib.suppress(OSError):
            identity = tuple(Identity.of(target.stat()))
            about = {"code": code_version(), "identity": identity}
            self._cache.write("media", _name(target), {**about, **block._asdict()})

    def close(self) -> None:
        """Leave nothing behind that nobody took."""
        self._given_up = True
        if self._thread is not None:
            self._thread.join()
        if self._draft is not None:
            self._draft.unlink(missing_ok=True)

    def _copy(self, identity: tuple[int, ...]) -> None:
        target, draft, block = self._target, self._draft, self._block
        if target is None or draft is None or block is None:
            return
        left = block.length
        with (
            contextlib.suppress(OSError),
            target.open("rb", buffering=0) as source,
            draft.open("r+b", buffering=0) as out,  # as in ``archive``: not truncated
        ):
            while left and not self._given_up:
                if tuple(Identity.of(os.fstat(source.fileno()))) != identity:
                    return
                piece = min(left, _PIECE)
                copy_bytes(source.fileno(), out.fileno(), piece)
                left -= piece
            self._done = not left and tuple(Identity.of(os.fstat(source.fileno()))) == identity


def _name(target: Path) -> str:
    return hashlib.sha256(str(target).encode("utf-8", "surrogateescape")).hexdigest()
