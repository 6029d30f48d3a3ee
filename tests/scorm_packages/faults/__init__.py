"""Packages with one known fault each: what is built, and exactly what must be said of it.

A fault is a small function that returns the package: its entries, or the bytes of a zip.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.scorm_packages.making import MANIFESTS, files, zipped

Built = dict[str, bytes] | bytes


@dataclass(frozen=True)
class Fault:
    """``codes`` is all that may be said, of whatever severity. ``suffix`` is the file's name's."""

    name: str
    first: str
    codes: frozenset[str]
    make: Callable[[], Built]
    severity: str
    profiles: tuple[str, ...]
    suffix: str

    def write(self, folder: Path) -> Path:
        """The package, in a file of ``folder``."""
        built = self.make()
        data = built if isinstance(built, bytes) else zipped(built.items())
        path = folder / f"{self.name}{self.suffix}"
        path.write_bytes(data)
        return path


_found: list[Fault] = []


def fault(
    *codes: str,
    severity: str = "error",
    profiles: tuple[str, ...] = (),
    suffix: str = ".zip",
) -> Callable[[Callable[[], Built]], Callable[[], Built]]:
    """Register a function that makes a package of which exactly ``codes`` is to be said; the
    first of them with ``severity``."""

    def register(make: Callable[[], Built]) -> Callable[[], Built]:
        name = f"{make.__module__.rpartition('.')[2]}-{make.__name__}".replace("_", "-")
        _found.append(Fault(name, codes[0], frozenset(codes), make, severity, profiles, suffix))
        return make

    return register


def replaced(
    kind: str, *changes: tuple[str, str], **others: str | bytes | None
) -> dict[str, bytes]:
    """The sound SCORM package of ``kind`` with its manifest changed, once at each place."""
    manifest = MANIFESTS[kind]
    for old, new in changes:
        assert old in manifest, old
        manifest = manifest.replace(old, new, 1)
    return files(kind, imsmanifest__xml=manifest, **others)


def edited(entries: dict[str, bytes], name: str, *changes: tuple[str, str]) -> dict[str, bytes]:
    """``entries`` with one file changed, once at each place."""
    text = entries[name].decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return entries | {name: text.encode()}


def all_faults() -> list[Fault]:
    for module in ("archive", "cartridge", "cmi5", "lms", "manifest", "pages", "sequencing"):
        importlib.import_module(f"{__name__}.{module}")
    return _found
