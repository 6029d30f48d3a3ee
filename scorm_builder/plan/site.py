"""A document and its files, without an LMS: to open from a disk, or from a web server."""

from __future__ import annotations

from scorm_builder.entries import Entry
from scorm_builder.order import Order
from scorm_builder.plan.documents import documents_of, player_entries


def entries(order: Order) -> tuple[Entry, ...]:
    """Sorted by name."""
    (document,) = documents_of(order, {})
    found = (*document.own, *document.media, *player_entries(order))
    return tuple(sorted(found, key=lambda entry: entry.name))
