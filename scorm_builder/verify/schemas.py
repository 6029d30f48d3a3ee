"""Our renditions of the standards' schemas (docs/decisions/0003), and judging a file by them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree

from scorm_builder.formats import (
    ADLCP_12,
    ADLCP_2004,
    ADLNAV_2004,
    ADLSEQ_2004,
    IMSCP_12,
    IMSCP_2004,
    IMSSS_2004,
)
from scorm_builder.manifest.tree import Element
from scorm_builder.verify.findings import Findings, way_to

CMI5 = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"

#: By kind: the folder, and each namespace with its file. All of a kind count together.
SETS = {
    "scorm12": ("scorm12", {IMSCP_12: "imscp_rootv1p1p2.xsd", ADLCP_12: "adlcp_rootv1p2.xsd"}),
    "scorm2004": (
        "scorm2004",
        {
            IMSCP_2004: "imscp_v1p1.xsd",
            ADLCP_2004: "adlcp_v1p3.xsd",
            ADLSEQ_2004: "adlseq_v1p3.xsd",
            ADLNAV_2004: "adlnav_v1p3.xsd",
            IMSSS_2004: "imsss_v1p0.xsd",
        },
    ),
    "cmi5": ("cmi5", {CMI5: "CourseStructure.xsd"}),
}
#: What the cartridges' schema has in place of their namespace.
_ANY_CARTRIDGE = "urn:cartridge"
#: Looked at of a schema's complaints; a hostile file has any number.
_MOST = 200


def _folder(kind: str) -> Path:
    return Path(str(files("scorm_builder") / "schemas" / kind))


@cache
def _schema(kind: str) -> etree.XMLSchema:
    """``kind`` is one of ``SETS``, or the namespace of a cartridge's manifest."""
    parser = etree.XMLParser(no_network=True)
    if kind in SETS:
        folder, names = SETS[kind]
        imports = "".join(
            f'<xs:import namespace="{namespace}"'
            f' schemaLocation="{(_folder(folder) / name).as_uri()}"/>'
            for namespace, name in names.items()
        )
        text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
        return etree.XMLSchema(etree.fromstring(text, parser))
    source = _folder("cartridge") / "manifest.xsd"
    data = source.read_bytes().replace(_ANY_CARTRIDGE.encode(), kind.encode())
    return etree.XMLSchema(etree.fromstring(data, parser, base_url=source.as_uri()))


def validate(root: Element, kind: str, name: str, findings: Findings) -> None:
    """Every place where ``root`` departs from the schema of ``kind``, unless a rule has already
    called the element wrong."""
    schema = _schema(kind)
    if schema.validate(root):
        return
    log: Any = schema.error_log
    prefixes = {
        prefix: space for _, (prefix, space) in etree.iterwalk(root, events=("start-ns",)) if prefix
    }
    called_wrong, seen = frozenset(findings.faulty), set[str]()
    for entry in islice(log, _MOST):
        element = _element(root, entry.path, prefixes)
        # libxml2 says of a wrong value first what is wrong with it, then that it is wrong.
        subject = f"{entry.path} {entry.message.partition(':')[0]}"
        if subject in seen or (element is not None and way_to(element) in called_wrong):
            continue
        seen.add(subject)
        message = re.sub(r"\{[^{}]*\}", "", entry.message)
        if element is not None:
            findings.report("schema.invalid", name, message, at=element)
        else:
            findings.report("schema.invalid", name, message, line=entry.line)


def _element(root: Element, path: str | None, prefixes: Mapping[str, str]) -> Element | None:
    """The element that libxml2 means; None where a prefix stands for several namespaces."""
    try:
        found = root.getroottree().xpath(path, namespaces=prefixes) if path else []
    except etree.XPathError:
        return None
    if isinstance(found, list) and found and isinstance(found[0], etree._Element):
        return found[0]
    return None
