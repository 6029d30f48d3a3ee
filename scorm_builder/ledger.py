"""What files hold, looked into once: CRC-32, SHA-256 and, of texts, the deflated bytes."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import deflate

from content.memo import Memo, key_of
from scorm_builder.copying import ChangedError
from scorm_builder.identity import Identity

if TYPE_CHECKING:
    from scorm_builder.revisable import Revisable
    from scorm_builder.standing import Standing

#: Below this a file is read when it is asked for, not beforehand.
_LARGE = 4 << 20
_CHUNK = 1 << 20
#: libdeflate's level: as small as zlib's highest, in less time. Part of every package's bytes.
LEVEL = 9


class Fact(NamedTuple):
    """``identity`` is of the file that was looked into; None for what is in memory alone."""

    size: int
    crc: int
    sha256: bytes
    identity: Identity | None = None


class Ledger:
    """Shared by the outputs of one build. ``hands`` is how many files are read at once."""

    def __init__(self, hands: int = 2) -> None:
        self.hands = max(1, hands)
        #: CRC-32 and SHA-256 of settled files.
        self.known: dict[Identity, tuple[int, bytes]] = {}
        #: What was looked up, to be kept for the next build.
        self.used: set[Identity] = set()
        #: Deflated texts, by what they are.
        self.deflated = Memo(room=64 << 20)
        #: What the last builds have left, where that is known.
        self.standing: Standing | None = None
        #: Notes what is built, where that is to be revised later.
        self.revisable: Revisable | None = None
        self._large: dict[Identity, _Job] = {}
        self._waiting: deque[_Job] = deque()
        self._free: set[threading.Thread] = set()
        self._lock = threading.Lock()

    def begin(self, opened: Callable[[], int]) -> Callable[[], bytes]:
        """As ``content.files.Hashing``: large files are read beside what else is done."""
        handle = opened()
        try:
            identity = Identity.of(os.fstat(handle))
        finally:
            os.close(handle)
        if identity in self.known:
            return lambda: self._recall(identity).sha256
        job = _Job(opened, identity)
        if identity.size >= _LARGE:
            self._large[identity] = job
            self._waiting.append(job)
            self._employ()
        return lambda: self._finish(job).sha256

    def of_bytes(self, data: bytes) -> Fact:
        return Fact(len(data), deflate.crc32(data), hashlib.sha256(data).digest())

    def fact(self, path: Path) -> Fact:
        """What the file holds now. Raises ``OSError``."""
        identity = Identity.of(path.stat())
        if identity in self.known:
            return self._recall(identity)
        if identity in self._large:
            found = self._finish(self._large[identity])
            if identity in self.known:
                return found
        return self._finish(_Job(lambda: os.open(path, os.O_RDONLY | os.O_CLOEXEC), identity))

    def deflate(self, data: bytes, sha256: bytes) -> bytes:
        """Raw deflate (RFC 1951) of ``data``."""
        key = key_of("deflate", LEVEL, sha256.hex())
        known: bytes | None = self.deflated.get(key)
        if known is None:
            known = bytes(deflate.deflate_compress(data, LEVEL))
            self.deflated.put(key, known, len(known))
        return known

    def _recall(self, identity: Identity) -> Fact:
        self.used.add(identity)
        return Fact(identity.size, *self.known[identity], identity)

    def _employ(self) -> None:
        with self._lock:
            if len(self._free) < self.hands:
                thread = threading.Thread(target=self._work, daemon=True)
                self._free.add(thread)
                thread.start()

    def _work(self) -> None:
        while True:
            try:
                job = self._waiting.popleft()
            except IndexError:
                with self._lock:
                    self._free.discard(threading.current_thread())
                return
            job.run()

    def _finish(self, job: _Job) -> Fact:
        job.run()
        if job.error is not None:
            raise job.error
        assert job.found is not None
        if job.settled:
            self.known[job.identity] = (job.found.crc, job.found.sha256)
            self.used.add(job.identity)
        return job.found


class _Job:
    """One file to be read, by whoever comes first."""

    def __init__(self, opened: Callable[[], int], identity: Identity) -> None:
        self.opened = opened
        self.identity = identity
        self.found: Fact | None = None
        self.settled = False
        self.error: OSError | None = None
        self._lock = threading.Lock()

    def run(self) -> None:
        with self._lock:
            if self.found is None and self.error is None:
                try:
                    self._read()
                except OSError as error:
                    self.error = error

    def _read(self) -> None:
        begun = time.time()
        total, crc, size = hashlib.sha256(), 0, 0
        buffer = memoryview(bytearray(min(_CHUNK, self.identity.size + 1)))
        with os.fdopen(self.opened(), "rb", buffering=0) as file:
            if Identity.of(os.fstat(file.fileno())) != self.identity:
                raise ChangedError
            while length := file.readinto(buffer):
                part = buffer[:length]
                crc = deflate.crc32(part, crc)
                total.update(part)
                size += length
            if size != self.identity.size or Identity.of(os.fstat(file.fileno())) != self.identity:
                raise ChangedError
        self.found = Fact(size, crc, total.digest(), self.identity)
        self.settled = self.identity.settled(begun)
