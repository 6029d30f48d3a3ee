"""A course, a format and a language → the list of what a package holds. Pure.

The manifest is written from this very list, so that it can neither forget a file nor name one that
is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from content.model import MediaFile, Unit
from content.render import player_files, render_document
from content.render.budget import suspend_data_limit, suspend_data_size
from scorm_builder.entries import Entry
from scorm_builder.errors import BuildError
from scorm_builder.formats import Format
from scorm_builder.manifest import MANIFEST, METADATA, write_manifest, write_metadata
from scorm_builder.manifest.facts import gather
from scorm_builder.names import archive_name, package_name
from scorm_builder.order import Order

#: The one document: a page change must not end the LMS session.
LAUNCH = "index.html"


@dataclass(frozen=True, slots=True)
class PackagePlan:
    """A package to be: ``entries`` begin with the manifest, the rest sorted by name."""

    order: Order
    file_name: str
    entries: tuple[Entry, ...]


def plan_package(order: Order) -> PackagePlan:
    """Plan one package: the whole course in one document, or its unit alone."""
    course, form, language, unit = order.course, order.form, order.language, order.unit
    units = order.units
    _check_state_fits(units, form, language)
    document = render_document(
        course,
        language=language,
        units=units,
        medium=form.medium,
        player_base="player/",
        media_url=_media_name,
        keys=True,
        config={},
    )
    content = [Entry(LAUNCH, data=document.html.encode("utf-8"))]
    content += [
        Entry(f"player/{file.name}", source=Path(file.source)) for file in player_files(form.medium)
    ]
    content += [Entry(_media_name(file.path), source=file.source) for file in _once(document.media)]
    content.sort(key=lambda entry: entry.name)
    schemas = [Entry(name, data=source.read_bytes()) for name, source in form.schema_files()]
    facts = gather(
        course,
        unit,
        form,
        language,
        launch=LAUNCH,
        content=[entry.name for entry in content],
        support=sorted([METADATA, *(entry.name for entry in schemas)]),
    )
    entries = [*content, *schemas, Entry(METADATA, data=write_metadata(form, facts))]
    entries.sort(key=lambda entry: entry.name)
    _check_names(entries)
    manifest = Entry(MANIFEST, data=write_manifest(form, facts))
    file_name = package_name(course, unit, language, form)
    return PackagePlan(order, file_name, (manifest, *entries))


def _media_name(path: str) -> str:
    return "media/" + archive_name(path)


def _once(media: tuple[MediaFile, ...]) -> Iterator[MediaFile]:
    yield from {file.path: file for file in media}.values()


def _check_state_fits(units: Sequence[Unit], form: Format, language: str) -> None:
    """A learner's pages, answers and attempts must fit into ``cmi.suspend_data``, whatever they do
    (SCORM 1.2 RTE §3.4.2.2: 4,096 characters; SCORM 2004 4th edition RTE §4.2.22: 64,000)."""
    size, limit = suspend_data_size(units, language), suspend_data_limit(form.medium)
    if size > limit:
        raise BuildError(
            f"a learner's work may need {size:,} characters of suspend data, and {form.title} "
            f"has room for {limit:,}",
            "build the units one by one (--unit), allow fewer attempts, or build scorm2004",
        )


def _check_names(entries: list[Entry]) -> None:
    """Windows servers and some LMSs fold case: two names that differ in case only would be one."""
    seen: dict[str, str] = {}
    for entry in entries:
        other = seen.setdefault(entry.name.casefold(), entry.name)
        if other is not entry.name:
            raise BuildError(
                f"{other} and {entry.name} would be one file on servers that ignore case",
                "rename one of the two",
            )
