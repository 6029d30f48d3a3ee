"""Fields that course.yaml and unit.yaml share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from content.choices import report_duplicates
from content.files import CourseFiles
from content.findings import Mark
from content.model import Named
from content.reader import Fields, Reading
from content.source import parse_yaml

_LICENCE = re.compile(r"[A-Za-z0-9.+-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a unit takes from its course unless it says otherwise, and the ids it may refer to
    (None where course.yaml could not be read)."""

    licence: str
    authors: tuple[str, ...]
    mastery_score: Decimal
    competences: tuple[str, ...] | None
    target_groups: tuple[str, ...] | None


def read_fields(files: CourseFiles, reading: Reading, path: str) -> Fields:
    """The mapping in the YAML file ``path``; ``broken`` and without fields after a problem."""
    text = files.text(path)
    mark = Mark(path)
    node = None
    if text is not None:
        before = reading.findings.count
        node = parse_yaml(text, mark, reading.findings)
        if node is None and reading.findings.count == before:
            reading.findings.error(
                mark, "file.empty", "the file is empty", "see the example in docs/course-format.md"
            )
    fields = Fields(reading, node, mark, path.rpartition("/")[2])
    fields.broken = fields.broken or node is None
    return fields


def read_licence(fields: Fields, default: str | None = None) -> str:
    text = fields.text("licence", required=default is None, default=default or "")
    if text and not _LICENCE.fullmatch(text):
        fields.wrong(
            "licence",
            "field.value",
            f"“{text[:60]}” is not an SPDX licence identifier",
            "write one such as CC-BY-SA-4.0 or CC-BY-4.0",
        )
    return text


def read_mastery(fields: Fields, default: Decimal) -> Decimal:
    score = fields.decimal("mastery_score", default)
    if 0 <= score <= 100:
        return score
    fields.wrong(
        "mastery_score",
        "field.value",
        "“mastery_score” must be from 0 to 100",
        "write the pass mark in percent, such as 70",
    )
    return default


def read_named(fields: Fields, key: str, kind: str) -> tuple[Named, ...]:
    children = fields.children(key, kind, required=False)
    named = []
    for child in children:
        named.append(Named(child.identifier(), child.localized("title")))
        child.done()
    report_duplicates(
        [(item.id, child.at("id")) for item, child in zip(named, children, strict=True)],
        fields,
        kind,
    )
    return tuple(named)
