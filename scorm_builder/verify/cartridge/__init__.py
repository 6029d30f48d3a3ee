"""A Common Cartridge: its manifest, and each file that a resource stands for."""

from __future__ import annotations

from scorm_builder.manifest.tree import Element
from scorm_builder.verify.cartridge.organization import check_organization
from scorm_builder.verify.cartridge.parts import check_part
from scorm_builder.verify.cartridge.resources import check_resources
from scorm_builder.verify.cartridge.versions import SCHEMAS, THIN, Version, version_of
from scorm_builder.verify.findings import Findings
from scorm_builder.verify.manifest import NAME, check_identifiers
from scorm_builder.verify.opening import Package
from scorm_builder.verify.references import check_undeclared
from scorm_builder.verify.schemas import validate

__all__ = ["verify_cartridge", "version_of"]


def verify_cartridge(root: Element, version: Version, package: Package, findings: Findings) -> str:
    """Every rule on the cartridge whose manifest is ``root``; the format's name."""
    thin = _schema(root, version, findings)
    check_identifiers(root, NAME, findings)
    resources = {r.get("identifier", ""): r for r in root.iter(version.cp("resource"))}
    check_organization(root, version, resources, findings)
    launched = {item.get("identifierref") for item in root.iter(version.cp("item"))}
    declared = check_resources(resources, version, package, findings, launched=launched, thin=thin)
    validate(root, version.namespace, NAME, findings)
    if package.whole:
        check_undeclared(package, declared | {NAME}, findings)
        for resource in resources.values():
            check_part(resource, version, package, findings)
    if thin:
        return "thincc" if version.name == "cc13" else f"thin{version.name}"
    return version.name


def _schema(root: Element, version: Version, findings: Findings) -> bool:
    """Whether the manifest says that it is thin."""
    metadata = root.find(version.cp("metadata"))
    if metadata is None:
        findings.report("cartridge.schema", NAME, "no <metadata> with a <schema>", at=root)
        return False
    schema = (metadata.findtext(version.cp("schema")) or "").strip()
    if schema not in SCHEMAS:
        findings.report("cartridge.schema", NAME, f"<schema> is «{schema}»", at=metadata)
    written = (metadata.findtext(version.cp("schemaversion")) or "").strip()
    if written != version.schemaversion:
        findings.report(
            "cartridge.version",
            NAME,
            f"<schemaversion> is «{written}» in the namespace of {version.schemaversion}",
            at=metadata,
        )
    return schema in THIN
