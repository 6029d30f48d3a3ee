"""The records of a zip archive (PKWARE's APPNOTE 6.3.10), for entries whose sizes are known.

Times, permissions and flags are fixed: the same entries, the same bytes. 64-bit fields stand only
where they are needed. Where a stored file begins is moved to a multiple of 4,096 bytes, so that
file systems can share its blocks with the source; the space before it is an extra field that
readers pass over (0xD935, as Android's packages have it).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

STORED, DEFLATED = 0, 8
ALIGNMENT = 4096

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END_64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR_64 = struct.Struct("<4sIQI")
_PADDING = 0xD935
_ZIP64 = 0x0001
_LIMIT_16, _LIMIT_32 = 0xFFFF, 0xFFFFFFFF
_UTF8 = 1 << 11
#: 1980-01-01, the first day that the format knows.
_DATE = 1 << 5 | 1
_UNIX = 3 << 8
_REGULAR_0644 = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Record:
    """One entry: ``packed`` bytes of it stand in the archive, ``size`` come out of them."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    aligned: bool = False

    @property
    def _flags(self) -> int:
        return 0 if self.name.isascii() else _UTF8

    def local(self) -> bytes:
        """The header before the data (APPNOTE 4.3.7)."""
        name = self.name.encode("utf-8")
        large = max(self.packed, self.size) >= _LIMIT_32
        extra = struct.pack("<2H2Q", _ZIP64, 16, self.size, self.packed) if large else b""
        if self.aligned:
            extra += self._padding(_LOCAL.size + len(name) + len(extra))
        sizes = (_LIMIT_32, _LIMIT_32) if large else (self.packed, self.size)
        version = 45 if large else 20
        fixed = (version, self._flags, self.method, 0, _DATE, self.crc, *sizes)
        return _LOCAL.pack(b"PK\x03\x04", *fixed, len(name), len(extra)) + name + extra

    def _padding(self, before: int) -> bytes:
        """An extra field that moves the data to the next multiple of ``ALIGNMENT``."""
        room = -(self.offset + before + 6) % ALIGNMENT
        return struct.pack("<3H", _PADDING, room + 2, ALIGNMENT) + bytes(room)

    def central(self) -> bytes:
        """The entry in the directory (APPNOTE 4.3.12)."""
        name = self.name.encode("utf-8")
        wide = [value for value in (self.size, self.packed, self.offset) if value >= _LIMIT_32]
        extra = struct.pack(f"<2H{len(wide)}Q", _ZIP64, 8 * len(wide), *wide) if wide else b""
        version = 45 if wide else 20
        fixed = (_UNIX | version, version, self._flags, self.method, 0, _DATE, self.crc)
        sizes = (min(self.packed, _LIMIT_32), min(self.size, _LIMIT_32))
        rest = (len(name), len(extra), 0, 0, 0, _REGULAR_0644, min(self.offset, _LIMIT_32))
        return _CENTRAL.pack(b"PK\x01\x02", *fixed, *sizes, *rest) + name + extra


def directory(records: list[Record], offset: int) -> bytes:
    """Everything after the data, which ends at ``offset`` (APPNOTE 4.3.12 to 4.3.16)."""
    central = b"".join(record.central() for record in records)
    count, size, end = len(records), len(central), offset + len(central)
    far = b""
    if count >= _LIMIT_16 or max(size, offset) >= _LIMIT_32:
        counts = (0, 0, count, count, size, offset)
        far = _END_64.pack(b"PK\x06\x06", _END_64.size - 12, _UNIX | 45, 45, *counts)
        far += _LOCATOR_64.pack(b"PK\x06\x07", 0, end, 1)
    few = min(count, _LIMIT_16)
    places = (min(size, _LIMIT_32), min(offset, _LIMIT_32), 0)
    return central + far + _END.pack(b"PK\x05\x06", 0, 0, few, few, *places)
