"""A document and its files, without an LMS: to open from a disk, or from a web server."""

from __future__ import annotations

import hashlib
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
from scorm_builder.errors import BuildError
from scorm_builder.order import Order
from scorm_builder.plan.documents import documents_of, player_entries
from scorm_builder.plan.sums import sums_entries


def entries(order: Order) -> tuple[Entry, ...]:
    """Sorted by name; the list of checksums last."""
    (document,) = documents_of(order, {})
    shell = (*document.own, *player_entries(order))
    app = _app(order, shell, document.media) if order.form.medium == "web" else ()
    found = sorted((*shell, *document.media, *app), key=lambda entry: entry.name)
    return (*found, *sums_entries(order))


def _app(order: Order, shell: Iterable[Entry], media: Iterable[Entry]) -> tuple[Entry, Entry]:
    """What makes a site an app: its manifest, and the worker that knows every file by its hash, so
    that a file that came whole over a weak link is never fetched again."""
    subject = order.unit or order.course
    text = app_manifest(subject.title[order.language], order.language, player_base="player/")
    manifest = Entry(APP_MANIFEST, data=text.encode("utf-8"))
    worker = service_worker(order.course.id, _kept((*shell, manifest)), _kept(media))
    return manifest, Entry(WORKER, data=worker.encode("utf-8"))


def _kept(found: Iterable[Entry]) -> Iterator[KeptFile]:
    for entry in found:
        if entry.data is not None:
            yield KeptFile(entry.name, hashlib.sha256(entry.data).hexdigest(), len(entry.data))
        elif entry.source is not None:
            yield _kept_file(entry.name, entry.source)


def _kept_file(name: str, source: Path) -> KeptFile:
    try:
        with source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return KeptFile(name, digest, file.tell())
    except OSError as error:
        raise BuildError(
            f"{source} cannot be read: {error.strerror or error}",
            "the file may have been moved while the package was being built; build again",
        ) from error
