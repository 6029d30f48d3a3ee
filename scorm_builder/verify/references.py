"""The manifest against the archive: what it names must be there, what is there should be named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree

from scorm_builder.formats import FORMATS, XSI
from scorm_builder.manifest.tree import Element
from scorm_builder.verify.edition import Edition
from scorm_builder.verify.findings import Findings, line_of, printable, shown
from scorm_builder.verify.opening import Package

_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_EXTERNAL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:|//)")
#: Further namespaces whose schema must be in the package when the manifest uses them.
_METADATA_SCHEMAS = {
    "http://www.imsglobal.org/xsd/imsmd_rootv1p2p1": "imsmd_rootv1p2p1.xsd",
    "http://ltsc.ieee.org/xsd/LOM": "lom.xsd",
}


def check_references(
    root: Element, edition: Edition, package: Package, name: str, findings: Findings
) -> set[str]:
    """Check every reference; returns the names of the files that the manifest declares."""
    folded = {entry.casefold(): entry for entry in package.names}
    declared: set[str] = set()
    for href, element in _references(root, edition):
        _moodle_base(element, edition, name, findings)
        target = _resolve(href, element, name, findings)
        if target is None:
            continue
        declared.add(target)
        if target in package:
            continue
        other = folded.get(target.casefold())
        findings.error(
            "reference.missing" if other is None else "reference.case",
            name,
            f"«{href}» is not in the package" + (f", but «{other}» is" if other else ""),
            "make upper and lower case agree" if other else "add the file or drop the reference",
            line_of(element),
        )
    _schemas(root, edition, package, name, findings)
    return declared


def check_undeclared(package: Package, declared: set[str], findings: Findings) -> None:
    """Files that no resource lists may be lost when an LMS copies or exports the course."""
    extra = [
        entry
        for entry in package.names
        if entry not in declared
        and not (("/" not in entry) and entry.lower().endswith((".xsd", ".dtd", "imsmanifest.xml")))
        and not entry.startswith(("__MACOSX/", "common/", "extend/", "unique/", "vocab/"))
        and entry.rpartition("/")[2] not in {".DS_Store", "Thumbs.db", "desktop.ini"}
    ]
    for entry in extra:
        findings.doubt(
            "file.undeclared",
            printable(entry),
            "the file is in the package but in no resource",
            "list it as <file> in imsmanifest.xml, or leave it out",
        )


def _references(root: Element, edition: Edition) -> Iterator[tuple[str, Element]]:
    for tag in ("resource", "file"):
        for element in root.iter(edition.cp(tag)):
            if href := element.get("href"):
                yield href, element
    for element in root.iter(edition.adl("location")):
        if text := (element.text or "").strip():
            yield text, element


def _resolve(href: str, element: Element, name: str, findings: Findings) -> str | None:
    """The entry that ``href`` means (xml:base included); None where it leads outside."""
    line = line_of(element)
    if "\\" in href or href.startswith("/") or ".." in href.split("/"):
        findings.error(
            "reference.path",
            name,
            f"«{href}» is not a path inside the package",
            "write it relative to the manifest, with forward slashes, without «..»",
            line,
        )
        return None
    base = "".join(reversed([e.get(_XML_BASE, "") for e in (element, *element.iterancestors())]))
    full = base + re.split(r"[?#]", href, maxsplit=1)[0]
    if _EXTERNAL.match(full):
        findings.doubt(
            "reference.external",
            name,
            f"«{full}» lies outside the package",
            "put the file into the package: it must work without the network",
            line,
        )
        return None
    return unquote(full)


def _moodle_base(element: Element, edition: Edition, name: str, findings: Findings) -> None:
    parent = element.getparent()
    if (
        parent is not None
        and parent.tag == edition.cp("resources")
        and parent.get(_XML_BASE)
        and "lms.moodle-base" not in findings.counts
    ):
        findings.warning(
            "lms.moodle-base",
            name,
            "Moodle ignores xml:base on <resources>",
            "write full paths in href, or put xml:base on each <resource>",
            line_of(parent),
        )


def _schemas(
    root: Element, edition: Edition, package: Package, name: str, findings: Findings
) -> None:
    """ADL's fifth check: every controlling schema lies at the package's root."""
    hints = (root.get(f"{{{XSI}}}schemaLocation") or "").split()
    located = dict(zip(hints[::2], hints[1::2], strict=False))
    standard = dict(FORMATS[edition.kind].schemas) | _METADATA_SCHEMAS
    used = {etree.QName(element).namespace for element in root.iter(etree.Element)}
    used |= {etree.QName(key).namespace for e in root.iter(etree.Element) for key in e.attrib}
    wanted = {located.get(space, file) for space, file in standard.items() if space in used}
    wanted |= set(located.values())
    remote = sorted(place for place in wanted if _EXTERNAL.match(place))
    missing = sorted(wanted - set(remote) - set(package.names))
    if missing:
        findings.error(
            "schema.missing",
            name,
            f"schemas that the manifest goes by are not at the package's root: {shown(missing)}",
            "add them there; ADL's test suite refuses the package without",
            line_of(root),
        )
    if remote:
        findings.doubt(
            "schema.remote",
            name,
            f"schemas are named by network address: {shown(remote)}",
            "add them to the package's root and name them by file name",
            line_of(root),
        )
