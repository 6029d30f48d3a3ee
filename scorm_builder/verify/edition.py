"""Which standard and edition a manifest follows (SCORM 1.2 CAM 2.3.2.1, 2004 CAM 3.4.1.3)."""

from __future__ import annotations

from dataclasses import dataclass

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
from scorm_builder.verify.findings import Findings, line_of

#: schemaversion to our name of the edition.
EDITIONS = {
    "1.2": "scorm12",
    "1.3": "scorm2004-2nd",
    "CAM 1.3": "scorm2004-2nd",
    "2004 2nd Edition": "scorm2004-2nd",
    "2004 3rd Edition": "scorm2004-3rd",
    "2004 4th Edition": "scorm2004",
}

#: Prefixes that LMSs look for by their letters, not by their namespace.
LITERAL_PREFIXES = {
    ADLCP_12: "adlcp",
    ADLCP_2004: "adlcp",
    ADLSEQ_2004: "adlseq",
    ADLNAV_2004: "adlnav",
    IMSSS_2004: "imsss",
}


@dataclass(frozen=True, slots=True)
class Edition:
    """``name`` as above; ``kind`` says whose schemas and rules apply; the two namespaces in use."""

    name: str
    kind: str
    imscp: str
    adlcp: str

    @property
    def is_2004(self) -> bool:
        return self.kind == "scorm2004"

    def cp(self, name: str) -> str:
        return f"{{{self.imscp}}}{name}"

    def adl(self, name: str) -> str:
        return f"{{{self.adlcp}}}{name}"

    @property
    def scorm_type(self) -> str:
        return self.adl("scormType" if self.is_2004 else "scormtype")


def edition_of(root: Element, name: str, findings: Findings) -> Edition | None:
    """The edition; None, with a finding, where this is no SCORM manifest."""
    tag = etree.QName(root)
    known = {IMSCP_12: "scorm12", IMSCP_2004: "scorm2004"}
    if tag.localname != "manifest" or tag.namespace not in known:
        findings.error(
            "manifest.not-scorm",
            name,
            f"the root element is <{tag.localname}> in the namespace «{tag.namespace or ''}»",
            f"it must be <manifest> in {IMSCP_12} (1.2) or {IMSCP_2004} (2004)",
            line_of(root),
        )
        return None
    kind = known[tag.namespace]
    space = tag.namespace
    version = (root.findtext(f"{{{space}}}metadata/{{{space}}}schemaversion") or "").strip()
    edition = EDITIONS.get(version)
    if edition is None:
        findings.error(
            "manifest.schemaversion",
            name,
            f"schemaversion is «{version}»" if version else "schemaversion is missing",
            "write one of: " + ", ".join(EDITIONS),
            line_of(root),
        )
        edition = kind
    elif not edition.startswith(kind):
        findings.error(
            "manifest.schemaversion",
            name,
            f"schemaversion «{version}» does not go with the namespace {space}",
            "LMSs go by one or the other: make them agree",
            line_of(root),
        )
        edition = kind
    if version == "2004 2nd Edition":
        findings.warning(
            "lms.moodle-edition",
            name,
            "Moodle reads «2004 2nd Edition» as SCORM 1.2",
            "write «CAM 1.3», which is what the second edition prescribes",
        )
    return Edition(edition, kind, space, ADLCP_12 if kind == "scorm12" else ADLCP_2004)


def check_prefixes(root: Element, name: str, findings: Findings) -> None:
    """Moodle and others match ``adlcp:`` and its like as text."""
    wrong: dict[str, str] = {}
    for element in root.iter(etree.Element):
        for prefix, namespace in element.nsmap.items():
            literal = LITERAL_PREFIXES.get(namespace)
            if literal and prefix != literal:
                wrong[namespace] = f"{namespace} has the prefix «{prefix or ''}», not «{literal}»"
        if element.prefix and etree.QName(element).namespace in (IMSCP_12, IMSCP_2004):
            wrong["imscp"] = f"the manifest's own elements have the prefix «{element.prefix}»"
    for message in wrong.values():
        findings.doubt(
            "lms.prefix",
            name,
            message,
            "some LMSs know these prefixes by their letters only: with others they see no SCO",
        )
