"""Parsing XML of unknown origin: no entities, no DTD, no network, bounded depth and size."""

from __future__ import annotations

from typing import Any

from lxml import etree

from scorm_builder.manifest.tree import Element
from scorm_builder.verify.findings import Findings

MAX_XML = 8 << 20
#: Elements and their ends together. The largest course that is known has some 20,000.
MAX_TAGS = 400_000
#: Elements side by side, where there is one such row. A resource lists no more files than a
#: package may have; and libxml2 counts all before an element in order to say where a fault is,
#: so that the work grows with the square of each row.
MAX_SIBLINGS = 25_000


def parse(data: bytes, name: str, findings: Findings) -> Element | None:
    """The root, or None with a finding. libxml2 bounds depth (256) and growth by itself."""
    if data.count(b"<") > MAX_TAGS:
        findings.report("xml.too-many", name, f"more than {MAX_TAGS:,} tags")
        return None
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line, column = getattr(error, "position", (0, 0)) or (0, 0)
        findings.report(
            "xml.malformed",
            name,
            f"not well-formed XML: {getattr(error, 'msg', None) or error}",
            line=line or 0,
            column=column or 0,
        )
        return None
    declared: Any = root.getroottree().docinfo.internalDTD
    if declared is not None and declared.entities():
        findings.report("xml.entities", name, "the file declares entities")
        return None
    if sum(len(element) ** 2 for element in root.iter(etree.Element)) > MAX_SIBLINGS**2:
        findings.report("xml.too-many", name, "too many elements side by side")
        return None
    return root
