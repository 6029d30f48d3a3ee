"""A package to look into, in whatever it comes: a zip, a folder, or one file alone.

Nothing is unpacked, no name is trusted, sizes are capped.
"""

from __future__ import annotations

import errno
import stat
import struct
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from scorm_builder.verify.findings import Findings

#: Of files together, in any container.
MAX_ENTRIES = 20_000
_CHUNK = 1 << 20

#: What zipfile, zlib and the file system raise on damaged or hostile input.
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


class Package(ABC):
    """An open package whose names have been judged. ``names`` are its files, not its folders."""

    #: Whether the files lie beside the manifest. One file alone brings none of what it names.
    whole = True

    def __init__(self, names: Iterable[str], findings: Findings) -> None:
        self._findings = findings
        self.names = sorted(names)
        self._known = frozenset(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self._known

    @abstractmethod
    def size(self, name: str) -> int:
        """Of the file ``name``, unpacked, in bytes."""

    @abstractmethod
    def open(self, name: str) -> BinaryIO:
        """A stream of the file ``name``; raises one of ``DAMAGE``."""

    def read(self, name: str, limit: int) -> bytes | None:
        """The file's bytes; None, with a finding, where it is damaged or over ``limit``."""
        if self.size(name) > limit:
            self._findings.report(
                "archive.too-large",
                name,
                f"{self.size(name):,} bytes are more than the {limit:,} allowed here",
            )
            return None
        try:
            with self.open(name) as stream:
                return stream.read(limit + 1)
        except DAMAGE as error:
            self._damaged(name, error)
            return None

    def pieces(self, name: str) -> Iterator[bytes]:
        """The file in pieces; a finding ends it where it is damaged."""
        try:
            with self.open(name) as stream:
                while piece := stream.read(_CHUNK):
                    yield piece
        except DAMAGE as error:
            self._damaged(name, error)

    def _damaged(self, name: str, error: Exception) -> None:
        self._findings.report(
            "archive.damaged", name, f"the file cannot be read: {error or type(error).__name__}"
        )


@contextmanager
def open_package(
    path: Path, findings: Findings, *, alone: bool = False
) -> Iterator[Package | None]:
    """The package at ``path``; None, with findings, where it must not be looked into further.

    ``alone`` says that it is one file with everything in it. Raises ``OSError`` for what is no file
    or folder: a pipe or device might never end."""
    from scorm_builder.verify.folder import open_file, open_folder
    from scorm_builder.verify.zipped import open_zip

    mode = path.stat().st_mode
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
        raise OSError(errno.EINVAL, "it is neither a file nor a folder")
    if stat.S_ISDIR(mode):
        yield open_folder(path, findings)
    elif alone or path.suffix.lower() in (".xml", ".html"):
        page = alone or path.suffix.lower() == ".html"
        yield open_file(path, findings, name="index.html" if page else path.name)
    else:
        with open_zip(path, findings) as package:
            yield package
