"""Names of entries: what leads outside, what servers read differently, what is there twice."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Mapping

from scorm_builder.verify.findings import Findings, printable, shown

#: What common file systems can hold: a part of a path, and the path.
MAX_PART = 255
MAX_PATH = 1_000
_OUTSIDE = re.compile(r"[/\\]|[A-Za-z]:")
_WINDOWS_SIGNS = re.compile(r'[<>:"|?*]')
_WINDOWS_DEVICES = re.compile(
    r"(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\..*)?\Z", re.IGNORECASE | re.DOTALL
)


def judge_name(name: str, findings: Findings) -> None:
    """The worst that is to be said of one name."""
    parts = set(re.split(r"[/\\]", name))
    if _OUTSIDE.match(name) or ".." in parts:
        findings.report("archive.escapes", name, "the name leads outside the package")
    elif "\\" in name:
        findings.report("archive.backslash", name, "the name holds a backslash")
    elif not name or "//" in name or _controls(name):
        findings.report(
            "archive.name", name, "the name is empty or holds control signs or empty parts"
        )
    elif len(name.encode("utf-8", "replace")) > MAX_PATH or any(
        len(part.encode("utf-8", "replace")) > MAX_PART for part in parts
    ):
        findings.report("archive.long-name", name[:60] + "…", f"{len(name):,} signs")
    elif any(_not_for_windows(part) for part in parts):
        findings.report("archive.windows-name", name, "Windows servers cannot keep this name")
    elif not name.isascii():
        findings.report("archive.not-ascii", name, "some LMSs unpack names beyond ASCII wrongly")


def _controls(name: str) -> bool:
    """Signs that nobody sees: controls, and those that turn the writing round."""
    return not name.isprintable() and any(unicodedata.category(sign)[0] == "C" for sign in name)


def _not_for_windows(part: str) -> bool:
    return bool(
        _WINDOWS_SIGNS.search(part)
        or _WINDOWS_DEVICES.match(part)
        or (part.endswith((".", " ")) and part != ".")
    )


def judge_doubles(names: Iterable[str], findings: Findings) -> None:
    """Names that are one to some reader. ``names`` are files', each as often as it is there."""
    seen: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    for name in names:
        other = seen.setdefault(unicodedata.normalize("NFKC", name).casefold(), name)
        if other is name:
            continue
        found.setdefault(_kind_of_double(name, other), []).append(name)
    if conflicts := _files_with_files_inside(seen):
        found["archive.conflict"] = conflicts
    for code, doubles in found.items():
        findings.report(code, doubles[0], _SAID[code] + shown(map(printable, doubles)))


def _files_with_files_inside(seen: Mapping[str, str]) -> list[str]:
    ordered = sorted(seen)
    found = []
    for key in ordered:
        place = bisect_left(ordered, key + "/")
        if place < len(ordered) and ordered[place].startswith(key + "/"):
            found.append(seen[key])
    return found


def _kind_of_double(name: str, other: str) -> str:
    if name == other:
        return "archive.duplicate"
    if unicodedata.normalize("NFKC", name) == unicodedata.normalize("NFKC", other):
        return "archive.unicode"
    return "archive.case"


_SAID = {
    "archive.duplicate": "there more than once: ",
    "archive.unicode": "looks like another name that is written with other signs: ",
    "archive.case": "differs from another name in upper and lower case only: ",
    "archive.conflict": "a file, and a folder in other names: ",
}
