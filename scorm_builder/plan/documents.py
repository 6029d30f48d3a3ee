"""The documents of an output, each with its own entries, and the entries that they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from content.media import FONTS, extension
from content.model import MediaFile, Unit
from content.render import RenderedDocument, player_files, render_document
from scorm_builder.entries import Entry
from scorm_builder.fonts import with_small_fonts
from scorm_builder.names import archive_name
from scorm_builder.order import Order
from scorm_builder.plan.inlining import Inlining

#: The one document of what is launched: a page change must not end the LMS session.
LAUNCH = "index.html"


@dataclass(frozen=True, slots=True)
class Document:
    """``launch`` is the name of the document among its ``own`` entries; ``media`` may be others'
    too."""

    units: tuple[Unit, ...]
    launch: str
    own: tuple[Entry, ...]
    media: tuple[Entry, ...]


def launched(order: Order) -> list[Sequence[Unit]]:
    """The units of each document: one with everything, or, where the order is divided, one each."""
    return [(unit,) for unit in order.units] if order.divided else [order.units]


def documents_of(order: Order, config: Mapping[str, object]) -> tuple[Document, ...]:
    """Every document of the output. ``config`` is what the player's adapter is to know."""
    return tuple(
        _document(order, units, f"units/{units[0].id}/" if order.divided else "", config)
        for units in launched(order)
    )


def player_entries(order: Order) -> tuple[Entry, ...]:
    """The player, which all documents share."""
    return tuple(
        Entry(f"player/{file.name}", data=file.read()) for file in player_files(order.form.medium)
    )


def media_entry(file: MediaFile) -> Entry:
    return Entry(media_name(file.path), source=file.source)


def media_name(path: str) -> str:
    """Where a course's media file lies in an output."""
    return "media/" + archive_name(path)


def rendered(
    order: Order,
    units: Sequence[Unit],
    *,
    media_url: Callable[[str], str],
    config: Mapping[str, object],
    up: str = "",
) -> RenderedDocument:
    """The document of ``units`` as this order's format shows it; ``up`` leads from its folder to
    the player's."""
    document = render_document(
        order.course,
        language=order.language,
        languages=order.languages,
        units=units,
        medium=order.form.medium,
        player_base=f"{up}player/",
        media_url=media_url,
        keys=True,
        config=config,
        showing=order.showing,
    )
    return with_small_fonts(document)


def _document(
    order: Order, units: Sequence[Unit], folder: str, config: Mapping[str, object]
) -> Document:
    up = "../" * folder.count("/")
    inside = Inlining()

    def address(path: str) -> str:
        return inside.place(path) if _kept_inside(order, path) else up + media_name(path)

    document = rendered(order, units, up=up, media_url=address, config=config)
    texts = [(LAUNCH, document.html), *document.scripts]
    first, *others = (
        Entry(folder + name, data=inside.fill(text, document.media).encode("utf-8"))
        for name, text in texts
    )
    if not order.form.from_disk:
        first = replace(first, pages=document.pages)
    own = (first, *others)
    media = tuple(media_entry(file) for file in document.media if file not in inside)
    return Document(tuple(units), folder + LAUNCH, own, media)


def _kept_inside(order: Order, path: str) -> bool:
    """Captions and fonts stand inside a document that is opened from a disk: a file is another site
    to browsers, from which Chromium loads no track and Firefox neither (HTML 4.8.11.11.2; CSS Fonts
    4.8.2)."""
    return order.form.from_disk and extension(path) in {".vtt", *FONTS}
