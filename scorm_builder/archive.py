"""The zip: the same plan, the same bytes, on every machine of one zlib.

Order, times, permissions and flags are fixed; media are stored and streamed, so that memory does
not grow with them. A package appears under its name whole or not at all.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scorm_builder.entries import Entry
from scorm_builder.errors import BuildError
from scorm_builder.plan import PackagePlan

_CHUNK = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_REGULAR_0644 = 0o100644 << 16
#: zlib's highest level; window, memory and strategy are zipfile's fixed ones (-15, 8, default).
_LEVEL = 9
#: A text beyond this (a data set to download) is stored: deflating takes it into memory.
_DEFLATE_AT_MOST = 16 << 20


def write_archive(plan: PackagePlan, target: Path) -> None:
    """Write the zip of ``plan`` to ``target``, an existing file or a new one."""
    with zipfile.ZipFile(target, "w", allowZip64=True) as archive:
        for entry in plan.entries:
            _write(archive, entry)


def _write(archive: zipfile.ZipFile, entry: Entry) -> None:
    info = zipfile.ZipInfo(entry.name, date_time=_EPOCH)
    info.create_system = _UNIX
    info.external_attr = _REGULAR_0644
    info.compress_type = zipfile.ZIP_DEFLATED if entry.deflated else zipfile.ZIP_STORED
    if entry.data is not None:
        archive.writestr(info, entry.data, compresslevel=_LEVEL)
        return
    if entry.source is None:
        raise BuildError(f"nothing to write for {entry.name}")
    try:
        with entry.source.open("rb") as source:
            # With the size known beforehand, zipfile uses 64-bit fields only where they are needed.
            info.file_size = os.fstat(source.fileno()).st_size
            if entry.deflated and info.file_size <= _DEFLATE_AT_MOST:
                archive.writestr(info, source.read(), compresslevel=_LEVEL)
                return
            info.compress_type = zipfile.ZIP_STORED
            with archive.open(info, "w") as slot:
                while chunk := source.read(_CHUNK):
                    slot.write(chunk)
    except OSError as error:
        raise BuildError(
            f"{entry.source} cannot be read: {error.strerror or error}",
            "the file may have been moved while the package was being built; build again",
        ) from error


@contextmanager
def temporary_beside(target: Path) -> Iterator[Path]:
    """A temporary file in the folder of ``target``, for a rename that cannot cross file systems.

    Gone at the end, unless the caller has renamed it.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(".part", f".{target.stem}-", target.parent)
    except OSError as error:
        raise BuildError(
            f"nothing can be written to {target.parent}: {error.strerror or error}",
            "choose another folder with --output, or make this one writable",
        ) from error
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
