"""``imsmanifest.xml`` of a cartridge: what it is, its outline, its resources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from scorm_builder.cartridge.version import Version
from scorm_builder.manifest.tree import Element, child, default_namespace, serialise, title
from scorm_builder.names import TITLE_LIMIT, xml_text


@dataclass(frozen=True, slots=True)
class Resource:
    """``files`` begin with the one that is opened; ``needs`` are identifiers of further ones."""

    identifier: str
    type: str
    files: tuple[str, ...]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the outline: a heading with items below it, or what ``resource`` identifies."""

    identifier: str
    title: str
    resource: str | None = None
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """What a cartridge says of itself, and all that stands in it."""

    identifier: str
    language: str
    title: str
    description: str
    keywords: tuple[str, ...]
    items: tuple[Item, ...]
    resources: tuple[Resource, ...]


def manifest(version: Version, outline: Outline) -> bytes:
    """CC §2 and §3: one organization, a rooted hierarchy whose root has no title."""
    root = etree.Element(
        f"{{{version.manifest}}}manifest",
        {"identifier": outline.identifier},
        nsmap=default_namespace(version.manifest, lomimscc=version.metadata),
    )
    metadata = child(root, "metadata")
    child(metadata, "schema", version.schema)
    child(metadata, "schemaversion", version.number)
    _general(metadata, version, outline)
    organizations = child(root, "organizations")
    organization = child(
        organizations,
        "organization",
        attributes={"identifier": "organization", "structure": "rooted-hierarchy"},
    )
    top = child(organization, "item", attributes={"identifier": "outline"})
    _items(top, outline.items)
    resources = child(root, "resources")
    for resource in outline.resources:
        _resource(resources, resource)
    return serialise(root)


def _general(metadata: Element, version: Version, outline: Outline) -> None:
    lom = child(metadata, "lom", namespace=version.metadata)
    general = child(lom, "general")
    _text(general, "title", outline.title, outline.language)
    child(general, "language", outline.language)
    _text(general, "description", outline.description, outline.language)
    for keyword in outline.keywords:
        _text(general, "keyword", keyword, outline.language)


def _text(parent: Element, name: str, text: str, language: str) -> None:
    child(child(parent, name), "string", xml_text(text, 1000), {"language": language})


def _items(parent: Element, items: Sequence[Item]) -> None:
    for item in items:
        attributes = {"identifier": item.identifier}
        if item.resource is not None:
            attributes["identifierref"] = item.resource
        element = child(parent, "item", attributes=attributes)
        title(element, xml_text(item.title, TITLE_LIMIT))
        _items(element, item.items)


def _resource(parent: Element, resource: Resource) -> None:
    attributes = {"identifier": resource.identifier, "type": resource.type}
    if resource.type == "webcontent":
        attributes["href"] = resource.files[0]
    element = child(parent, "resource", attributes=attributes)
    for name in resource.files:
        child(element, "file", attributes={"href": name})
    for identifier in resource.needs:
        child(element, "dependency", attributes={"identifierref": identifier})
