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
from pathlib import Path

from scorm_builder.entries import Entry
from scorm_builder.errors import BuildError, unreadable
from scorm_builder.identity import Identity
from scorm_builder.ledger import ChangedError, Fact, Ledger
from scorm_builder.minisign import SecretKey
from scorm_builder.plan import PackagePlan
from scorm_builder.signing import SIGNATURE, SUMS, write_sums
from scorm_builder.zip_records import DEFLATED, STORED, Record, directory

#: Smaller files are not worth the room that alignment takes.
_ALIGNED_FROM = 1 << 16
#: A text beyond this (a data set to download) is stored: deflating takes it into memory.
_DEFLATE_AT_MOST = 16 << 20
_CHUNK = 1 << 18
#: What systems say that cannot copy between these two files by themselves.
_CANNOT = {errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EBADF, errno.EPERM}


@dataclass(frozen=True, slots=True)
class _Part:
    """An entry looked into. ``data`` are its bytes, where they are in memory."""

    entry: Entry
    fact: Fact
    data: bytes | None


def write_archive(
    plan: PackagePlan, target: Path, *, ledger: Ledger | None = None, key: SecretKey | None = None
) -> str:
    """Write the zip of ``plan`` to ``target``, an existing file or a new one.

    Returns the SHA-256 of what it holds: of its list of checksums.
    """
    ledger = ledger or Ledger()
    records: list[Record] = []
    offset = 0
    with target.open("wb", buffering=0) as file:
        out = file.fileno()
        waiting: list[bytes] = []
        parts = _Parts(plan, ledger, key)
        for part in parts:
            packed, method = _packed(part, ledger)
            size = part.fact.size if packed is None else len(packed)
            record = Record(
                name=part.entry.name,
                method=method,
                crc=part.fact.crc,
                packed=size,
                size=part.fact.size,
                offset=offset,
                aligned=packed is None and size >= _ALIGNED_FROM,
            )
            header = record.local()
            waiting.append(header)
            offset += len(header) + size
            records.append(record)
            if packed is not None:
                waiting.append(packed)
            if packed is None or sum(map(len, waiting)) > _CHUNK:
                _write(out, waiting)
            if packed is None:
                _copy(part, out)
        waiting.append(directory(records, offset))
        _write(out, waiting)
    return parts.digest()


def write_folder(
    plan: PackagePlan, target: Path, *, ledger: Ledger | None = None, key: SecretKey | None = None
) -> str:
    """Write the files of ``plan`` below ``target``, an empty one; returns as ``write_archive``."""
    ledger = ledger or Ledger()
    parts = _Parts(plan, ledger, key)
    for part in parts:
        path = target / part.entry.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb", buffering=0) as file:
            if part.data is not None:
                _write(file.fileno(), [part.data])
            else:
                _copy(part, file.fileno())
        path.chmod(0o644)
    return parts.digest()


def write_single(plan: PackagePlan, target: Path) -> str:
    """Write the one file of ``plan``; returns its SHA-256."""
    (entry,) = plan.entries
    if entry.data is None:
        raise BuildError(f"nothing to write for {entry.name}")
    target.write_bytes(entry.data)
    return hashlib.sha256(entry.data).hexdigest()


class _Parts:
    """The entries of a plan, looked into one by one; those that list the others come last."""

    def __init__(self, plan: PackagePlan, ledger: Ledger, key: SecretKey | None) -> None:
        self._plan = plan
        self._ledger = ledger
        self._key = key
        self._sums: dict[str, bytes] = {}

    def __iter__(self) -> Iterator[_Part]:
        made = {SUMS, SIGNATURE} & {entry.name for entry in self._plan.entries}
        for entry in self._plan.entries:
            if entry.name not in made:
                part = _look(entry, self._ledger)
                self._sums[entry.name] = part.fact.sha256
                yield part
        listed = self._list()
        if SUMS in made:
            yield self._made(SUMS, listed)
        if SIGNATURE in made:
            if self._key is None:
                raise BuildError("no key was given to sign with")
            comment = f"file:{SUMS} package:{self._plan.file_name}"
            signature = self._key.sign(listed, comment).encode("utf-8")
            yield self._made(SIGNATURE, signature)

    def _made(self, name: str, data: bytes) -> _Part:
        return _Part(Entry(name), self._ledger.of_bytes(data), data)

    def _list(self) -> bytes:
        return write_sums(self._sums)

    def digest(self) -> str:
        return hashlib.sha256(self._list()).hexdigest()


def _look(entry: Entry, ledger: Ledger) -> _Part:
    if entry.data is not None:
        return _Part(entry, ledger.of_bytes(entry.data), entry.data)
    if entry.source is None:
        raise BuildError(f"nothing to write for {entry.name}")
    with _readable(entry.source):
        if entry.deflated and entry.source.stat().st_size <= _DEFLATE_AT_MOST:
            data = entry.source.read_bytes()
            return _Part(entry, ledger.of_bytes(data), data)
        return _Part(entry, ledger.fact(entry.source), None)


def _packed(part: _Part, ledger: Ledger) -> tuple[bytes | None, int]:
    """What stands in the archive, and how it is packed; None where it is copied from a file."""
    if part.data is None or not part.entry.deflated:
        return part.data, STORED
    packed = ledger.deflate(part.data, part.fact.sha256)
    return (packed, DEFLATED) if len(packed) < len(part.data) else (part.data, STORED)


def _write(out: int, waiting: list[bytes]) -> None:
    rest = memoryview(b"".join(waiting))
    waiting.clear()
    while rest:
        rest = rest[os.write(out, rest) :]


def _copy(part: _Part, out: int) -> None:
    """Append the part's file to ``out``, where it is still the file that was looked into."""
    source = part.entry.source
    assert source is not None
    with _readable(source), source.open("rb", buffering=0) as file:
        handle = file.fileno()
        if Identity.of(os.fstat(handle)) != part.fact.identity:
            raise ChangedError
        _copy_bytes(handle, out, part.fact.size)
        if Identity.of(os.fstat(handle)) != part.fact.identity:
            raise ChangedError


def _copy_bytes(source: int, out: int, left: int) -> None:
    """``left`` bytes; whole blocks are shared where the file system can do that."""
    by_kernel = hasattr(os, "copy_file_range")
    while left:
        if by_kernel:
            try:
                copied = os.copy_file_range(source, out, left)
            except OSError as error:
                if error.errno not in _CANNOT:
                    raise
                copied = 0
            if not copied:
                by_kernel = False
                continue
        else:
            piece = os.read(source, min(left, _CHUNK))
            if not piece:
                raise ChangedError
            _write(out, [piece])
            copied = len(piece)
        left -= copied


@contextmanager
def _readable(source: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unreadable(source, error) from error
