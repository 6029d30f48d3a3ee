"""The parts of a manifest: ADL's profile rows on metadata, organizations and identifiers."""

from __future__ import annotations

from lxml import etree

from scorm_builder.manifest.tree import Element
from scorm_builder.verify.edition import Edition
from scorm_builder.verify.findings import Findings, line_of

NAME = "imsmanifest.xml"


def check_structure(root: Element, edition: Edition, findings: Findings) -> None:
    """What must be there once, and no identifier twice."""
    _parts(root, edition, findings)
    check_identifiers(root, NAME, findings)
    _organizations(root, edition, findings)


def check_identifiers(root: Element, name: str, findings: Findings) -> None:
    """SCORM and cartridges alike: ``identifier`` is an XML ID."""
    seen: dict[str, int] = {}
    for element in root.iter(etree.Element):
        identifier = element.get("identifier")
        if identifier is None:
            continue
        if identifier in seen:
            findings.report(
                "manifest.duplicate-id",
                name,
                f"the identifier «{identifier}» stands on line {seen[identifier]} already",
                at=element,
            )
        seen.setdefault(identifier, line_of(element))


def _parts(root: Element, edition: Edition, findings: Findings) -> None:
    for part in ("metadata", "organizations", "resources"):
        found = root.findall(edition.cp(part))
        if len(found) != 1:
            findings.report(
                "manifest.parts",
                NAME,
                f"{len(found)} <{part}> elements directly under <manifest>",
                at=found[1] if found else root,
            )
    metadata = root.find(edition.cp("metadata"))
    schema = (root.findtext(f"{edition.cp('metadata')}/{edition.cp('schema')}") or "").strip()
    if metadata is not None and schema != "ADL SCORM":
        findings.report("manifest.schema", NAME, f"<schema> is «{schema}»", at=metadata)
    for sub in root.findall(edition.cp("manifest")):
        findings.report("manifest.submanifest", NAME, "a manifest within the manifest", at=sub)


def _organizations(root: Element, edition: Edition, findings: Findings) -> None:
    path = f"{edition.cp('organizations')}/{edition.cp('organization')}"
    organizations = list(root.iterfind(path))
    for parent in root.iterfind(edition.cp("organizations")):
        if not organizations:
            findings.report("manifest.no-organization", NAME, "no <organization>", at=parent)
        default = parent.get("default")
        known = {organization.get("identifier") for organization in organizations}
        if organizations and default not in known and (default or edition.is_2004):
            findings.report(
                "manifest.default",
                NAME,
                f"the default organization «{default or ''}» is not there",
                at=parent,
            )
    for organization in organizations:
        if not title_of(organization, edition):
            findings.report(
                "manifest.title", NAME, "an organization without title", at=organization
            )
        if organization.find(edition.cp("item")) is None:
            findings.report(
                "manifest.no-item", NAME, "an organization without items", at=organization
            )


def title_of(element: Element, edition: Edition) -> str:
    return (element.findtext(edition.cp("title")) or "").strip()
