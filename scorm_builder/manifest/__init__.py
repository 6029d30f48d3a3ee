"""Manifests and metadata, built as trees with lxml: never from strings."""

from __future__ import annotations

from scorm_builder.formats import SCORM12, Format
from scorm_builder.manifest.facts import PackageFacts

#: Names of the two files at a package's root that this room writes.
MANIFEST = "imsmanifest.xml"
METADATA = "metadata.xml"


def write_manifest(form: Format, facts: PackageFacts) -> bytes:
    """``imsmanifest.xml`` for a package of these facts. Lists exactly its files."""
    from scorm_builder.manifest import scorm12, scorm2004

    if form is SCORM12:
        return scorm12.manifest(facts)
    return scorm2004.manifest(form, facts)


def write_metadata(form: Format, facts: PackageFacts) -> bytes:
    """The LOM record in the binding of the format: IMS MD 1.2.1 or IEEE LOM."""
    from scorm_builder.manifest import imsmd, lom

    if form is SCORM12:
        return imsmd.metadata(facts)
    return lom.metadata(facts)
