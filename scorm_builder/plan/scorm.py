"""What a SCORM package holds: manifest, metadata, schemas; documents, player, media."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scorm_builder.entries import Entry
from scorm_builder.manifest import MANIFEST, METADATA, write_manifest, write_metadata
from scorm_builder.manifest.facts import Activity, gather
from scorm_builder.order import Order
from scorm_builder.plan.documents import Document, documents_of, launched, player_entries
from scorm_builder.plan.room import check_state_fits
from scorm_builder.plan.sums import sums_entries


def entries(order: Order) -> tuple[Entry, ...]:
    """The manifest first, the rest sorted by name."""
    form = order.form
    for units in launched(order):
        check_state_fits(order, units)
    documents = documents_of(order, {"suspend_limit": form.suspend_data})
    player = player_entries(order)
    activities, shared = divide(documents, player)
    schemas = [Entry(name, data=source.read_bytes()) for name, source in form.schema_files()]
    sums = sums_entries(order)
    facts = gather(
        order,
        activities,
        shared=shared,
        support=sorted([METADATA, *(entry.name for entry in (*schemas, *sums))]),
    )
    content = {entry.name: entry for d in documents for entry in (*d.own, *d.media)}
    rest = [*content.values(), *player, *schemas, Entry(METADATA, data=write_metadata(form, facts))]
    manifest = Entry(MANIFEST, data=write_manifest(form, facts))
    return (manifest, *sorted(rest, key=lambda entry: entry.name), *sums)


def divide(
    documents: Sequence[Document], player: Sequence[Entry]
) -> tuple[list[Activity], list[str]]:
    """What each document alone needs, and what several need: one document needs everything."""
    everywhere = [entry.name for entry in player]
    users = Counter(entry.name for document in documents for entry in document.media)
    users.update(everywhere * len(documents))
    shared = {name for name, count in users.items() if count > 1}
    activities = []
    for document in documents:
        needed = {entry.name for entry in (*document.own, *document.media)} | set(everywhere)
        files = tuple(sorted(needed - shared))
        activities.append(Activity(document.units, document.launch, files))
    return activities, sorted(shared)
