"""Resources: what can be launched, and what a resource depends on."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from scorm_builder.manifest.tree import Element
from scorm_builder.verify.edition import Edition
from scorm_builder.verify.findings import Findings
from scorm_builder.verify.manifest import NAME

EXTERNAL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:|//)")


def check_resources(root: Element, edition: Edition, findings: Findings) -> dict[str, Element]:
    """Every <resource> by its rules; returns them by identifier, the last one counting."""
    resources = {r.get("identifier", ""): r for r in root.iter(edition.cp("resource"))}
    launched = {item.get("identifierref") for item in root.iter(edition.cp("item"))}
    for identifier, resource in resources.items():
        _launching(resource, identifier, identifier in launched, edition, findings)
        _files(resource, edition, findings)
        _dependencies(resource, resources, edition, findings)
    return resources


def plain(href: str) -> str:
    """``href`` without query and fragment."""
    return re.split(r"[?#]", href, maxsplit=1)[0]


def _launching(
    resource: Element, identifier: str, launched: bool, edition: Edition, findings: Findings
) -> None:
    kind = resource.get("type")
    if launched and kind is not None and kind != "webcontent":
        findings.report(
            "manifest.resource-type",
            NAME,
            f"the resource «{identifier}» is launched but of type «{kind}»",
            at=resource,
        )
    scorm_type = resource.get(edition.scorm_type)
    if (launched or kind == "webcontent") and scorm_type not in ("sco", "asset"):
        written = etree.QName(edition.scorm_type).localname
        wrong = f"has the {written} «{scorm_type}»" if scorm_type else f"has no adlcp:{written}"
        findings.report(
            "manifest.scormtype", NAME, f"the resource «{identifier}» {wrong}", at=resource
        )
    if not resource.get("href") and (launched or scorm_type == "sco"):
        findings.report(
            "manifest.no-href",
            NAME,
            f"the resource «{identifier}» is {'launched' if launched else 'a SCO'} but has no href",
            at=resource,
        )


def _files(resource: Element, edition: Edition, findings: Findings) -> None:
    href = resource.get("href")
    if not href or EXTERNAL.match(href):
        return
    listed = {plain(file.get("href", "")) for file in resource.iterfind(edition.cp("file"))}
    if plain(href) not in listed:
        findings.report(
            "manifest.href-not-listed",
            NAME,
            f"the start page «{href}» is not among the resource's <file> elements",
            at=resource,
        )
    if "." not in plain(href).rpartition("/")[2]:
        findings.report(
            "manifest.extension", NAME, f"the start page «{href}» has no extension", at=resource
        )


def _dependencies(
    resource: Element, resources: Mapping[str, Element], edition: Edition, findings: Findings
) -> None:
    for dependency in resource.iterfind(edition.cp("dependency")):
        wanted = dependency.get("identifierref")
        if wanted is not None and wanted not in resources:
            findings.report(
                "manifest.dependency",
                NAME,
                f"the dependency «{wanted}» names no resource",
                at=dependency,
            )
