"""The files of a course folder, read so that nothing outside it and nothing oversized is touched.

The folder is scanned once, without following links; everything later is looked up in that list. A
path that leads outside is therefore never found, whatever it looks like.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from content.findings import Findings, Mark
from content.layout import COURSE_FOLDERS

#: A page is a few kilobytes; a megabyte of text is a mistake or an attack.
MAX_TEXT_BYTES = 1024 * 1024
MAX_FILES = 20_000
MAX_DEPTH = 6
#: What XML cannot carry, so that no manifest or package could.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CHUNK = 1024 * 1024
#: What systems and programs leave beside files: marks of the origin of downloads, views of folders,
#: locks of office programs, and what editors keep of an earlier version.
_LEFT_BEHIND = re.compile(
    r"\..*|~\$.*|.*~|#.*#|4913|.*\.swp|.*:Zone\.Identifier|Thumbs\.db|desktop\.ini",
    re.IGNORECASE | re.DOTALL,
)


class Entry(NamedTuple):
    """A regular file found by the scan. ``path`` is relative to the course, with ``/``."""

    path: str
    size: int
    device: int
    inode: int


class Hashing(Protocol):
    """Who reads media for their SHA-256, perhaps beside other work, perhaps not at all."""

    def begin(self, opened: Callable[[], int]) -> Callable[[], bytes]:
        """``opened`` gives a file descriptor, to be closed; it and the result raise ``OSError``."""
        ...


class PlainHashing:
    """Reads each file when it is begun."""

    def begin(self, opened: Callable[[], int]) -> Callable[[], bytes]:
        digest = hashlib.sha256()
        with os.fdopen(opened(), "rb", buffering=0) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        found = digest.digest()
        return lambda: found


@dataclass(slots=True)
class CourseFiles:
    """The scanned folder. ``used`` collects the digest of each file that makes the course,
    ``media`` which of them are no texts, and ``refused`` what is there and cannot be read, which is
    said already."""

    root: Path
    findings: Findings
    hashing: Hashing = field(default_factory=PlainHashing)
    entries: dict[str, Entry] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    used: dict[str, Callable[[], bytes]] = field(default_factory=dict)
    media: set[str] = field(default_factory=set)

    @classmethod
    def scan(cls, root: Path, findings: Findings, hashing: Hashing | None = None) -> CourseFiles:
        """List ``root``. Links and special files are errors; hidden files, what systems and
        programs leave behind, and folders that are no course's, are passed over."""
        files = cls(root, findings, hashing or PlainHashing())
        files._scan_folder("", 0)
        return files

    def _scan_folder(self, folder: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            self.findings.error(
                Mark(folder),
                "file.too-deep",
                f"folders are nested more than {MAX_DEPTH} deep",
                "move the files up; see the layout in docs/course-format.md",
            )
            return
        try:
            found = sorted(os.scandir(self.root / folder), key=lambda item: item.name)
        except OSError as error:
            self._unreadable(folder or ".", error)
            return
        for item in found:
            if _LEFT_BEHIND.fullmatch(item.name):
                continue
            path = f"{folder}/{item.name}" if folder else item.name
            if len(self.entries) >= MAX_FILES:
                self.findings.error(
                    Mark("."),
                    "file.too-many",
                    f"the folder holds more than {MAX_FILES} files",
                    "is this the course's folder? Point at the folder with course.yaml",
                )
                return
            self._scan_item(item, path, depth)

    def _scan_item(self, item: os.DirEntry[str], path: str, depth: int) -> None:
        printable = path.encode("utf-8", "backslashreplace").decode()
        mark = Mark(printable)
        try:
            info = item.stat(follow_symlinks=False)
        except OSError as error:
            self._unreadable(printable, error)
            return
        if stat.S_ISLNK(info.st_mode):
            self.refused.add(path)
            self.findings.error(
                mark,
                "file.symlink",
                "this is a symbolic link, which courses may not contain",
                "replace it by the file it points to",
            )
        elif stat.S_ISDIR(info.st_mode):
            if depth == 0 and path not in COURSE_FOLDERS:
                return
            self.folders.add(path)
            self._scan_folder(path, depth + 1)
        elif stat.S_ISREG(info.st_mode):
            if printable == path:
                self.entries[path] = Entry(path, info.st_size, info.st_dev, info.st_ino)
            else:
                self.findings.error(
                    mark,
                    "file.name",
                    "the file's name is not valid UTF-8",
                    "rename it with plain letters",
                )
        else:
            self.refused.add(path)
            self.findings.error(
                mark,
                "file.special",
                "this is a device, pipe or socket, not a file",
                "remove it from the course",
            )

    def _unreadable(self, path: str, error: OSError) -> None:
        self.refused.add(path)
        self.findings.error(
            Mark(path),
            "file.unreadable",
            f"this cannot be read: {error.strerror or error}",
            "check the permissions of the file and of its folder",
        )

    def within(self, folder: str) -> list[Entry]:
        """The files below ``folder``, in the order of their paths."""
        prefix = f"{folder}/"
        return [entry for path, entry in self.entries.items() if path.startswith(prefix)]

    def text(self, path: str) -> str | None:
        """The text of ``path`` with ``\\n`` line ends and without BOM; None after a problem.

        Missing is a problem too (``file.missing``).
        """
        entry = self.entries.get(path)
        if entry is None:
            if path not in self.refused:
                self.report_missing(path)
            return None
        if entry.size > MAX_TEXT_BYTES:
            self._too_large(path, entry.size)
            return None
        try:
            raw = self._read(entry)
        except OSError as error:
            self._unreadable(path, error)
            return None
        if len(raw) > MAX_TEXT_BYTES:
            self._too_large(path, len(raw))
            return None
        digest = hashlib.sha256(raw).digest()
        self.used[path] = lambda: digest
        return decode(raw, Mark(path), self.findings)

    def report_missing(self, path: str) -> None:
        self.findings.error(
            Mark(path),
            "file.missing",
            "this file is missing",
            "create it; see the layout in docs/course-format.md",
        )

    def _too_large(self, path: str, size: int) -> None:
        self.refused.add(path)
        self.findings.error(
            Mark(path),
            "file.too-large",
            f"this text file has {size:,} bytes; {MAX_TEXT_BYTES:,} are allowed",
            "shorten or split it: pages, captions and SVG pictures are kept small",
        )

    def _read(self, entry: Entry) -> bytes:
        with os.fdopen(self._open(entry), "rb") as stream:
            return stream.read(MAX_TEXT_BYTES + 1)

    def _open(self, entry: Entry) -> int:
        """Open exactly the file that was scanned: a link put there since is refused."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        handle = os.open(self.root / entry.path, flags)
        info = os.fstat(handle)
        if (info.st_dev, info.st_ino) != (entry.device, entry.inode):
            os.close(handle)
            raise OSError(0, "it changed while the course was read")
        return handle

    def use_media(self, path: str) -> None:
        """Take a media file into the course's digest."""
        entry = self.entries[path]
        self.media.add(path)
        try:
            self.used[path] = self.hashing.begin(lambda: self._open(entry))
        except OSError as error:
            self._unreadable(path, error)
            self.used[path] = bytes

    def media_digest(self, path: str) -> bytes:
        """The SHA-256 of a media file in use; empty after a problem."""
        try:
            return self.used[path]()
        except OSError as error:
            self._unreadable(path, error)
            self.used[path] = bytes
            return b""

    def head(self, path: str, size: int) -> bytes:
        """The first ``size`` bytes of a media file; empty if it cannot be read."""
        try:
            with os.fdopen(self._open(self.entries[path]), "rb") as stream:
                return stream.read(size)
        except OSError as error:
            self._unreadable(path, error)
            return b""

    def digest(self) -> str:
        """SHA-256 over the paths and contents of the files used, hexadecimal."""
        return digest_of({path: self.media_digest(path) for path in self.used})

    def texts(self) -> dict[str, bytes]:
        """The SHA-256 of each text used."""
        return {path: found() for path, found in self.used.items() if path not in self.media}


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over paths and the SHA-256 of what is there, hexadecimal."""
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(path.encode() + b"\0" + files[path])
    return total.hexdigest()


def decode(raw: bytes, mark: Mark, findings: Findings) -> str | None:
    """UTF-8 bytes as text with ``\\n`` line ends; None after a problem at the first bad byte."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The offset counts without the BOM; both are used only to count lines and characters.
        body = raw.removeprefix(b"\xef\xbb\xbf")
        before = body[: error.start].decode("utf-8", "replace")
        hint = "save the file as UTF-8"
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            hint += " (it looks like UTF-16)"
        elif error.start < len(body):
            guess = body[error.start : error.start + 1].decode("latin-1")
            hint += f" (it may be Windows-1252, where this byte is “{guess}”)"
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        findings.error(mark.at(line, column), "file.encoding", "this byte is not UTF-8", hint)
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = CONTROLS.search(text)
    if found:
        before = text[: found.start()]
        findings.error(
            mark.at(before.count("\n") + 1, found.start() - before.rfind("\n")),
            "file.encoding",
            f"the control character U+{ord(found.group()):04X} stands here",
            "remove it; if there are many, the file is no text and belongs into media/",
        )
        return None
    return text
