"""The next version of an archive, of which most is taken over as it stands in the last one."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterable

import deflate

from scorm_builder.copying import ChangedError
from scorm_builder.ledger import LEVEL
from scorm_builder.signing import SUMS, write_sums
from scorm_builder.zip_records import DEFLATED, STORED
from scorm_builder.zip_writing import Block, Text, ZipWriter


class Rewriting:
    """The next version of an archive, whose media stand in ``new`` already. Its texts are read from
    ``old``, the archive without its first ``missing`` bytes. ``replaced`` are the texts that
    differ; ``contents`` is the digest of all, once it is finished."""

    def __init__(self, old: int, new: int, media: Block, missing: int = 0) -> None:
        self.zipped = ZipWriter(new)
        self.zipped.pass_over(media)
        self.replaced: dict[str, bytes] = {}
        self.contents = ""
        self._old = old
        self._missing = missing
        self._sums = {name: sha256 for name, _, _, sha256 in media.parts}

    def take_over(self, text: Text) -> None:
        """As it stands; the list of checksums, which comes last, is made anew."""
        if text.name == SUMS:
            data = write_sums(self._sums)
            self.contents = hashlib.sha256(data).hexdigest()
            self._add(SUMS, data, data, STORED)
        else:
            self.zipped.add(text[:4], self._packed(text), text.method)
            self._sums[text.name] = text.sha256

    def replace(self, name: str, data: bytes) -> None:
        packed = bytes(deflate.deflate_compress(data, LEVEL))
        smaller = len(packed) < len(data)
        self._add(name, data, packed if smaller else data, DEFLATED if smaller else STORED)

    def unpacked(self, text: Text) -> bytes:
        packed = self._packed(text)
        data = zlib.decompress(packed, -zlib.MAX_WBITS) if text.method == DEFLATED else packed
        if hashlib.sha256(data).digest() != text.sha256:
            raise ChangedError
        return data

    def finish(self, names: Iterable[str]) -> None:
        self.zipped.finish(names)

    def _add(self, name: str, data: bytes, packed: bytes, method: int) -> None:
        sha256 = hashlib.sha256(data).digest()
        self._sums[name] = sha256
        self.replaced[name] = data
        self.zipped.add((name, len(data), deflate.crc32(data), sha256), packed, method)

    def _packed(self, text: Text) -> bytes:
        packed = os.pread(self._old, text.packed, text.at - self._missing)
        if len(packed) < text.packed:
            raise ChangedError
        return packed
