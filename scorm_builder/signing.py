"""The list of checksums inside a package, and what its signature covers.

``SHA256SUMS`` names every other file of the package in the form of ``sha256sum``: unpacked, the
package is checked by ``sha256sum -c SHA256SUMS``. ``SHA256SUMS.minisig`` is a signature of that
list: ``minisign -Vm SHA256SUMS -p key.pub``, or ``scorm-builder validate --public-key key.pub``.

What has no place for a list is signed as a whole: ``course.html.minisig`` lies beside
``course.html``, and both commands check it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scorm_builder.minisign import MAX_FILE, SecretKey, SignatureError, SigningError

SUMS = "SHA256SUMS"
SIGNATURE = "SHA256SUMS.minisig"

#: The variable with the password of a key, instead of being asked for it.
PASSWORD = "SCORM_BUILDER_KEY_PASSWORD"  # noqa: S105 - the name of a variable

#: Ends the name of the signature of a whole file, behind the file's own.
BESIDE = ".minisig"

#: Neither the list nor its signature can be in the list.
UNLISTED = frozenset({SUMS, SIGNATURE})

_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def read_key(path: Path, password: Callable[[], str]) -> SecretKey:
    """The secret key in the file ``path``. ``password`` is asked for where the key has one. Raises
    ``SigningError``."""
    try:
        with path.open(encoding="ascii") as file:
            return SecretKey.parse(file.read(MAX_FILE), password)
    except OSError as error:
        raise SigningError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise SigningError(
            f"{path}: this is no minisign secret key", "name the .key file of your pair"
        ) from error
    except SigningError as error:
        raise SigningError(f"{path}: {error.message}", error.hint) from error


def beside(path: Path) -> Path:
    """Where the signature of the whole file ``path`` lies."""
    return path.with_name(path.name + BESIDE)


def write_sums(digests: Mapping[str, bytes]) -> bytes:
    """The list for SHA-256 ``digests`` by name, in the order of the names."""
    lines = [f"{digest.hex()}  {name}\n" for name, digest in sorted(digests.items())]
    return "".join(lines).encode("utf-8")


def read_sums(data: bytes) -> dict[str, bytes]:
    """SHA-256 by name, as ``SHA256SUMS`` has them. Raises ``SignatureError`` if it is no list."""
    sums: dict[str, bytes] = {}
    try:
        lines = data.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise SignatureError(f"{SUMS} is not UTF-8") from error
    for number, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line)
        if found is None or found.group(2) in sums:
            raise SignatureError(
                f"line {number} of {SUMS} is no checksum, or its name stood before"
            )
        sums[found.group(2)] = bytes.fromhex(found.group(1))
    return sums


@dataclass(frozen=True, slots=True)
class Differences:
    """Names of files that are not what the list says, not there, or not in the list."""

    changed: tuple[str, ...]
    missing: tuple[str, ...]
    unlisted: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.changed or self.missing or self.unlisted)


def compare(sums: Mapping[str, bytes], found: Mapping[str, bytes]) -> Differences:
    """What differs between the list and the SHA-256 ``found`` of the files that are there."""
    there = {name: digest for name, digest in found.items() if name not in UNLISTED}
    return Differences(
        changed=tuple(sorted(n for n, digest in there.items() if sums.get(n, digest) != digest)),
        missing=tuple(sorted(sums.keys() - there.keys())),
        unlisted=tuple(sorted(there.keys() - sums.keys())),
    )
