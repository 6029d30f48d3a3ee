"""The skeleton that the manifests of SCORM 1.2 and 2004 share (IMS Content Packaging).

    manifest / metadata
             / organizations / organization / item (root, not launchable) / item (the SCO)
             / resources / resource (the SCO and all it needs), resource (schemas, metadata)

The one root item above the leaf is there for Moodle, which shows its activity's name and keeps its
table of contents right only so (see eXeLearning's ManifestItems); a leaf that launches and a parent
that does not is what CAM asks of items (SCORM 1.2 CAM 2.3.2.3, SCORM 2004 4th ed. CAM 3.4.1.9).
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from scorm_builder.formats import XSI, Format
from scorm_builder.manifest.facts import PackageFacts
from scorm_builder.manifest.tree import Element, child, default_namespace, title


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The parts that a format adds to."""

    manifest: Element
    organization: Element
    root_item: Element
    item: Element


def skeleton(
    form: Format,
    facts: PackageFacts,
    *,
    imscp: str,
    adlcp: str,
    type_attribute: str,
    **prefixes: str,
) -> Skeleton:
    """The manifest with ``imscp`` as its default namespace; ``type_attribute`` is ADL's spelling of
    scormtype. The prefixes are literally these, for readers that go by letters (Moodle)."""
    manifest = etree.Element(
        f"{{{imscp}}}manifest",
        {
            "identifier": facts.manifest_id,
            "version": facts.version,
            f"{{{XSI}}}schemaLocation": form.schema_location,
        },
        nsmap=default_namespace(imscp, adlcp=adlcp, **prefixes, xsi=XSI),
    )
    metadata = child(manifest, "metadata")
    child(metadata, "schema", "ADL SCORM")
    child(metadata, "schemaversion", form.schemaversion)
    for name in facts.support:
        if name.endswith(".xml"):
            child(metadata, "location", name, namespace=adlcp)

    organizations = child(manifest, "organizations", attributes={"default": facts.organization_id})
    organization = child(
        organizations, "organization", attributes={"identifier": facts.organization_id}
    )
    title(organization, facts.title)
    root_item = child(organization, "item", attributes={"identifier": facts.root_id})
    title(root_item, facts.course_title)
    item = child(
        root_item, "item", attributes={"identifier": facts.item_id, "identifierref": facts.sco_id}
    )
    title(item, facts.title)

    resources = child(manifest, "resources")
    scorm_type = f"{{{adlcp}}}{type_attribute}"
    sco = child(
        resources,
        "resource",
        attributes={
            "identifier": facts.sco_id,
            "type": "webcontent",
            scorm_type: "sco",
            "href": facts.launch,
        },
    )
    support = child(
        resources,
        "resource",
        attributes={"identifier": facts.support_id, "type": "webcontent", scorm_type: "asset"},
    )
    for resource, names in ((sco, facts.content), (support, facts.support)):
        for name in names:
            child(resource, "file", attributes={"href": name})
    return Skeleton(manifest, organization, root_item, item)
