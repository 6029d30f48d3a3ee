"""What is known already: results of functions of text alone, kept by a digest of their arguments.

A page is parsed by the checks and rendered in several media; a preview and a builder do it again
after each edit. Values are plain (texts, numbers, tuples), so that a builder can keep them on disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any

#: Room for the texts of a program that runs for long, in characters.
_ROOM = 4 << 20


class Memo:
    """Holds what was asked for last, up to ``room`` characters. Threads may share it."""

    def __init__(self, room: int = _ROOM) -> None:
        self.room = room
        self._known: dict[bytes, tuple[int, Any]] = {}
        self._size = 0
        self._lock = Lock()
        self._gathering = Lock()
        #: What was asked for or learned since the start, in the order of first asking.
        self.used: dict[bytes, None] = {}
        self.learned = False
        self._expected: frozenset[bytes] = frozenset()
        self._fetch: Callable[[], None] | None = None

    def get(self, key: bytes) -> Any | None:
        """The value of ``key``; None where it is not known."""
        found = self._known.get(key)
        if found is None and key in self._expected:
            self.gather()
            found = self._known.get(key)
        if found is None:
            return None
        self.used[key] = None
        return found[1]

    def put(self, key: bytes, value: Any, size: int) -> None:
        """Keep ``value``, which is about ``size`` characters long."""
        with self._lock:
            before = self._known.pop(key, None)
            self._known[key] = (size, value)
            self._size += size - (before[0] if before else 0)
            self.used[key] = None
            self.learned = True
            while self._size > self.room and len(self._known) > 1:
                oldest = next(iter(self._known))
                self._size -= self._known.pop(oldest)[0]
                self.used.pop(oldest, None)

    def fill(self, known: Mapping[bytes, tuple[int, Any]]) -> None:
        """Take in what another run has learned."""
        with self._lock:
            self._known.update(known)
            self._size = sum(size for size, _ in self._known.values())

    def forget(self) -> None:
        """Everything, as at the start."""
        with self._lock:
            self._known.clear()
            self._expected, self._fetch = frozenset(), None
            self.used.clear()
            self._size, self.learned = 0, False

    def keys(self) -> list[bytes]:
        return list(self._known)

    def expect(self, keys: Iterable[bytes], fetch: Callable[[], None]) -> None:
        """Somebody else finds out about ``keys``: ``fetch`` waits for them, and fills them in."""
        self._expected, self._fetch = frozenset(keys), fetch

    def gather(self) -> None:
        """Wait for what is expected."""
        with self._gathering:
            fetch, self._fetch, self._expected = self._fetch, None, frozenset()
            if fetch is not None:
                fetch()
                self.learned = True

    def items(self, keys: Iterable[bytes]) -> dict[bytes, tuple[int, Any]]:
        """What is known of ``keys``, sizes and values."""
        return {key: self._known[key] for key in keys if key in self._known}


#: One for the whole program: the functions are pure, so that nobody can tell who asked first.
KNOWN = Memo()


def key_of(kind: str, *parts: str | int) -> bytes:
    """A digest of what function was called and with what. ``parts`` cannot run into each other."""
    whole = "".join(f"{len(str(part))}:{part}" for part in (kind, *parts))
    return hashlib.blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=16).digest()
