"""A manifest against the package: what it names must be there, what is there should be named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from lxml import etree

from scorm_builder.formats import XSI
from scorm_builder.manifest.tree import Element
from scorm_builder.verify.edition import Edition
from scorm_builder.verify.findings import Findings, shown
from scorm_builder.verify.opening import Package
from scorm_builder.verify.resources import EXTERNAL
from scorm_builder.verify.schemas import SETS

_IMPORT = re.compile(
    r"""<(?:\w{1,20}:)?(?:import|include|redefine)\s[^<>]{0,500}?\bschemaLocation\s*=\s*["']"""
    r"""([^"'<>]{1,500})["']"""
)
_MAX_SCHEMA = 1 << 20
_MOST_SCHEMAS = 100
_MAX_BASE = 4_000
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
#: Further namespaces whose schema must be in the package when the manifest uses them.
_METADATA_SCHEMAS = {
    "http://www.imsglobal.org/xsd/imsmd_rootv1p2p1": "imsmd_rootv1p2p1.xsd",
    "http://ltsc.ieee.org/xsd/LOM": "lom.xsd",
}
#: Beside these, nothing needs to be listed: schemas at the root and below it, and what says
#: whether the package is as it was made.
_BESIDE = re.compile(r"[^/]+\.(?:xsd|dtd)\Z|(?:common|extend|unique|vocab)/|SHA256SUMS", re.I)
_LITTER = re.compile(r"__MACOSX/|(?:.*/)?(?:\.DS_Store|Thumbs\.db|desktop\.ini)\Z")


def check_references(
    root: Element, edition: Edition, package: Package, name: str, findings: Findings
) -> set[str]:
    """Check every reference; returns the names of the files that the manifest declares."""
    folded = fold(package)
    declared: set[str] = set()
    for href, element in _references(root, edition):
        target = resolve(href, element, name, findings)
        if target is not None:
            declared.add(target)
            check_there(target, element, name, package, folded, findings)
    return declared


def fold(package: Package) -> Mapping[str, str]:
    """Names by their letters alone."""
    return {entry.casefold(): entry for entry in package.names}


def check_there(
    target: str,
    element: Element,
    name: str,
    package: Package,
    folded: Mapping[str, str],
    findings: Findings,
) -> bool:
    """Whether ``target`` is in the package, to the case."""
    if target in package:
        return True
    other = folded.get(target.casefold())
    if other is None:
        findings.report("reference.missing", name, f"«{target}» is not in the package", at=element)
    else:
        findings.report(
            "reference.case",
            name,
            f"«{target}» is not in the package, but «{other}» is",
            at=element,
        )
    return False


def check_undeclared(package: Package, declared: set[str], findings: Findings) -> None:
    """Files that no resource lists may be lost when an LMS copies or exports the course."""
    for entry in package.names:
        if entry not in declared and not _BESIDE.match(entry) and not _LITTER.match(entry):
            findings.report(
                "file.undeclared", entry, "the file is in the package but in no resource"
            )


def _references(root: Element, edition: Edition) -> Iterator[tuple[str, Element]]:
    for tag in ("resource", "file"):
        for element in root.iter(edition.cp(tag)):
            if href := element.get("href"):
                yield href, element
    for element in root.iter(edition.adl("location")):
        if text := (element.text or "").strip():
            yield text, element


def resolve(href: str, element: Element, name: str, findings: Findings) -> str | None:
    """The entry that ``href`` means (xml:base included); None where it leads outside."""
    if "\\" in href or href.startswith("/") or ".." in href.split("/"):
        findings.report(
            "reference.path", name, f"«{href}» is not a path inside the package", at=element
        )
        return None
    bases = [e.get(_XML_BASE, "") for e in (element, *element.iterancestors())]
    if sum(map(len, bases)) > _MAX_BASE:
        findings.report("reference.path", name, "an xml:base longer than any path", at=element)
        return None
    full = "".join(reversed(bases)) + re.split(r"[?#]", href, maxsplit=1)[0]
    if EXTERNAL.match(full):
        findings.report(
            "reference.external", name, f"«{full}» lies outside the package", at=element
        )
        return None
    return unquote(full)


def check_schemas(
    root: Element, edition: Edition, package: Package, name: str, findings: Findings
) -> None:
    """ADL's fifth check: every controlling schema lies at the package's root."""
    hints = (root.get(f"{{{XSI}}}schemaLocation") or "").split()
    located = dict(zip(hints[::2], hints[1::2], strict=False))
    standard = SETS[edition.kind][1] | _METADATA_SCHEMAS
    used = {etree.QName(element).namespace for element in root.iter(etree.Element)}
    used |= {etree.QName(key).namespace for e in root.iter(etree.Element) for key in e.attrib}
    wanted = {located.get(space, file) for space, file in standard.items() if space in used}
    wanted |= set(located.values())
    wanted |= _imported(wanted, package)
    remote = sorted(place for place in wanted if EXTERNAL.match(place))
    missing = sorted(wanted - set(remote) - set(package.names))
    if missing:
        findings.report(
            "schema.missing",
            name,
            f"schemas that the manifest goes by are not at the package's root: {shown(missing)}",
            at=root,
        )
    if remote:
        findings.report(
            "schema.remote",
            name,
            f"schemas are named by network address: {shown(remote)}",
            at=root,
        )


def _imported(wanted: set[str], package: Package) -> set[str]:
    """What the schemas that are there import and include in their turn."""
    found: set[str] = set()
    waiting = [name for name in wanted if name in package]
    while waiting:
        name = waiting.pop()
        if package.size(name) > _MAX_SCHEMA or (data := package.read(name, _MAX_SCHEMA)) is None:
            continue
        folder = name.rpartition("/")[0]
        for place in _IMPORT.findall(data.decode("utf-8", errors="replace")):
            # Schemas of the web itself (xml.xsd, XMLSchema) are often named by their address.
            target = place if not folder else f"{folder}/{place}"
            if EXTERNAL.match(place) or target in found | wanted or len(found) > _MOST_SCHEMAS:
                continue
            found.add(target)
            if target in package:
                waiting.append(target)
    return found
