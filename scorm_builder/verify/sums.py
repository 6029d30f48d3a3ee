"""The list of checksums inside a package, and the signature of that list."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

from scorm_builder.minisign import MAX_FILE, PublicKey, SignatureError, SigningError
from scorm_builder.signing import SIGNATURE, SUMS, UNLISTED, compare, read_sums
from scorm_builder.verify.findings import Findings
from scorm_builder.verify.opening import Package

#: A line of it is some 100 bytes.
_MAX_SUMS = 4 << 20


def check_files(package: Package, findings: Findings) -> None:
    """Read every file through, for the archive's checksums and those of the list, if there is
    one. Nothing is asked of a package without a list."""
    sums = _listed(package, findings)
    found: dict[str, bytes] = {}
    for name in package.names:
        digest = hashlib.sha256()
        for piece in package.pieces(name):
            if sums is not None:
                digest.update(piece)
        found[name] = digest.digest()
    if sums is None:
        return
    differences = compare(sums, found)
    for name in differences.changed:
        findings.report("sums.wrong", name, "the file is not the one in the list of checksums")
    for name in differences.missing:
        findings.report("sums.wrong", name, "the file is in the list of checksums, but not here")
    for name in differences.unlisted:
        findings.report("sums.missing", name, "the file is not in the list of checksums")


def _listed(package: Package, findings: Findings) -> dict[str, bytes] | None:
    if SUMS not in package or (data := package.read(SUMS, _MAX_SUMS)) is None:
        return None
    try:
        return read_sums(data)
    except SignatureError as error:
        findings.report("sums.malformed", SUMS, str(error))
        return None


def check_signature(package: Package, public_key: Path, findings: Findings) -> None:
    """Whether the list was signed with ``public_key``, the key itself or a .pub file.

    Raises ``SigningError`` where that is no key."""
    if not stat.S_ISREG(public_key.stat().st_mode):
        raise SigningError("this is no file", "give a .pub file of minisign")
    with public_key.open(encoding="utf-8", errors="replace") as file:
        key = PublicKey.parse(file.read(MAX_FILE))
    if not package.names or not set(package.names) >= UNLISTED:
        lacking = SIGNATURE if SUMS in package else SUMS
        findings.report("signature.missing", "", f"there is no {lacking}")
        return
    sums, signature = package.read(SUMS, _MAX_SUMS), package.read(SIGNATURE, MAX_FILE)
    if sums is None or signature is None:
        return
    try:
        key.verify(sums, signature.decode("utf-8", errors="replace"))
    except SignatureError as error:
        findings.report("signature.wrong", SIGNATURE, str(error))
