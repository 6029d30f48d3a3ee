"""A plan → its bytes: a zip, a folder, or a single file, always the same for the same plan.

Texts are deflated by one pinned compressor. Media are stored, and copied by the kernel where the
system can: they pass through memory once, for their checksums, or not at all where these are known.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from scorm_builder.copying import ChangedError, copy_bytes, write_bytes
from scorm_builder.entries import Entry
from scorm_builder.errors import BuildError, unreadable
from scorm_builder.identity import Identity
from scorm_builder.in_place import Edited
from scorm_builder.ledger import Fact, Ledger
from scorm_builder.minisign import SecretKey
from scorm_builder.plan import PackagePlan
from scorm_builder.signing import SIGNATURE, SUMS, write_sums
from scorm_builder.zip_records import DEFLATED, STORED
from scorm_builder.zip_writing import Block, Stored, Text, ZipWriter

#: A text beyond this (a data set to download) is stored: deflating takes it into memory.
_DEFLATE_AT_MOST = 16 << 20
#: What systems say of the file that is written, never of the one that is read.
_NO_ROOM = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS}


@dataclass(frozen=True, slots=True)
class Part:
    """An entry looked into. ``data`` are its bytes, where they are in memory."""

    entry: Entry
    fact: Fact
    data: bytes | None

    @property
    def stored(self) -> Stored:
        return (self.entry.name, *self.fact[:3])

    @property
    def source(self) -> Path:
        """Of one whose bytes are not in memory."""
        assert self.entry.source is not None
        return self.entry.source


class WrittenArchive(NamedTuple):
    """``contents`` is the SHA-256 of what an archive holds (of its list of checksums)."""

    contents: str
    media: Block
    texts: tuple[Text, ...]


def write_archive(parts: Parts, target: Path) -> WrittenArchive:
    """Write the zip of ``parts`` to ``target``, a new file or an empty one.

    Media stand first in it, so that a later version can take them over in one piece; the directory
    lists everything in the plan's order. They are copied while large ones are still being read for
    their checksums, which stand in headers before them.
    """
    # Not truncated: ext4 writes what was to the disk when it is closed.
    handle = os.open(target, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    with os.fdopen(handle, "r+b", buffering=0) as file:
        zipped = ZipWriter(file.fileno())
        copied = []
        for source, name in parts.sources():
            identity = _identity(source)
            zipped.begin_file(name, identity.size)
            _copy(source, identity, file.fileno())
            copied.append(identity)
        for part, identity in zip(parts.media, copied, strict=True):
            if part.fact.identity != identity:
                raise unreadable(part.source, ChangedError())
            zipped.settle(part.stored)
        return _finish(parts, zipped)


def write_behind(parts: Parts, last: Edited) -> WrittenArchive:
    """As ``write_archive``, into the last version, which has the same media."""
    zipped = ZipWriter(last.handle)
    zipped.pass_over(Block(last.length, parts.stored_media()))
    written = _finish(parts, zipped)
    last.written()
    return written


def _finish(parts: Parts, zipped: ZipWriter) -> WrittenArchive:
    block = Block(zipped.offset, parts.stored_media())
    for part in parts.texts():
        zipped.add(part.stored, *_packed(part, parts.ledger))
    zipped.finish([entry.name for entry in parts.plan.entries])
    return WrittenArchive(parts.digest(), block, tuple(zipped.texts))


def write_folder(parts: Parts, target: Path) -> str:
    """Write the files of ``parts`` below ``target``, an empty one; returns the SHA-256 of
    what is there (of its list of checksums)."""
    for part in (*parts.media, *parts.texts()):
        path = target / part.entry.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb", buffering=0) as file:
            if part.data is not None:
                write_bytes(file.fileno(), part.data)
            else:
                assert part.fact.identity is not None
                _copy(part.source, part.fact.identity, file.fileno())
        path.chmod(0o644)
    return parts.digest()


def write_single(plan: PackagePlan, target: Path) -> str:
    """Write the one file of ``plan``; returns its SHA-256."""
    (entry,) = plan.entries
    if entry.data is None:
        raise BuildError(f"nothing to write for {entry.name}")
    target.write_bytes(entry.data)
    return hashlib.sha256(entry.data).hexdigest()


class Parts:
    """The entries of a plan, looked into; those that list the others come last. ``key`` signs."""

    def __init__(
        self, plan: PackagePlan, ledger: Ledger | None = None, key: SecretKey | None = None
    ) -> None:
        self.plan = plan
        self.ledger = ledger or Ledger()
        self._key = key
        self._sums: dict[str, bytes] = {}
        self._made_here = {SUMS, SIGNATURE} & {entry.name for entry in plan.entries}

    @cached_property
    def media(self) -> list[Part]:
        """Files that are not taken into memory: media, and texts too large for it."""
        return list(self._copied())

    def sources(self) -> Iterator[tuple[Path, str]]:
        """Of the same, where they lie and their names, before they have been looked into."""
        for entry in self._entries(copied=True):
            assert entry.source is not None
            yield entry.source, entry.name

    def stored_media(self) -> tuple[Stored, ...]:
        return tuple(part.stored for part in self.media)

    def _copied(self) -> Iterator[Part]:
        for entry in self._entries(copied=True):
            assert entry.source is not None
            with _readable(entry.source):
                fact = self.ledger.fact(entry.source)
            self._sums[entry.name] = fact.sha256
            yield Part(entry, fact, None)

    def texts(self) -> Iterator[Part]:
        """Everything else; to be asked for after ``media``."""
        for entry in self._entries(copied=False):
            data = _bytes_of(entry)
            fact = self.ledger.of_bytes(data)
            self._sums[entry.name] = fact.sha256
            yield Part(entry, fact, data)
        listed = self._list()
        if SUMS in self._made_here:
            yield self._made(SUMS, listed)
        if SIGNATURE in self._made_here:
            if self._key is None:
                raise BuildError("no key was given to sign with")
            comment = f"file:{SUMS} package:{self.plan.file_name}"
            signature = self._key.sign(listed, comment).encode("utf-8")
            yield self._made(SIGNATURE, signature)

    def _entries(self, *, copied: bool) -> Iterator[Entry]:
        for entry in self.plan.entries:
            if entry.name not in self._made_here and _is_copied(entry) is copied:
                yield entry

    def _made(self, name: str, data: bytes) -> Part:
        return Part(Entry(name), self.ledger.of_bytes(data), data)

    def _list(self) -> bytes:
        return write_sums(self._sums)

    def digest(self) -> str:
        return hashlib.sha256(self._list()).hexdigest()


def _is_copied(entry: Entry) -> bool:
    if entry.source is None:
        return False
    with _readable(entry.source):
        return not entry.deflated or entry.source.stat().st_size > _DEFLATE_AT_MOST


def _bytes_of(entry: Entry) -> bytes:
    if entry.data is not None:
        return entry.data
    if entry.source is None:
        raise BuildError(f"nothing to write for {entry.name}")
    with _readable(entry.source):
        return entry.source.read_bytes()


def _packed(part: Part, ledger: Ledger) -> tuple[bytes, int]:
    """What stands in the archive, and how it is packed."""
    assert part.data is not None
    if not part.entry.deflated:
        return part.data, STORED
    packed = ledger.deflate(part.data, part.fact.sha256)
    return (packed, DEFLATED) if len(packed) < len(part.data) else (part.data, STORED)


def _identity(source: Path) -> Identity:
    with _readable(source):
        return Identity.of(source.stat())


def _copy(source: Path, identity: Identity, out: int) -> None:
    """Append a file to ``out``, where it is the one that is known by ``identity``."""
    with _readable(source), source.open("rb", buffering=0) as file:
        handle = file.fileno()
        if Identity.of(os.fstat(handle)) != identity:
            raise ChangedError
        copy_bytes(handle, out, identity.size)
        if Identity.of(os.fstat(handle)) != identity:
            raise ChangedError


@contextmanager
def _readable(source: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise  # Of the output that it is copied to.
        raise unreadable(source, error) from error
