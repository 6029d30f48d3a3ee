"""A package that was unpacked into a folder, or is one file: no link is followed out of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from scorm_builder.verify.findings import Findings
from scorm_builder.verify.naming import judge_doubles, judge_name
from scorm_builder.verify.opening import MAX_ENTRIES, Package


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    size: int


class FolderPackage(Package):
    """``files`` are those found, by their names in the package."""

    def __init__(
        self, files: Mapping[str, _File], findings: Findings, *, whole: bool = True
    ) -> None:
        super().__init__(files, findings)
        self._files = files
        self.whole = whole

    def size(self, name: str) -> int:
        return self._files[name].size

    def open(self, name: str) -> BinaryIO:
        # A file that became a link since it was listed is not followed. Windows has no such flag,
        # and another one for bytes as they are.
        flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        handle = os.open(self._files[name].path, os.O_RDONLY | flags)
        return os.fdopen(handle, "rb")


def open_file(path: Path, findings: Findings, *, name: str) -> Package:
    """One file alone, under this name: a course structure without its package, or a page with
    everything in it."""
    found = _File(path, path.stat().st_size)
    return FolderPackage({name: found}, findings, whole=False)


def open_folder(path: Path, findings: Findings) -> Package | None:
    """What lies in the folder ``path``; None, with a finding, where that is too much."""
    files: dict[str, _File] = {}
    waiting = [path]
    while waiting:
        folder = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                name = Path(entry.path).relative_to(path).as_posix()
                status = entry.stat(follow_symlinks=False)
                judge_name(name, findings)
                if stat.S_ISLNK(status.st_mode):
                    findings.report("archive.symlink", name, "a symbolic link")
                elif stat.S_ISDIR(status.st_mode):
                    waiting.append(Path(entry.path))
                elif stat.S_ISREG(status.st_mode):
                    files[name] = _File(Path(entry.path), status.st_size)
                else:
                    findings.report("archive.special", name, "neither a file nor a folder")
                if len(files) + len(waiting) > MAX_ENTRIES:
                    findings.report(
                        "archive.too-many-entries",
                        "",
                        f"more than the {MAX_ENTRIES:,} entries that are looked into",
                    )
                    return None
    judge_doubles(files, findings)
    return FolderPackage(files, findings)
