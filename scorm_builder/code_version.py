"""Which code is at work: what other code has learned is not gone by."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

#: Libraries that a byte of an output can depend on.
_LIBRARIES = (
    *("markdown_it", "mdurl", "nh3", "yaml", "jinja2", "markupsafe", "lxml", "deflate"),
    *("PIL", "av", "fontTools"),
)
_OURS = ("content", "scorm_builder")
#: Beside our code, and no part of it.
_PASSED_OVER = {"__pycache__", "courses"}


@cache
def code_version() -> str:
    """A digest of our files' and the libraries' places, sizes and times."""
    digest = hashlib.sha256(f"{sys.version} {platform.machine()}".encode())
    root = Path(__file__).parents[1]
    for package in _OURS:
        for line in sorted(_files(str(root / package))):
            digest.update(line.encode("utf-8", "surrogateescape"))
    for library in _LIBRARIES:
        spec = find_spec(library)
        if spec is not None and spec.origin:
            digest.update(_line(spec.origin, os.stat(spec.origin)).encode())
    return digest.hexdigest()


def _files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name in _PASSED_OVER:
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path)
            else:
                yield _line(entry.path, entry.stat())


def _line(path: str, info: os.stat_result) -> str:
    return f"{path}\0{info.st_size}\0{info.st_mtime_ns}\0{info.st_ctime_ns}\n"
