"""The list of checksums inside a package, and the signatures of that list or of the whole file."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scorm_builder.minisign import MAX_FILE, PublicKey, SignatureError, SigningError, signer
from scorm_builder.sealing import verify_file
from scorm_builder.signing import SIGNATURE, SUMS, beside, compare, read_sums
from scorm_builder.verify.findings import Findings
from scorm_builder.verify.opening import Package

#: A line of it is some 100 bytes.
_MAX_SUMS = 4 << 20


@dataclass(frozen=True, slots=True)
class Seal:
    """A list of checksums (``files`` are in it) or a signature (of the key named ``key``) that was
    found, and what came of it. ``unchecked`` is a signature of another key than was given, or of
    any where none was."""

    name: str
    state: Literal["good", "wrong", "unchecked"]
    files: int | None = None
    key: str | None = None

    def as_dict(self) -> dict[str, str | int | None]:
        return {"name": self.name, "state": self.state, "files": self.files, "key": self.key}

    def __str__(self) -> str:
        if self.files is not None:
            said = f"all {self.files} files are as it lists them"
            return f"{self.name}: {said if self.state == 'good' else 'files differ from it'}"
        said = {
            "good": f"signed with the key {self.key}, and unchanged since",
            "wrong": f"not a good signature of the key {self.key}",
            "unchecked": f"signed with the key {self.key}, which was not given (--public-key): "
            "not checked",
        }[self.state]
        return f"{self.name}: {said}"


@dataclass(frozen=True, slots=True)
class _Signature:
    """``verify`` raises ``SignatureError`` where it is not the key's, or not of these bytes."""

    name: str
    key: str
    verify: Callable[[PublicKey], object]


def check_seals(
    path: Path, package: Package, public_key: Path | None, findings: Findings
) -> tuple[Seal, ...]:
    """Hold the package at ``path`` against every list and signature that is there; with
    ``public_key``, that key must have signed it, and its list leave nothing out.

    Every file is read through, for the archive's checksums too. Raises ``OSError`` where the key's
    file cannot be read, and ``SigningError`` where it is none.
    """
    key = _key(public_key) if public_key is not None else None
    covered = key is not None and SIGNATURE in package
    listed = _check_files(package, findings, covered=covered)
    signatures = list(_signatures(path, package, findings))
    named = {signature.key for signature in signatures}
    if key is not None and key.name not in named:
        if named:
            said = f"signed with the key {', '.join(sorted(named))}, not with {key.name}"
            findings.report("signature.wrong", signatures[0].name, said)
        else:
            lacking = SIGNATURE if SUMS in package else f"{SUMS}, and no {beside(path).name}"
            findings.report("signature.missing", "", f"there is no {lacking}")
    return (*listed, *(_judged(signature, key, findings) for signature in signatures))


def _judged(signature: _Signature, key: PublicKey | None, findings: Findings) -> Seal:
    if key is None or key.name != signature.key:
        return Seal(signature.name, "unchecked", key=signature.key)
    try:
        signature.verify(key)
    except SignatureError as error:
        findings.report("signature.wrong", signature.name, str(error))
        return Seal(signature.name, "wrong", key=signature.key)
    return Seal(signature.name, "good", key=signature.key)


def _signatures(path: Path, package: Package, findings: Findings) -> Iterator[_Signature]:
    """Inside, of the list; and beside, of the whole file."""
    sums = package.read(SUMS, _MAX_SUMS) if {SUMS, SIGNATURE} <= set(package.names) else None
    inside = package.read(SIGNATURE, MAX_FILE) if sums is not None else None
    if sums is not None and inside is not None:
        yield from _signature(SIGNATURE, inside, findings, lambda key, text: key.verify(sums, text))
    outside = beside(path)
    if path.is_file() and outside.is_file():
        with outside.open("rb") as file:
            data = file.read(MAX_FILE + 1)
        yield from _signature(
            outside.name, data, findings, lambda key, text: verify_file(key, path, text)
        )


def _signature(
    name: str, data: bytes, findings: Findings, verify: Callable[[PublicKey, str], object]
) -> Iterator[_Signature]:
    text = data.decode("utf-8", errors="replace")
    try:
        key = signer(text)
    except SignatureError as error:
        findings.report("signature.wrong", name, str(error))
    else:
        yield _Signature(name, key, lambda known: verify(known, text))


def _check_files(package: Package, findings: Findings, *, covered: bool) -> tuple[Seal, ...]:
    """Every file against the list. Nothing is asked of a package without one; where a signature is
    asked for it must leave nothing out."""
    sums = _listed(package, findings)
    found: dict[str, bytes] = {}
    for name in package.names:
        digest = hashlib.sha256()
        for piece in package.pieces(name):
            if sums is not None:
                digest.update(piece)
        found[name] = digest.digest()
    if sums is None:
        return ()
    differences = compare(sums, found)
    for name in differences.changed:
        findings.report("sums.wrong", name, "the file is not the one in the list of checksums")
    for name in differences.missing:
        findings.report("sums.wrong", name, "the file is in the list of checksums, but not here")
    for name in differences.unlisted:
        findings.report(
            "sums.missing",
            name,
            "the file is not in the list of checksums",
            severity="error" if covered else None,
        )
    return (Seal(SUMS, "wrong" if differences else "good", files=len(sums)),)


def _listed(package: Package, findings: Findings) -> dict[str, bytes] | None:
    if SUMS not in package or (data := package.read(SUMS, _MAX_SUMS)) is None:
        return None
    try:
        return read_sums(data)
    except SignatureError as error:
        findings.report("sums.malformed", SUMS, str(error))
        return None


def _key(path: Path) -> PublicKey:
    if not stat.S_ISREG(path.stat().st_mode):
        raise SigningError("this is no file", "give a .pub file of minisign")
    with path.open(encoding="utf-8", errors="replace") as file:
        return PublicKey.parse(file.read(MAX_FILE))
