"""The places of the list of checksums and of its signature: written last, of all that is there."""

from __future__ import annotations

from scorm_builder.entries import Entry
from scorm_builder.order import Order
from scorm_builder.signing import SIGNATURE, SUMS


def sums_entries(order: Order) -> tuple[Entry, ...]:
    """Entries that the archive fills; they stand behind all others. None where the format has no
    place for further files."""
    if not order.form.listed:
        return ()
    return (Entry(SUMS), Entry(SIGNATURE)) if order.signed else (Entry(SUMS),)
