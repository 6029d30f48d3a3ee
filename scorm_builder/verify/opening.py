"""Opening a zip that may be hostile: nothing is unpacked, no entry is trusted, sizes are capped.

What an importing LMS could be hurt by (names leading outside, links, bombs) is an error here even
where the LMS would bear it.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scorm_builder.verify.findings import Findings, printable, shown

MAX_ENTRIES = 20_000
MAX_DIRECTORY = 16 << 20
#: Of deflated entries together, unpacked. Media are stored in sound packages, texts are small.
MAX_INFLATED = 1 << 30
#: deflate reaches 1032; no text that a learner reads comes near this.
MAX_RATIO = 200
RATIO_MATTERS_FROM = 1 << 20
_CHUNK = 1 << 20
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}

#: What zipfile and zlib raise on damaged or hostile input, beyond BadZipFile.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    OverflowError,
    struct.error,
    IndexError,
    UnicodeError,
)


class Package:
    """An open archive whose directory has been judged. ``names`` are its files, not its folders."""

    def __init__(self, archive: zipfile.ZipFile, findings: Findings) -> None:
        self._archive = archive
        self._findings = findings
        self._infos = {info.filename: info for info in archive.infolist() if not info.is_dir()}
        self.names = sorted(self._infos)

    def __contains__(self, name: object) -> bool:
        return name in self._infos

    def size(self, name: str) -> int:
        return self._infos[name].file_size

    def stored(self, name: str) -> bool:
        return self._infos[name].compress_type == zipfile.ZIP_STORED

    def read(self, name: str, limit: int) -> bytes | None:
        """The entry's bytes; None, with a finding, where it is damaged or over ``limit``."""
        if self.size(name) > limit:
            self._findings.error(
                "archive.too-large",
                printable(name),
                f"{self.size(name):,} bytes are more than the {limit:,} allowed here",
                "make the file smaller",
            )
            return None
        try:
            with self._archive.open(self._infos[name]) as stream:
                return stream.read(limit + 1)
        except DAMAGE as error:
            self._damaged(name, error)
            return None

    def check(self, name: str) -> None:
        """Read an entry through, in pieces, for its checksum alone."""
        try:
            with self._archive.open(self._infos[name]) as stream:
                while stream.read(_CHUNK):
                    pass
        except DAMAGE as error:
            self._damaged(name, error)

    def _damaged(self, name: str, error: Exception) -> None:
        self._findings.error(
            "archive.damaged",
            printable(name),
            f"the entry cannot be read: {error or type(error).__name__}",
            "export the package again, or download it again",
        )


@contextmanager
def open_package(path: Path, findings: Findings) -> Iterator[Package | None]:
    """The package at ``path``; None, with findings, where it must not be looked into further."""
    archive = _open(path, findings)
    if archive is None:
        yield None
        return
    with archive:
        before = len(findings.problems)
        _judge_directory(archive, path.stat().st_size, findings)
        hopeless = {"archive.bomb", "archive.too-many-entries", "archive.overlap"}
        found = {problem.code for problem in findings.problems[before:]}
        yield None if hopeless & found else Package(archive, findings)


def _open(path: Path, findings: Findings) -> zipfile.ZipFile | None:
    try:
        if not _directory_is_bearable(path, findings):
            return None
        return zipfile.ZipFile(path)
    except DAMAGE as error:
        findings.error(
            "archive.not-a-zip",
            "",
            f"this is not a readable zip archive: {error or type(error).__name__}",
            "a SCORM package is a zip with imsmanifest.xml at its root; export it again",
        )
        return None


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
    entries, size = struct.unpack("<HI", tail[end + 10 : end + 16])
    far = tail.rfind(_END_64, 0, end)
    if far >= 0 and len(tail) >= far + 48 and (entries == 0xFFFF or size == 0xFFFFFFFF):
        entries, size = struct.unpack("<QQ", tail[far + 32 : far + 48])
    if entries > MAX_ENTRIES or size > MAX_DIRECTORY:
        _too_many(entries, findings)
        return False
    return True


def _too_many(entries: int, findings: Findings) -> None:
    findings.error(
        "archive.too-many-entries",
        "",
        f"{entries:,} entries are more than the {MAX_ENTRIES:,} that are looked into",
        "split the course into several packages",
    )


def _judge_directory(archive: zipfile.ZipFile, length: int, findings: Findings) -> None:
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:  # the end record lied
        _too_many(len(infos), findings)
        return
    for info in infos:
        _judge_name(info, findings)
        _judge_kind(info, findings)
    _judge_sizes(infos, length, findings)
    _judge_doubles(infos, findings)


def _judge_name(info: zipfile.ZipInfo, findings: Findings) -> None:
    name, where = info.orig_filename, printable(info.orig_filename)
    if re.match(r"[/\\]|[A-Za-z]:", name) or ".." in re.split(r"[/\\]", name):
        findings.error(
            "archive.escapes",
            where,
            "the name leads outside the package",
            "names must be relative and without «..»; do not import a package that does this",
        )
    elif "\\" in name:
        findings.error(
            "archive.backslash",
            where,
            "the name holds a backslash, which servers read in different ways",
            "zip the folder with a tool that writes forward slashes",
        )
    elif not name or any(ord(sign) < 32 or ord(sign) == 127 for sign in name) or "//" in name:
        findings.error(
            "archive.name", where, "the name is empty or holds control signs", "rename the file"
        )
    elif not name.isascii():
        findings.doubt(
            "archive.not-ascii",
            where,
            "some LMSs unpack names beyond ASCII wrongly",
            "use Latin letters, digits, hyphens, dots and underscores",
        )


def _judge_kind(info: zipfile.ZipInfo, findings: Findings) -> None:
    where = printable(info.orig_filename)
    if stat.S_ISLNK(info.external_attr >> 16):
        findings.error(
            "archive.symlink", where, "a symbolic link", "put the file itself into the package"
        )
    if info.flag_bits & 0x1:
        findings.error(
            "archive.encrypted", where, "the entry is encrypted", "zip without a password"
        )
    elif info.compress_type not in _METHODS:
        findings.error(
            "archive.method",
            where,
            f"compression method {info.compress_type} is unknown to most LMSs",
            "zip with «deflate» or «store»",
        )


def _judge_sizes(infos: list[zipfile.ZipInfo], length: int, findings: Findings) -> None:
    inflated = sum(info.file_size for info in infos if info.compress_type != zipfile.ZIP_STORED)
    dense = [
        info.orig_filename
        for info in infos
        if info.file_size > RATIO_MATTERS_FROM
        and info.file_size > MAX_RATIO * max(1, info.compress_size)
    ]
    if dense or inflated > MAX_INFLATED:
        findings.error(
            "archive.bomb",
            printable(dense[0]) if dense else "",
            f"the entries unpack to {inflated:,} bytes from {length:,}: this looks like a zip bomb",
            "do not import this package; if it is yours, remove the files that are nearly empty",
        )
    if sum(info.compress_size for info in infos) > length:
        findings.error(
            "archive.overlap",
            "",
            "entries share the same bytes of the archive",
            "do not import this package: this is how bombs are made",
        )


def _judge_doubles(infos: list[zipfile.ZipInfo], findings: Findings) -> None:
    seen: dict[str, str] = {}
    twice: list[str] = []
    folded: list[str] = []
    for info in infos:
        other = seen.setdefault(info.filename.casefold(), info.filename)
        if other is not info.filename:
            (twice if other == info.filename else folded).append(info.filename)
    if twice:
        findings.error(
            "archive.duplicate",
            printable(twice[0]),
            f"there more than once: {shown(twice)}",
            "each reader takes another of them; zip again from a clean folder",
        )
    if folded:
        findings.error(
            "archive.case",
            printable(folded[0]),
            f"differs from another name in upper and lower case only: {shown(folded)}",
            "rename one: on many servers they are the same file",
        )
