"""The skeleton that the manifests of SCORM 1.2 and 2004 share (IMS Content Packaging).

    manifest / metadata
             / organizations / organization / item (root, not launchable) / item (a SCO) …
             / resources / resource (a SCO and what it alone needs) …
                         / resource (what several SCOs need), resource (schemas, metadata)

The one root item above the leaves is there for Moodle, which shows its activity's name and keeps
its table of contents right only so (see eXeLearning's ManifestItems); leaves that launch and a
parent that does not is what CAM asks of items (SCORM 1.2 CAM 2.3.2.3, SCORM 2004 4th ed. CAM
3.4.1.9).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from scorm_builder.formats import XSI, Format
from scorm_builder.manifest.facts import PackageFacts, Sco
from scorm_builder.manifest.tree import Element, child, default_namespace, title


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The parts that a format adds to."""

    manifest: Element
    organization: Element
    root_item: Element
    items: tuple[tuple[Sco, Element], ...]


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
    items = tuple((sco, _item(root_item, sco)) for sco in facts.scos)
    _resources(manifest, facts, f"{{{adlcp}}}{type_attribute}")
    return Skeleton(manifest, organization, root_item, items)


def _item(parent: Element, sco: Sco) -> Element:
    # Visible is the default, but not to Open edX.
    names = {"identifier": sco.item_id, "identifierref": sco.resource_id, "isvisible": "true"}
    item = child(parent, "item", attributes=names)
    title(item, sco.title)
    return item


def _resources(manifest: Element, facts: PackageFacts, scorm_type: str) -> None:
    """Each entry stands in one resource; a SCO names the one it shares as a dependency. Assets need
    no ``href`` by the standard; ILIAS wants one."""
    resources = child(manifest, "resources")

    def resource(identifier: str, kind: str, files: Sequence[str], **more: str) -> Element:
        names = {"identifier": identifier, "type": "webcontent", scorm_type: kind, **more}
        element = child(resources, "resource", attributes=names)
        for name in files:
            child(element, "file", attributes={"href": name})
        return element

    for sco in facts.scos:
        element = resource(sco.resource_id, "sco", sco.files, href=sco.launch)
        if facts.shared:
            child(element, "dependency", attributes={"identifierref": facts.shared_id})
    if facts.shared:
        resource(facts.shared_id, "asset", facts.shared, href=_shown(facts.shared))
    resource(facts.support_id, "asset", facts.support, href=_shown(facts.support))


def _shown(files: Sequence[str]) -> str:
    """A file that an asset may name as its own: some readers want an ending."""
    return next(name for name in files if "." in name.rpartition("/")[2])
