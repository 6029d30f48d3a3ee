"""A zip says everything twice, in its directory and before each entry: both must agree.

Readers differ in which they believe, so that an archive in which they differ shows one course to
whoever checks it and another to whoever plays it (ZIP application note 4.3.7 and 4.3.12).
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from scorm_builder.verify.findings import Findings

_LOCAL = struct.Struct("<4s5H3I2H")
_SIGNATURE = b"PK\x03\x04"
#: Sizes and checksum follow after the data, not before it.
_STREAMED = 0x8
#: Where a size is to be looked up in the ZIP64 field.
_FAR = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    name: str


def compare_headers(
    file: BinaryIO, infos: Sequence[zipfile.ZipInfo], directory: int, findings: Findings
) -> None:
    """Look at the header before each entry, and at how the entries lie. ``directory`` is where
    the archive's directory begins."""
    spans: list[_Span] = []
    for info in infos:
        span = _entry(file, info, findings)
        if span is None:
            continue
        if span.end > directory:
            findings.report(
                "archive.headers",
                info.orig_filename,
                f"the entry would end at byte {span.end:,}, within the directory",
            )
        spans.append(span)
    spans.sort(key=lambda span: (span.start, span.end))
    _gaps(file, spans, directory, findings)


def _entry(file: BinaryIO, info: zipfile.ZipInfo, findings: Findings) -> _Span | None:
    name = info.orig_filename
    file.seek(max(0, info.header_offset))
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size or head[:4] != _SIGNATURE:
        findings.report(
            "archive.headers", name, "there is no entry at the place that the directory names"
        )
        return None
    _, _, flags, method, _, _, crc, packed, size, name_length, extra = _LOCAL.unpack(head)
    raw = file.read(name_length)
    differing = []
    if raw != _as_written(info):
        differing.append(f"name «{raw.decode('utf-8', 'replace')}»")
    if method != info.compress_type:
        differing.append(f"method {method}")
    if (flags ^ info.flag_bits) & 0x1:
        differing.append("encryption")
    if not flags & _STREAMED:
        if crc != info.CRC:
            differing.append("checksum")
        if packed not in (info.compress_size, _FAR) or size not in (info.file_size, _FAR):
            differing.append(f"size {size:,}")
    if differing:
        findings.report(
            "archive.headers",
            name,
            "the entry says otherwise than the directory: " + ", ".join(differing),
        )
    start = info.header_offset + _LOCAL.size + name_length + extra
    return _Span(info.header_offset, start + info.compress_size, name)


def _as_written(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "replace")


def _gaps(file: BinaryIO, spans: Sequence[_Span], directory: int, findings: Findings) -> None:
    """Entries that lie in each other, and bytes between them that are an entry nobody lists."""
    at = 0
    for number, span in enumerate(spans):
        if span.start < at:
            findings.report(
                "archive.overlap", span.name, "the entry shares its bytes with another one"
            )
        elif span.start > at:
            _unlisted(file, at, span.start, first=number == 0, findings=findings)
        at = max(at, span.end)
    if at < directory:
        _unlisted(file, at, directory, first=not spans, findings=findings)


def _unlisted(file: BinaryIO, start: int, end: int, *, first: bool, findings: Findings) -> None:
    file.seek(start)
    # What follows an entry's data may be its descriptor: up to 24 bytes.
    head = file.read(min(end - start, 32))
    if _SIGNATURE in head:
        findings.report("archive.hidden", "", f"an entry at byte {start:,} is not in the directory")
    elif first:
        findings.report("archive.surrounded", "", f"{end - start:,} bytes before the first entry")
