"""Parsing XML of unknown origin: no entities, no DTD, no network, bounded depth and size."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from lxml import etree

from scorm_builder.formats import FORMATS
from scorm_builder.manifest.tree import Element
from scorm_builder.verify.findings import Findings

MAX_XML = 8 << 20


def parse(data: bytes, name: str, findings: Findings) -> Element | None:
    """The root, or None with a finding. libxml2 bounds depth (256) and growth by itself."""
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
        findings.add(
            "error",
            "xml.malformed",
            name,
            f"not well-formed XML: {getattr(error, 'msg', None) or error}",
            "mend the place named, or export again; outside UTF-8 the encoding must be declared",
            line=max(0, line or 0),
            column=max(0, column or 0),
        )
        return None
    declared: Any = root.getroottree().docinfo.internalDTD
    if declared is not None and declared.entities():
        findings.error(
            "xml.entities",
            name,
            "the file declares entities, which an importing LMS may be made to read files with",
            "write the text itself in place of each entity and remove the DOCTYPE",
        )
        return None
    return root


@cache
def _schema(kind: str) -> etree.XMLSchema:
    """Our renditions of one standard, all its namespaces together."""
    folder = Path(str(files("scorm_builder") / "schemas" / kind))
    imports = "".join(
        f'<xs:import namespace="{namespace}" schemaLocation="{(folder / name).as_uri()}"/>'
        for namespace, name in FORMATS[kind].schemas
    )
    driver = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    parser = etree.XMLParser(no_network=True)
    return etree.XMLSchema(etree.fromstring(driver, parser))


def validate(root: Element, kind: str, name: str, findings: Findings) -> None:
    """Every place where ``root`` departs from the schemas of ``kind`` (``Edition.kind``)."""
    schema = _schema(kind)
    if schema.validate(root):
        return
    log: Any = schema.error_log
    for entry in log:
        findings.add(
            "error",
            "schema.invalid",
            name,
            _readable(entry.message),
            f"the manifest must follow the schemas of {FORMATS[kind].title}",
            line=max(0, entry.line),
            column=max(0, entry.column),
        )


def _readable(message: str) -> str:
    """libxml2's message without its namespaces in braces."""
    for form in FORMATS.values():
        for namespace, _ in form.schemas:
            message = message.replace(f"{{{namespace}}}", "")
    return message
