"""Faults of the archive itself: hostile ones, and those of bad tools."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterable

from scorm_builder.signing import SIGNATURE, SUMS, write_sums
from tests.scorm_packages.faults import fault
from tests.scorm_packages.making import MANIFESTS, files, zipped

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
#: A file that no resource names is told of as well; here that is beside the point.
_MORE = "file.undeclared"


def _with(name: str | zipfile.ZipInfo, data: bytes = b"x") -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # zipfile's, of doubles
        return zipped([*files().items(), (name, data)])


def at_each(data: bytes, signature: bytes, change: Callable[[bytearray, int], None]) -> bytes:
    """``data`` with ``change`` made at each record of this signature."""
    changed = bytearray(data)
    at = changed.find(signature)
    while at >= 0:
        change(changed, at)
        at = changed.find(signature, at + 4)
    return bytes(changed)


def unix(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info


@fault("archive.not-a-zip")
def text() -> bytes:
    return b"not a zip at all" * 100


@fault("archive.not-a-zip")
def nothing() -> bytes:
    return b""


@fault("archive.escapes", _MORE)
def traversal() -> bytes:
    return _with("a/../../evil.txt")


@fault("archive.escapes", _MORE)
def absolute() -> bytes:
    return _with("/etc/passwd")


@fault("archive.escapes", _MORE)
def drive() -> bytes:
    return _with("C:/windows/evil.txt")


@fault("archive.escapes", _MORE)
def server() -> bytes:
    return _with("\\\\server\\evil.txt")


@fault("archive.backslash", _MORE)
def backslash() -> bytes:
    return _with("a\\b.txt")


@fault("archive.name", _MORE)
def empty_part() -> bytes:
    return _with("a//b.txt")


@fault("archive.name", _MORE)
def newline() -> bytes:
    return _with("a\nb.txt")


@fault("archive.name", _MORE)
def turned_around() -> bytes:
    return _with("exe.\u202etxt.js")


@fault("archive.name", _MORE)
def zero_byte() -> bytes:
    return _with("safe.txtX.exe").replace(b"safe.txtX.exe", b"safe.txt\0.exe")


@fault("archive.long-name", _MORE)
def long_name() -> bytes:
    return _with("x" * 256)


@fault("archive.long-name", _MORE)
def long_path() -> bytes:
    return _with("a/" * 600 + "b.txt")


@fault("archive.windows-name", _MORE, severity="warning")
def device() -> bytes:
    return _with("media/aux.txt")


@fault("archive.windows-name", _MORE, severity="warning")
def question_mark() -> bytes:
    return _with("what?.txt")


@fault("archive.not-ascii", _MORE, severity="warning")
def accents() -> bytes:
    return _with("leçon.txt")


@fault("archive.encoding", "archive.not-ascii", _MORE, severity="warning")
def code_page() -> bytes:
    """As Windows' own tool writes them: bytes of a code page, and no flag."""
    data = _with("le\u00e7on.txt")
    unflag = {LOCAL: 6, CENTRAL: 8}
    for signature, place in unflag.items():

        def change(raw: bytearray, at: int, place: int = place) -> None:
            flags = struct.unpack_from("<H", raw, at + place)[0]
            struct.pack_into("<H", raw, at + place, flags & ~0x800)

        data = at_each(data, signature, change)
    return data


@fault("archive.encoding")
def no_utf_8() -> bytes:
    """A name that is marked as UTF-8 and is Latin-1."""
    return _with("leçon.txt").replace("leçon".encode(), b"le\xe7\xe7on")


@fault("archive.symlink", _MORE)
def link() -> bytes:
    return _with(unix("link", 0o120777), b"/etc/passwd")


@fault("archive.special", _MORE)
def pipe() -> bytes:
    return _with(unix("pipe", 0o010644))


@fault("archive.encrypted", "archive.damaged")
def encrypted() -> bytes:
    data = zipped(files().items())

    def local(raw: bytearray, at: int) -> None:
        raw[at + 6] |= 1

    def central(raw: bytearray, at: int) -> None:
        raw[at + 8] |= 1

    return at_each(at_each(data, LOCAL, local), CENTRAL, central)


@fault("archive.method")
def lzma() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        for name, content in files().items():
            archive.writestr(name, content)
    return buffer.getvalue()


@fault("archive.duplicate")
def twice() -> bytes:
    return _with("index.html", b"<p>Another</p>")


@fault("archive.case", _MORE)
def two_cases() -> bytes:
    return _with("INDEX.html", b"<p>")


@fault("archive.unicode", "archive.not-ascii", _MORE)
def twins() -> bytes:
    composed, decomposed = "le\u00e7on.txt", "lec\u0327on.txt"
    return zipped([*files().items(), (composed, b"x"), (decomposed, b"y")])


@fault("archive.conflict", _MORE)
def file_and_folder() -> bytes:
    return zipped([*files().items(), ("media", b"x"), ("media/a.txt", b"y")])


@fault("archive.bomb")
def bomb() -> bytes:
    return _with("zeros.txt", b"\0" * (40 << 20))


def overlapping(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """Many directory records over the last of ``entries``: few bytes, much to unpack."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
        last = archive.filelist[-1]
        for number in range(300):
            info = zipfile.ZipInfo(f"{number:03}{last.filename[3:]}")
            info.header_offset, info.CRC = last.header_offset, last.CRC
            info.file_size, info.compress_size = last.file_size, last.compress_size
            info.compress_type = last.compress_type
            archive.filelist.append(info)
            archive.NameToInfo[info.filename] = info
    return buffer.getvalue()


@fault("archive.overlap", "archive.headers", "findings.more")
def overlap() -> bytes:
    return overlapping([*files().items(), ("big.js", bytes(range(256)) * 400)])


@fault("archive.too-many-entries")
def a_hundred_thousand() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"f/{number}"), b"")
    return buffer.getvalue()


@fault("archive.too-many-entries")
def a_count_that_lies() -> bytes:
    data = bytearray(zipped((f"f/{n}", b"") for n in range(30_000)))
    struct.pack_into("<HH", data, data.rfind(END) + 8, 3, 3)
    return bytes(data)


@fault("archive.too-large")
def huge_manifest() -> bytes:
    noise = random.Random(1).randbytes(9 << 20).hex()[: 9 << 20]
    entries = files(imsmanifest__xml=f"<!--{noise}-->")
    return zipped(entries.items())


@fault("archive.damaged")
def flipped_bit() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files().items():
            archive.writestr(name, content)
    data = bytearray(buffer.getvalue())
    data[data.find(b"color: black")] ^= 0x20
    return bytes(data)


@fault("archive.headers", "archive.damaged")
def another_name_inside() -> bytes:
    """The directory says index.html, the entry says something else."""
    data = zipped(files().items())
    at = data.find(b"index.html")
    return data[:at] + b"INDEX.HTML" + data[at + 10 :]


@fault("archive.headers")
def another_size_inside() -> bytes:
    data = bytearray(zipped(files().items()))
    struct.pack_into("<I", data, 22, 7)
    return bytes(data)


@fault("archive.headers", "archive.damaged", "archive.hidden")
def offsets_that_lie() -> bytes:
    def change(raw: bytearray, at: int) -> None:
        struct.pack_into("<I", raw, at + 42, 5)

    return at_each(zipped(files().items()), CENTRAL, change)


@fault("archive.hidden", severity="warning")
def unlisted() -> bytes:
    """An entry before the directory that the directory does not know."""
    hidden = zipped([("evil.html", b"<p>")])
    hidden = hidden[: hidden.find(CENTRAL)]
    data = bytearray(zipped(files().items()))
    start, end = data.find(CENTRAL), data.rfind(END)
    struct.pack_into("<I", data, end + 16, start + len(hidden))
    return bytes(data[:start]) + hidden + bytes(data[start:])


@fault("archive.surrounded", severity="warning")
def data_after_the_end() -> bytes:
    return zipped(files().items()) + b"\0" * 100


@fault("archive.surrounded", severity="warning")
def data_before_the_start() -> bytes:
    return b"#!/bin/sh\n" * 10 + zipped(files().items())


@fault("archive.inside")
def archive_within() -> bytes:
    return zipped([("course.zip", zipped(files().items())), ("readme.txt", b"unpack me")])


@fault("archive.not-a-zip")
def truncated() -> bytes:
    return zipped(files().items())[:-30]


@fault("xml.malformed")
def xml_bomb_without_end() -> bytes:
    document = MANIFESTS["scorm12"].replace("<organizations", "<item>" * 10_000, 1)
    return zipped(files(imsmanifest__xml=document).items())


def _listed(entries: dict[str, bytes]) -> dict[str, bytes]:
    digests = {name: hashlib.sha256(data).digest() for name, data in entries.items()}
    return entries | {SUMS: write_sums(digests)}


@fault("sums.malformed")
def a_list_that_is_none() -> dict[str, bytes]:
    return files() | {SUMS: b"checksums"}


@fault("sums.wrong")
def a_file_changed_since() -> dict[str, bytes]:
    return _listed(files()) | {"style.css": b"p { color: red }"}


@fault("sums.missing", _MORE, severity="warning")
def a_file_added_since() -> dict[str, bytes]:
    return _listed(files()) | {"more.txt": b"more"}


@fault("signature.wrong")
def a_signature_that_is_none() -> dict[str, bytes]:
    return _listed(files()) | {SIGNATURE: b"signed"}
