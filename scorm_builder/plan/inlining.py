"""Files as ``data:`` addresses, for documents that may not or cannot ask for another file.

A document is rendered with a place where each such address is to be: pages may name no ``data:``
address (content.cleaning), and what the files weigh is known before any of them is read.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from content.media import MEDIA_TYPES, extension
from content.model import MediaFile
from scorm_builder.errors import unreadable

_PLACE = re.compile(r"media/in-this-file-\d+\.here")


class Inlining:
    """The places given out in one document, by media path."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}

    def place(self, path: str) -> str:
        """What stands for the file at ``path`` until ``fill``."""
        return self._places.setdefault(path, f"media/in-this-file-{len(self._places)}.here")

    def __contains__(self, file: MediaFile) -> bool:
        return file.path in self._places

    def added_size(self, text: str, files: Iterable[MediaFile]) -> int:
        """How much longer ``fill`` makes ``text``, from the files' sizes alone."""
        uses = Counter(_PLACE.findall(text))
        places = ((self._places[file.path], _size(file)) for file in files if file in self)
        return sum((size - len(place)) * uses[place] for place, size in places)

    def fill(self, text: str, files: Iterable[MediaFile]) -> str:
        """``text`` with each of ``files`` in its places."""
        addresses = {self._places[file.path]: data_url(file) for file in files if file in self}
        return _PLACE.sub(lambda found: addresses[found[0]], text)


def data_url(file: MediaFile) -> str:
    """``file`` as an address. Raises ``BuildError`` where it cannot be read."""
    return f"data:{_type(file)};base64,{b64encode(read(file.source)).decode('ascii')}"


def read(source: Path) -> bytes:
    """What is in ``source``. Raises ``BuildError`` where it cannot be read."""
    try:
        return source.read_bytes()
    except OSError as error:
        raise unreadable(source, error) from error


def _size(file: MediaFile) -> int:
    return len(f"data:{_type(file)};base64,") + encoded_size(file.size)


def encoded_size(size: int) -> int:
    """How long ``size`` bytes are in base64."""
    return 4 * -(-size // 3)


def _type(file: MediaFile) -> str:
    return MEDIA_TYPES.get(extension(file.path), "application/octet-stream")
