"""A package that was unpacked into a folder, or is one file: no link is followed out of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from scorm_builder.verify.findings import Findings
from scorm_builder.verify.naming import judge_doubles, judge_name
from scorm_builder.verify.opening import MAX_ENTRIES, Package


class FolderPackage(Package):
    """``sizes`` are those of the files found, by their names below ``folder``."""

    def __init__(
        self, folder: Path, sizes: Mapping[str, int], findings: Findings, *, whole: bool = True
    ) -> None:
        super().__init__(sizes, findings)
        self._folder = folder
        self._sizes = sizes
        self.whole = whole

    def size(self, name: str) -> int:
        return self._sizes[name]

    def open(self, name: str) -> BinaryIO:
        # A file that became a link since it was listed is not followed.
        handle = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW)
        return os.fdopen(handle, "rb")


def open_file(path: Path, findings: Findings) -> Package:
    """One file alone: a course structure without its package, or a page with everything in it."""
    size = path.stat().st_size
    return FolderPackage(path.parent, {path.name: size}, findings, whole=False)


def open_folder(path: Path, findings: Findings) -> Package | None:
    """What lies in the folder ``path``; None, with a finding, where that is too much."""
    sizes: dict[str, int] = {}
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
                    sizes[name] = status.st_size
                else:
                    findings.report("archive.special", name, "neither a file nor a folder")
                if len(sizes) + len(waiting) > MAX_ENTRIES:
                    findings.report(
                        "archive.too-many-entries",
                        "",
                        f"more than the {MAX_ENTRIES:,} entries that are looked into",
                    )
                    return None
    judge_doubles(sizes, findings)
    return FolderPackage(path, sizes, findings)
