"""What a cmi5 package holds: the course structure, documents, player and media."""

from __future__ import annotations

from scorm_builder.entries import Entry
from scorm_builder.manifest.cmi5 import NAME, course_structure
from scorm_builder.manifest.facts import Activity
from scorm_builder.order import Order
from scorm_builder.plan.documents import documents_of, player_entries
from scorm_builder.plan.sums import sums_entries


def entries(order: Order) -> tuple[Entry, ...]:
    """The course structure first, the rest sorted by name, the list of checksums last."""
    documents = documents_of(order, {})
    activities = [Activity(d.units, d.launch, tuple(e.name for e in d.own)) for d in documents]
    structure = Entry(NAME, data=course_structure(order, activities))
    content = {entry.name: entry for d in documents for entry in (*d.own, *d.media)}
    rest = sorted([*content.values(), *player_entries(order)], key=lambda entry: entry.name)
    return (structure, *rest, *sums_entries(order))
