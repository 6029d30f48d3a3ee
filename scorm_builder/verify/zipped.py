"""A zip that may be hostile: its directory is judged before anything in it is read.

What an importing LMS could be hurt by is an error here even where the LMS would bear it.
"""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from scorm_builder.verify.findings import Findings, printable
from scorm_builder.verify.headers import compare_headers
from scorm_builder.verify.naming import judge_doubles, judge_name
from scorm_builder.verify.opening import DAMAGE, MAX_ENTRIES, Package

MAX_DIRECTORY = 16 << 20
#: Of deflated entries together, unpacked; more only where the archive is large itself, as of tools
#: that deflate films.
MAX_INFLATED = 1 << 30
MAX_GROWTH = 10
#: deflate reaches 1032; no text that a learner reads comes near this.
MAX_RATIO = 200
RATIO_MATTERS_FROM = 1 << 20
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_UTF8_FLAG = 0x800
#: After these, nothing in the archive is read.
_HOPELESS = {"archive.bomb", "archive.too-many-entries", "archive.overlap"}


class ZipPackage(Package):
    """The files of an open zip."""

    def __init__(self, archive: zipfile.ZipFile, findings: Findings) -> None:
        self._archive = archive
        self._infos = {info.filename: info for info in archive.infolist() if not info.is_dir()}
        super().__init__(self._infos, findings)

    def size(self, name: str) -> int:
        return self._infos[name].file_size

    def open(self, name: str) -> BinaryIO:
        return cast(BinaryIO, self._archive.open(self._infos[name]))


@contextmanager
def open_zip(path: Path, findings: Findings) -> Iterator[Package | None]:
    """The zip at ``path``; None, with findings, where it must not be looked into further."""
    archive = _open(path, findings)
    if archive is None:
        yield None
        return
    with archive:
        before = len(findings.problems)
        _judge(archive, path, findings)
        found = {problem.code for problem in findings.problems[before:]}
        yield None if _HOPELESS & found else ZipPackage(archive, findings)


#: How other archives begin.
_OTHERS = (
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it, and pack it as a zip"),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it, and pack it as a zip"),
    (b"\x1f\x8b", "a gzip archive: unpack it, and pack it as a zip"),
)


def _open(path: Path, findings: Findings) -> zipfile.ZipFile | None:
    try:
        if not _directory_is_bearable(path, findings):
            return None
        return zipfile.ZipFile(path)
    except UnicodeDecodeError as error:
        findings.report(
            "archive.encoding",
            "",
            f"a name is marked as UTF-8 but is none: {error.object[:40]!r}",
            severity="error",
        )
    except DAMAGE as error:
        findings.report(
            "archive.not-a-zip",
            "",
            f"this is not a readable zip archive: {_kind(path) or error or type(error).__name__}",
        )
    return None


def _kind(path: Path) -> str:
    """What the file is by its first bytes, where they tell; "" otherwise."""
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        return "it is empty"
    if head.startswith(b"PK\3\4"):
        return "it begins as one, but its end is cut off or damaged"
    return next((f"it is {kind}" for start, kind in _OTHERS if head.startswith(start)), "")


def _directory_is_bearable(path: Path, findings: Findings) -> bool:
    """Look at the end record before zipfile takes the whole directory into memory."""
    with path.open("rb") as file:
        file.seek(0, 2)
        length = file.tell()
        file.seek(max(0, length - (1 << 16) - 22 - 76))
        tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + 22:
        return True  # zipfile says what is wrong
    entries, size, comment = struct.unpack("<HI4xH", tail[end + 10 : end + 22])
    far = tail.rfind(_END_64, 0, end)
    if far >= 0 and len(tail) >= far + 48 and (entries == 0xFFFF or size == 0xFFFFFFFF):
        entries, size = struct.unpack("<QQ", tail[far + 32 : far + 48])
    if len(tail) > end + 22 + comment:
        findings.report(
            "archive.surrounded",
            "",
            f"{len(tail) - end - 22 - comment:,} bytes follow after the end of the archive",
        )
    if entries > MAX_ENTRIES or size > MAX_DIRECTORY:
        _too_many(entries, findings)
        return False
    return True


def _too_many(entries: int, findings: Findings) -> None:
    findings.report(
        "archive.too-many-entries",
        "",
        f"{entries:,} entries are more than the {MAX_ENTRIES:,} that are looked into",
    )


def _judge(archive: zipfile.ZipFile, path: Path, findings: Findings) -> None:
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:  # the end record lied
        _too_many(len(infos), findings)
        return
    for info in infos:
        judge_name(info.orig_filename.removesuffix("/"), findings)
        if not info.orig_filename.isascii() and not info.flag_bits & _UTF8_FLAG:
            findings.report(
                "archive.encoding", info.orig_filename, "the name is not marked as UTF-8"
            )
        _judge_kind(info, findings)
    length = path.stat().st_size
    _judge_sizes(infos, length, findings)
    judge_doubles([info.filename for info in infos if not info.is_dir()], findings)
    with path.open("rb") as file:
        compare_headers(file, infos, archive.start_dir, findings)


def _judge_kind(info: zipfile.ZipInfo, findings: Findings) -> None:
    name, mode = info.orig_filename, stat.S_IFMT(info.external_attr >> 16)
    if mode == stat.S_IFLNK:
        findings.report("archive.symlink", name, "a symbolic link")
    elif info.create_system == 3 and mode not in (0, stat.S_IFREG, stat.S_IFDIR):
        findings.report("archive.special", name, "neither a file nor a folder")
    if info.flag_bits & 0x1:
        findings.report("archive.encrypted", name, "the entry is encrypted")
    elif info.compress_type not in _METHODS:
        findings.report(
            "archive.method",
            name,
            f"compression method {info.compress_type} is unknown to most LMSs",
        )


def _judge_sizes(infos: list[zipfile.ZipInfo], length: int, findings: Findings) -> None:
    inflated = sum(info.file_size for info in infos if info.compress_type != zipfile.ZIP_STORED)
    dense = [
        info.orig_filename
        for info in infos
        if info.file_size > RATIO_MATTERS_FROM
        and info.file_size > MAX_RATIO * max(1, info.compress_size)
    ]
    if dense or inflated > max(MAX_INFLATED, MAX_GROWTH * length):
        findings.report(
            "archive.bomb",
            printable(dense[0]) if dense else "",
            f"the entries unpack to {inflated:,} bytes from {length:,}",
        )
