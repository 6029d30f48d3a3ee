"""A document and its files, without an LMS: to open from a disk, or from a web server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from content.render.offline import (
    APP_MANIFEST,
    WORKER,
    KeptFile,
    app_manifest,
    service_worker,
)
from scorm_builder.entries import Entry
from scorm_builder.errors import unreadable
from scorm_builder.ledger import Fact, Ledger
from scorm_builder.order import Order
from scorm_builder.plan.documents import documents_of, player_entries
from scorm_builder.plan.sums import sums_entries


def entries(order: Order, ledger: Ledger | None = None) -> tuple[Entry, ...]:
    """Sorted by name; the list of checksums last. ``ledger`` knows what is in the files."""
    (document,) = documents_of(order, {})
    shell = (*document.own, *player_entries(order))
    app: tuple[Entry, ...] = ()
    if order.form.medium == "web":
        app = _app(order, ledger or Ledger(), shell, document.media)
    found = sorted((*shell, *document.media, *app), key=lambda entry: entry.name)
    return (*found, *sums_entries(order))


def _app(
    order: Order, ledger: Ledger, shell: Iterable[Entry], media: Iterable[Entry]
) -> tuple[Entry, Entry]:
    """What makes a site an app: its manifest, and the worker that knows every file by its hash, so
    that a file that came whole over a weak link is never fetched again."""
    subject = order.unit or order.course
    text = app_manifest(
        subject.title[order.language],
        order.language,
        player_base="player/",
        theme=order.course.theme,
    )
    manifest = Entry(APP_MANIFEST, data=text.encode("utf-8"))
    needed = _kept((*shell, manifest), ledger)
    worker = service_worker(order.course.id, needed, _kept(media, ledger))
    return manifest, Entry(WORKER, data=worker.encode("utf-8"))


def _kept(found: Iterable[Entry], ledger: Ledger) -> Iterator[KeptFile]:
    for entry in found:
        if entry.data is not None:
            fact = ledger.of_bytes(entry.data)
        elif entry.source is not None:
            fact = _look(entry.source, ledger)
        else:
            continue
        yield KeptFile(entry.name, fact.sha256.hex(), fact.size)


def _look(source: Path, ledger: Ledger) -> Fact:
    try:
        return ledger.fact(source)
    except OSError as error:
        raise unreadable(source, error) from error
