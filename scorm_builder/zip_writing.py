"""An archive, written from its beginning to its end: media first, in one piece, then texts."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from scorm_builder.copying import write_at, write_bytes
from scorm_builder.zip_records import STORED, Record, directory

#: Smaller files are not worth the room that alignment takes.
_ALIGNED_FROM = 1 << 16
_CHUNK = 1 << 18

#: Name, size, CRC-32 and SHA-256 of a file that stands in an archive as it is.
Stored = tuple[str, int, int, bytes]


class Block(NamedTuple):
    """The first ``length`` bytes of an archive: ``parts`` are its media, in their order."""

    length: int
    parts: tuple[Stored, ...]


class Text(NamedTuple):
    """A file in an archive, by ``method``: from ``at`` on, ``packed`` bytes of it stand there."""

    name: str
    size: int
    crc: int
    sha256: bytes
    method: int
    at: int
    packed: int


class ZipWriter:
    """Writes to ``out``, an open file."""

    def __init__(self, out: int) -> None:
        self.offset = 0
        self.texts: list[Text] = []
        self._out = out
        self._records: dict[str, Record] = {}
        self._waiting = bytearray()

    def pass_over(self, begun: Block) -> None:
        """Media that stand there already."""
        for part in begun.parts:
            self._record(*part[:3], part[1], STORED, copied=True)
        if self.offset != begun.length:
            raise ValueError("media do not lie where they were left")
        os.lseek(self._out, begun.length, os.SEEK_SET)

    def begin_file(self, name: str, size: int) -> None:
        """A file whose bytes the caller writes next; its checksum is told by ``settle``."""
        self._waiting += self._record(name, size, 0, size, STORED, copied=True)
        self._flush()

    def settle(self, part: Stored) -> None:
        """Write the header of a file anew, with its checksum."""
        record = replace(self._records[part[0]], crc=part[2])
        self._records[part[0]] = record
        write_at(self._out, record.local(), record.offset)

    def add(self, part: Stored, packed: bytes, method: int) -> None:
        name, size, crc, sha256 = part
        self._waiting += self._record(name, size, crc, len(packed), method, copied=False) + packed
        at = self.offset - len(packed)
        self.texts.append(Text(name, size, crc, sha256, method, at, len(packed)))
        if len(self._waiting) > _CHUNK:
            self._flush()

    def finish(self, names: Iterable[str]) -> None:
        """Write the directory, in the order of ``names``, and let nothing follow it."""
        self._waiting += directory([self._records[name] for name in names], self.offset)
        self._flush()
        end = os.lseek(self._out, 0, os.SEEK_CUR)
        if os.fstat(self._out).st_size > end:
            os.ftruncate(self._out, end)

    def _record(
        self, name: str, size: int, crc: int, packed: int, method: int, *, copied: bool
    ) -> bytes:
        aligned = copied and size >= _ALIGNED_FROM
        record = Record(name, method, crc, packed, size, self.offset, aligned)
        header = record.local()
        self._records[name] = record
        self.offset += len(header) + packed
        return header

    def _flush(self) -> None:
        write_bytes(self._out, bytes(self._waiting))
        self._waiting.clear()
