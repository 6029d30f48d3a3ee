"""What the head of a file tells, without decoding it: most media need no more than this look."""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from content.memo import KNOWN, key_of
from scorm_builder.identity import Identity

Container = Literal["mp4", "webm", "ogg", "mp3"]
_MOST_PARTS = 10_000
_LARGEST = 1 << 50


@dataclass(frozen=True, slots=True)
class PictureHead:
    """``kind`` is what the file is, whatever it is called. ``private`` is what could tell where,
    when and with what a picture was taken; ``unusual`` what some browsers do not show: CMYK,
    16 bits. Moving pictures are kept as they are."""

    kind: Literal["jpeg", "png", "gif", "webp", ""] = ""
    private: bool = False
    unusual: bool = False
    moving: bool = False


def look_at_picture(path: Path) -> PictureHead:
    """Look at a JPEG, PNG, GIF or WebP; anything else is ordinary. Raises ``OSError``."""
    now, identity = time.time(), Identity.of(path.stat())
    key = key_of("head", *identity)
    known = KNOWN.get(key)
    if known is None:
        head = _look(path)
        if identity.settled(now):
            KNOWN.put(key, (head.kind, head.private, head.unusual, head.moving), 50)
        return head
    return PictureHead(*known)


def _look(path: Path) -> PictureHead:
    with path.open("rb") as file:
        head = file.read(12)
        if head.startswith(b"\xff\xd8"):
            return _jpeg(file)
        if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return _png(file)
        if head.startswith(b"RIFF") and head[8:] == b"WEBP":
            return _webp(file)
        gif = head.startswith(b"GIF8")
        return PictureHead("gif" if gif else "", moving=gif)


def _jpeg(file: BinaryIO) -> PictureHead:
    private = unusual = False
    file.seek(2)
    for _ in range(_MOST_PARTS):
        marker = file.read(2)
        if len(marker) < 2 or marker[0] != 0xFF or marker[1] in (0xD9, 0xDA):
            break
        if marker[1] == 0xFF:
            file.seek(-1, 1)
            continue
        (length,) = struct.unpack(">H", file.read(2).rjust(2, b"\0"))
        start = file.read(min(max(length - 2, 0), 6))
        if marker[1] in (0xE1, 0xED):  # Exif and XMP; IPTC
            private = True
        elif 0xC0 <= marker[1] <= 0xCF and marker[1] not in (0xC4, 0xC8, 0xCC) and len(start) == 6:
            unusual = start[0] != 8 or start[5] not in (1, 3)
        file.seek(max(length - 2, 0) - len(start), 1)
    return PictureHead("jpeg", private, unusual)


def _png(file: BinaryIO) -> PictureHead:
    private = unusual = moving = False
    file.seek(8)
    for _ in range(_MOST_PARTS):
        part = file.read(8)
        if len(part) < 8:
            break
        (length,) = struct.unpack(">I", part[:4])
        kind, skip = part[4:], length + 4
        if kind == b"IHDR":
            unusual = file.read(9)[8:9] == b"\x10"
            skip -= 9
        private |= kind in (b"eXIf", b"iTXt")
        moving |= kind == b"acTL"
        file.seek(skip, 1)
    return PictureHead("png", private, unusual, moving)


def _webp(file: BinaryIO) -> PictureHead:
    head = file.read(9)
    flags = head[8] if head.startswith(b"VP8X") and len(head) == 9 else 0
    return PictureHead("webp", private=bool(flags & 0x0C), moving=bool(flags & 0x02))


def container(path: Path) -> Container | None:
    """What kind of recording a file is by its head; None for one that no browser plays."""
    with path.open("rb") as file:
        head = file.read(12)
    if head[4:8] == b"ftyp":
        return "mp4"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "webm"
    if head.startswith(b"OggS"):
        return "ogg"
    if head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return "mp3"
    return None


def starts_late(path: Path) -> bool:
    """Whether an MP4 has its index at the end: a browser must then fetch the end before it can
    begin, and where the server cannot give parts of a file, everything."""
    with path.open("rb") as file:
        for kind in _boxes(file):
            if kind in (b"moov", b"mdat"):
                return kind == b"mdat"
    return False


def _boxes(file: BinaryIO) -> Iterator[bytes]:
    """The kinds of an MP4's outermost boxes (ISO/IEC 14496-12 §4.2)."""
    for _ in range(_MOST_PARTS):
        head = file.read(8)
        if len(head) < 8:
            return
        yield head[4:]
        (size,) = struct.unpack(">I", head[:4])
        skip = size - 8
        if size == 1:
            skip = int.from_bytes(file.read(8), "big") - 16
        if size == 0 or not 0 <= skip < _LARGEST:
            return
        file.seek(skip, 1)
