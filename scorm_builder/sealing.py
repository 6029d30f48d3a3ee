"""A file that is signed as a whole: ``course.html.minisig`` lies beside ``course.html``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scorm_builder.minisign import PublicKey, SecretKey, SignatureError, prehashed
from scorm_builder.placing import draft_file
from scorm_builder.signing import beside

_PIECE = 1 << 20
#: What was signed without prehashing must be in memory to be checked.
_MAX_WHOLE = 64 << 20


@contextmanager
def signature_beside(draft: Path, target: Path, key: SecretKey) -> Iterator[Path]:
    """A draft of the signature of ``draft``, which is to become ``target``."""
    text = key.sign_digest(_digest_of(draft), f"file:{target.name}")
    with draft_file(beside(target)) as path:
        path.write_text(text, "utf-8")
        yield path


def verify_file(key: PublicKey, path: Path, signature: str) -> str:
    """The trusted comment of a signature of the file ``path``. Raises ``SignatureError`` where it
    is not this key's, or not of the file; and ``OSError`` where that cannot be read."""
    if prehashed(signature):
        return key.verify_digest(_digest_of(path), signature)
    with path.open("rb") as file:
        data = file.read(_MAX_WHOLE + 1)
    if len(data) > _MAX_WHOLE:
        raise SignatureError(
            "this old kind of signature is not checked for a file so large",
            "sign it anew with minisign 0.10 or later",
        )
    return key.verify(data, signature)


def _digest_of(path: Path) -> bytes:
    digest = hashlib.blake2b()
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.digest()
