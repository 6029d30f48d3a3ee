"""Lengths: what every LMS has to bear, which is all that one can rely on."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from scorm_builder.manifest.tree import Element
from scorm_builder.verify.edition import Edition
from scorm_builder.verify.findings import Findings
from scorm_builder.verify.manifest import NAME

#: 2004 CAM 3.4 («smallest permitted maximum»); SCORM 1.2 CAM 2.3 and its schemas.
_COMMON = {
    "title": 200,
    "version": 20,
    "parameters": 1000,
    "href": 2000,
    "identifierref": 2000,
    "type": 1000,
    "structure": 200,
    "schema": 100,
    "schemaversion": 20,
    "xml:base": 2000,
}
_BY_KIND = {
    "scorm12": _COMMON | {"datafromlms": 255, "prerequisites": 200},
    "scorm2004": _COMMON | {"dataFromLMS": 4000, "location": 2000, "targetID": 4000},
}
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ATTRIBUTES = ("version", "parameters", "href", "identifierref", "type", "structure", "targetID")


def check_lengths(root: Element, edition: Edition, findings: Findings) -> None:
    """No text of SCORM's own elements longer than it may be."""
    limits = _BY_KIND[edition.kind]
    for what, text, element in _measured(root, edition):
        limit = limits.get(what)
        if limit is not None and len(text) > limit:
            findings.report(
                "manifest.too-long",
                NAME,
                f"{what} of {len(text):,} characters, {limit:,} at most",
                at=element,
            )


def _measured(root: Element, edition: Edition) -> Iterator[tuple[str, str, Element]]:
    spaces = (edition.imscp, edition.adlcp)
    for element in root.iter(etree.Element):
        tag = etree.QName(element)
        if tag.namespace not in spaces:
            continue
        yield tag.localname, element.text or "", element
        for attribute in _ATTRIBUTES:
            if attribute in element.attrib:
                yield attribute, element.get(attribute, ""), element
        if base := element.get(_XML_BASE):
            yield "xml:base", base, element
