"""One file of an output."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from content.render.document import PlacedPage

#: Extensions that shrink under deflate. Everything else (images, sound, video, PDF, office files)
#: is compressed already: stored, it is neither read twice nor held.
TEXTUAL = frozenset({"css", "csv", "html", "js", "json", "md", "svg", "txt", "vtt", "xml", "xsd"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a package: bytes in hand, or a file to stream from. ``pages`` say where, counted
    in characters, what stands in a document."""

    name: str
    data: bytes | None = None
    source: Path | None = None
    pages: tuple[PlacedPage, ...] = ()

    @property
    def deflated(self) -> bool:
        return self.name.rpartition(".")[2].lower() in TEXTUAL
