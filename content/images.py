"""The size of a picture from the head of its file, so that pages do not jump while loading."""

from __future__ import annotations

import struct

_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def picture_size(head: bytes) -> tuple[int, int] | None:
    """Width and height of the PNG, JPEG, GIF or WebP that begins with ``head``, or None."""
    try:
        if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
            size = struct.unpack(">II", head[16:24])
        elif head.startswith((b"GIF87a", b"GIF89a")):
            size = struct.unpack("<HH", head[6:10])
        elif head.startswith(b"\xff\xd8"):
            size = _jpeg(head)
        elif head[:4] == b"RIFF" and head[8:12] == b"WEBP":
            size = _webp(head)
        else:
            return None
    except (struct.error, IndexError):
        return None
    return (size[0], size[1]) if size[0] and size[1] else None


def _jpeg(head: bytes) -> tuple[int, ...]:
    place = 2
    while True:
        if head[place] != 0xFF:
            raise IndexError
        kind = head[place + 1]
        if kind == 0xFF:
            place += 1
        elif kind in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", head[place + 5 : place + 9])
            return width, height
        else:
            (length,) = struct.unpack(">H", head[place + 2 : place + 4])
            place += 2 + max(length, 2)


def _webp(head: bytes) -> tuple[int, ...]:
    kind = head[12:16]
    if kind == b"VP8 ":
        return tuple(side & 0x3FFF for side in struct.unpack("<HH", head[26:30]))
    if kind == b"VP8L":
        (bits,) = struct.unpack("<I", head[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        width = int.from_bytes(head[24:27], "little")
        height = int.from_bytes(head[27:30], "little")
        return width + 1, height + 1
    raise IndexError
