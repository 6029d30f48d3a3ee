"""The rules of content packaging that no schema can say: ADL's profile rows, one function each.

SCORM 1.2 CAM 2.3.2, SCORM 2004 4th edition CAM 3.4 and 5.1, and the traps of real LMSs.
"""

from __future__ import annotations

import re

from lxml import etree

from scorm_builder.manifest.tree import Element
from scorm_builder.verify.edition import Edition
from scorm_builder.verify.findings import Findings, line_of
from scorm_builder.verify.limits import check_item_limits, check_lengths, check_objectives

NAME = "imsmanifest.xml"
_PARAMETERS = re.compile(r"[?&#]?[^\s?#]*(#\S*)?\Z")


def check_manifest(root: Element, edition: Edition, findings: Findings) -> None:
    """Every rule, on the whole manifest."""
    _parts(root, edition, findings)
    _identifiers(root, findings)
    _organizations(root, edition, findings)
    resources = {r.get("identifier", ""): r for r in root.iter(edition.cp("resource"))}
    for item in root.iter(edition.cp("item")):
        _item(item, resources, edition, findings)
    for resource in resources.values():
        _resource(resource, resources, edition, findings)
    check_lengths(root, edition, findings)
    if edition.is_2004:
        check_objectives(root, findings)


def _parts(root: Element, edition: Edition, findings: Findings) -> None:
    for part in ("metadata", "organizations", "resources"):
        count = len(root.findall(edition.cp(part)))
        if count != 1:
            findings.error(
                "manifest.parts",
                NAME,
                f"{count} <{part}> elements directly under <manifest>",
                "there must be exactly one",
                line_of(root),
            )
    schema = (root.findtext(f"{edition.cp('metadata')}/{edition.cp('schema')}") or "").strip()
    if schema != "ADL SCORM":
        findings.error(
            "manifest.schema",
            NAME,
            f"<schema> is «{schema}»",
            "it must be «ADL SCORM»",
            line_of(root),
        )
    for sub in root.findall(edition.cp("manifest")):
        findings.warning(
            "manifest.submanifest",
            NAME,
            "a manifest within the manifest",
            "most LMSs do not look into submanifests: bring everything into one",
            line_of(sub),
        )


def _identifiers(root: Element, findings: Findings) -> None:
    seen: dict[str, int] = {}
    for element in root.iter(etree.Element):
        identifier = element.get("identifier")
        if identifier is None:
            continue
        if identifier in seen:
            findings.error(
                "manifest.duplicate-id",
                NAME,
                f"the identifier «{identifier}» stands on line {seen[identifier]} already",
                "give each element one of its own; Moodle keeps only the last",
                line_of(element),
            )
        seen.setdefault(identifier, line_of(element))


def _organizations(root: Element, edition: Edition, findings: Findings) -> None:
    path = f"{edition.cp('organizations')}/{edition.cp('organization')}"
    organizations = list(root.iterfind(path))
    if not organizations:
        findings.error(
            "manifest.no-organization",
            NAME,
            "no <organization>: an LMS has nothing to launch",
            "add one, with a title and an item for each SCO",
            line_of(root),
        )
    for parent in root.iterfind(edition.cp("organizations")):
        default = parent.get("default")
        known = {organization.get("identifier") for organization in organizations}
        if organizations and default not in known and (default or edition.is_2004):
            findings.error(
                "manifest.default",
                NAME,
                f"the default organization «{default or ''}» is not there",
                "name the identifier of one of the organizations",
                line_of(parent),
            )
    for organization in organizations:
        if not _title(organization, edition):
            findings.error(
                "manifest.title",
                NAME,
                "an organization without title",
                "give it the course's title",
                line_of(organization),
            )
        if organization.find(edition.cp("item")) is None:
            findings.error(
                "manifest.no-item",
                NAME,
                "an organization without items",
                "add an item for each SCO",
                line_of(organization),
            )


def _item(
    item: Element, resources: dict[str, Element], edition: Edition, findings: Findings
) -> None:
    line = line_of(item)
    reference = item.get("identifierref")
    leaf = item.find(edition.cp("item")) is None
    if not _title(item, edition):
        findings.error("manifest.title", NAME, "an item without title", "give it one", line)
    if leaf and not reference:
        findings.error(
            "manifest.leaf",
            NAME,
            "an item without sub-items and without identifierref: a click on it does nothing",
            "name the resource that it launches, or remove it",
            line,
        )
    if not leaf and reference:
        say = findings.error if edition.is_2004 else findings.warning
        say(
            "manifest.branch",
            NAME,
            "an item with sub-items must not launch anything itself",
            "move its identifierref to a sub-item",
            line,
        )
    target = resources.get(reference or "")
    if reference and target is None:
        findings.error(
            "manifest.reference",
            NAME,
            f"identifierref «{reference}» names no resource: the item cannot be launched",
            "name the identifier of a <resource>",
            line,
        )
    if target is not None and not target.get("href"):
        findings.error(
            "manifest.no-href",
            NAME,
            f"the resource «{reference}» is launched but has no href",
            "name its start page",
            line_of(target),
        )
    if target is not None and target.get(edition.scorm_type) is None:
        findings.error(
            "manifest.scormtype",
            NAME,
            f"the resource «{reference}» has no {etree.QName(edition.scorm_type).localname}",
            "write «sco» or «asset»; Moodle takes it for an asset, which completes itself",
            line_of(target),
        )
    parameters = item.get("parameters")
    if parameters and not _PARAMETERS.match(parameters):
        findings.error(
            "manifest.parameters",
            NAME,
            f"parameters «{parameters}» cannot be appended to an address",
            "write ?name=value&name=value, or #part",
            line,
        )
    check_item_limits(item, target, edition, findings)


def _resource(
    resource: Element, resources: dict[str, Element], edition: Edition, findings: Findings
) -> None:
    href = resource.get("href")
    files = [file.get("href", "") for file in resource.iterfind(edition.cp("file"))]
    if href and not _external(href) and _plain(href) not in map(_plain, files):
        findings.error(
            "manifest.href-not-listed",
            NAME,
            f"the start page «{href}» is not among the resource's <file> elements",
            "repeat it as a <file>",
            line_of(resource),
        )
    if href and not _external(href) and "." not in _plain(href).rpartition("/")[2]:
        findings.warning(
            "manifest.extension",
            NAME,
            f"the start page «{href}» has no extension",
            "servers tell the type by the extension: name it .html",
            line_of(resource),
        )
    for dependency in resource.iterfind(edition.cp("dependency")):
        if dependency.get("identifierref") not in resources:
            findings.error(
                "manifest.dependency",
                NAME,
                f"the dependency «{dependency.get('identifierref')}» names no resource",
                "name the identifier of a <resource>",
                line_of(dependency),
            )


def _title(element: Element, edition: Edition) -> str:
    return (element.findtext(edition.cp("title")) or "").strip()


def _plain(href: str) -> str:
    return re.split(r"[?#]", href, maxsplit=1)[0]


def _external(href: str) -> bool:
    return bool(re.match(r"(?:[A-Za-z][A-Za-z0-9+.-]*:|//)", href))
