"""The one tree of a cartridge: a root item, folders, and what learners open."""

from __future__ import annotations

from collections.abc import Mapping

from scorm_builder.manifest.tree import Element
from scorm_builder.verify.cartridge.versions import Version, kind_of
from scorm_builder.verify.findings import Findings
from scorm_builder.verify.manifest import NAME


def check_organization(
    root: Element, version: Version, resources: Mapping[str, Element], findings: Findings
) -> None:
    """CC 3.5: at most one organization, rooted; folders open nothing, leaves a resource."""
    organizations = list(root.iter(version.cp("organization")))
    if len(organizations) > 1:
        findings.report(
            "cartridge.organization",
            NAME,
            f"{len(organizations)} organizations",
            at=organizations[1],
        )
    for organization in organizations[:1]:
        structure = organization.get("structure")
        if structure != "rooted-hierarchy":
            findings.report(
                "cartridge.organization",
                NAME,
                f"the organization's structure is «{structure or ''}»",
                at=organization,
            )
        _tree(organization, version, findings)
    for item in root.iter(version.cp("item")):
        wanted = item.get("identifierref")
        target = resources.get(wanted or "")
        if wanted and target is None:
            findings.report("cartridge.reference", NAME, f"«{wanted}» names no resource", at=item)
        elif target is not None and (kind_of(target, version) or ("",))[0] == "bank":
            findings.report("cartridge.reference", NAME, f"«{wanted}» is a question bank", at=item)
        if wanted and item.find(version.cp("item")) is not None:
            findings.report(
                "cartridge.folder", NAME, "a folder that opens something itself", at=item
            )


def _tree(organization: Element, version: Version, findings: Findings) -> None:
    roots = organization.findall(version.cp("item"))
    wrong = len(roots) != 1 or (
        roots[0].get("identifierref") or roots[0].findtext(version.cp("title"))
    )
    if wrong:
        said = f"{len(roots)} items" if len(roots) != 1 else "a root item with title or reference"
        findings.report(
            "cartridge.root-item",
            NAME,
            f"{said} directly under the organization",
            at=roots[0] if len(roots) == 1 else organization,
        )
    for top in roots:
        for item in top.iter(version.cp("item")):
            if item is not top and not (item.findtext(version.cp("title")) or "").strip():
                findings.report("cartridge.title", NAME, "an item without title", at=item)
