"""The documents of an output, each with its own entries, and the entries that they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from content.model import MediaFile, Unit
from content.render import RenderedDocument, player_files, render_document
from scorm_builder.entries import Entry
from scorm_builder.names import archive_name
from scorm_builder.order import Order

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


def documents_of(
    order: Order, config: Callable[[Unit | None], Mapping[str, object]] = lambda _unit: {}
) -> tuple[Document, ...]:
    """One document of everything, or, where the order is divided, one a unit. ``config`` gives the
    adapter's settings, for a unit or for everything."""
    if not order.divided:
        return (_document(order, order.units, "", config(order.unit)),)
    return tuple(
        _document(order, (unit,), f"units/{unit.id}/", config(unit)) for unit in order.units
    )


def shared_entries(order: Order) -> tuple[Entry, ...]:
    """The player."""
    return tuple(
        Entry(f"player/{file.name}", source=Path(file.source))
        for file in player_files(order.form.medium)
    )


def media_name(path: str) -> str:
    """Where a course's media file lies in an output."""
    return "media/" + archive_name(path)


def rendered(
    order: Order,
    units: Sequence[Unit],
    *,
    player_base: str,
    media_url: Callable[[str], str],
    config: Mapping[str, object],
) -> RenderedDocument:
    """The document of ``units``, as this order's format shows it."""
    return render_document(
        order.course,
        language=order.language,
        units=units,
        medium=order.form.medium,
        player_base=player_base,
        media_url=media_url,
        keys=True,
        config=config,
    )


def once(media: Iterable[MediaFile]) -> tuple[MediaFile, ...]:
    """Each file once, whichever documents and languages use it."""
    return tuple({file.path: file for file in media}.values())


def _document(
    order: Order, units: Sequence[Unit], folder: str, config: Mapping[str, object]
) -> Document:
    up = "../" * folder.count("/")
    document = rendered(
        order,
        units,
        player_base=f"{up}player/",
        media_url=lambda path: up + media_name(path),
        config=config,
    )
    launch = folder + LAUNCH
    media = tuple(Entry(media_name(f.path), source=f.source) for f in once(document.media))
    own = (Entry(launch, data=document.html.encode("utf-8")),)
    return Document(tuple(units), launch, own, media)
