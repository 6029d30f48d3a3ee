"""Fonts with only the characters that an output shows, so that weak links carry little.

fontTools is loaded only where a course has a font. What was made is kept by content; a font is
subset once for the same characters.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from content.media import FONTS, extension
from content.model import MediaFile
from content.render import RenderedDocument
from scorm_builder.cache import cache_folder
from scorm_builder.errors import BuildError

#: Of this module's work: another one makes other fonts.
_VERSION = 1
_LARGEST = 16 << 20
#: What a learner types, and what scripts write: figures, names.
_ALWAYS = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180), 0x2013, 0x2014, 0x2019)))
_ARABIC = frozenset(map(chr, (*range(0x60C, 0x660), *range(0x660, 0x670))))


def with_small_fonts(document: RenderedDocument) -> RenderedDocument:
    """``document`` with each font replaced by one that has its characters alone.

    Raises ``BuildError`` for a font that cannot be read.
    """
    if not any(extension(file.path) in FONTS for file in document.media):
        return document
    characters = characters_of((document.html, *(text for _, text in document.scripts)))
    media = tuple(
        _small(file, characters) if extension(file.path) in FONTS else file
        for file in document.media
    )
    return replace(document, media=media)


def characters_of(texts: Iterable[str]) -> str:
    """The characters in ``texts``, and those that are to be there in any case, sorted. Where there
    is Arabic, all of its letters and marks, whose joined forms come with them."""
    shown = set().union(*texts) | _ALWAYS
    if shown & _ARABIC:
        shown |= _ARABIC
    return "".join(sorted(char for char in shown if unicodedata.category(char) not in ("Cc", "Cs")))


def _small(file: MediaFile, characters: str) -> MediaFile:
    from scorm_builder.media.store import Store

    try:
        size = file.source.stat().st_size
        original = file.source.read_bytes() if size <= _LARGEST else b""
    except OSError as error:
        raise BuildError(
            f"{file.path} cannot be read: {error.strerror or error}", "check its permissions"
        ) from error
    if not original:
        raise BuildError(
            f"the font {file.path} has {size:,} bytes; {_LARGEST:,} are allowed",
            "use the .woff2 of one weight",
        )
    digest = hashlib.sha256(f"{_VERSION} {characters}\0".encode() + original).hexdigest()
    store = Store(cache_folder() / "fonts")

    def work(folder: Path) -> dict[str, Any]:
        (folder / "font").write_bytes(subset(original, characters, file.path))
        return {}

    kept = store.find(digest) or store.make(digest, work)
    made = kept.folder / "font"
    return replace(file, source=Path(made), size=made.stat().st_size)


def subset(original: bytes, characters: str, name: str) -> bytes:
    """The font, in its own container, with ``characters`` and all that shaping them needs."""
    import logging
    from io import BytesIO

    from fontTools import subset as tools  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    # It tells of each table that it does not know and leaves out.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    options = tools.Options()
    # Ligatures and joined forms, marks and their places: Arabic is not read without them.
    options.layout_features = ["*"]
    options.name_IDs = ["*"]  # Licence and maker go with the font.
    options.notdef_outline = True
    options.recalc_timestamp = False
    try:
        font = TTFont(BytesIO(original), recalcTimestamp=False)
        options.flavor = font.flavor
        subsetter = tools.Subsetter(options)
        subsetter.populate(text=characters)
        subsetter.subset(font)
        made = BytesIO()
        font.save(made)
    except Exception as error:
        # fontTools raises whatever a damaged table leads to.
        raise BuildError(
            f"the font {name} cannot be read: {str(error)[:200] or type(error).__name__}",
            "use the font's .woff2, .ttf or .otf file as its maker gives it",
        ) from error
    return made.getvalue()
