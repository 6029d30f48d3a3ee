"""A SCORM manifest and what it names, in the order of ADL's validator."""

from __future__ import annotations

from lxml import etree

from scorm_builder.manifest.tree import Element
from scorm_builder.verify.edition import Edition, check_prefixes, edition_of
from scorm_builder.verify.findings import Findings
from scorm_builder.verify.items import check_items
from scorm_builder.verify.limits import check_lengths
from scorm_builder.verify.manifest import NAME, check_structure
from scorm_builder.verify.objectives import check_objectives
from scorm_builder.verify.opening import Package
from scorm_builder.verify.references import check_references, check_schemas, check_undeclared
from scorm_builder.verify.resources import check_resources
from scorm_builder.verify.schemas import validate
from scorm_builder.verify.sequencing import check_navigation, check_sequencing
from scorm_builder.verify.xml import MAX_XML, parse


def verify_scorm(root: Element, package: Package, findings: Findings) -> Edition | None:
    """Every rule on the manifest ``root``; the edition, or None where it has none."""
    edition = edition_of(root, NAME, findings)
    if edition is None:
        return None
    check_prefixes(root, NAME, findings)
    check_structure(root, edition, findings)
    resources = check_resources(root, edition, findings)
    check_items(root, resources, edition, findings)
    check_lengths(root, edition, findings)
    if edition.is_2004:
        check_sequencing(root, edition, findings)
        check_objectives(root, findings)
        check_navigation(root, edition, findings)
    validate(root, edition.kind, NAME, findings)
    if package.whole:
        declared = check_references(root, edition, package, NAME, findings)
        check_schemas(root, edition, package, NAME, findings)
        check_undeclared(package, declared | {NAME}, findings)
        _metadata(root, edition, package, findings)
    return edition


def _metadata(root: Element, edition: Edition, package: Package, findings: Findings) -> None:
    """The records that ``adlcp:location`` names: XML, and a <lom>."""
    for location in root.iter(edition.adl("location")):
        name = (location.text or "").strip()
        if name not in package or (data := package.read(name, MAX_XML)) is None:
            continue
        record = parse(data, name, findings)
        if record is not None and etree.QName(record).localname != "lom":
            findings.report(
                "metadata.root", name, f"the root element is <{etree.QName(record).localname}>"
            )
