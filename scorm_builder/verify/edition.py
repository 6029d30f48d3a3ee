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
from scorm_builder.verify.findings import Findings

#: schemaversion to our name of the edition.
EDITIONS = {
    "1.2": "scorm12",
    "1.3": "scorm2004-2nd",
    "CAM 1.3": "scorm2004-2nd",
    "2004 2nd Edition": "scorm2004-2nd",
    "2004 3rd Edition": "scorm2004-3rd",
    "2004 4th Edition": "scorm2004",
}

_SCHEMA = "ADL SCORM"

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

    @property
    def is_4th(self) -> bool:
        return self.name == "scorm2004"

    def cp(self, name: str) -> str:
        return f"{{{self.imscp}}}{name}"

    def adl(self, name: str) -> str:
        return f"{{{self.adlcp}}}{name}"

    @property
    def scorm_type(self) -> str:
        return self.adl("scormType" if self.is_2004 else "scormtype")

    def is_sco(self, resource: Element | None) -> bool:
        return resource is not None and resource.get(self.scorm_type) == "sco"


def edition_of(root: Element, name: str, findings: Findings) -> Edition | None:
    """The edition; None, with a finding, where this is no SCORM manifest."""
    tag = etree.QName(root)
    known = {IMSCP_12: "scorm12", IMSCP_2004: "scorm2004"}
    if tag.localname != "manifest" or tag.namespace not in known:
        findings.report(
            "manifest.not-scorm",
            name,
            f"the root element is <{tag.localname}> in the namespace «{tag.namespace or ''}»",
            at=root,
            hint=f"it must be <manifest> in {IMSCP_12} (1.2), {IMSCP_2004} (2004) or a Common"
            " Cartridge's",
        )
        return None
    kind = known[tag.namespace]
    space = tag.namespace
    schema = (root.findtext(f"{{{space}}}metadata/{{{space}}}schema") or "").strip()
    if schema not in ("", _SCHEMA) and not _uses(root, ADLCP_12, ADLCP_2004):
        findings.report(
            "manifest.not-scorm",
            name,
            f"this is an IMS content package of another kind: its schema is «{schema}»",
            at=root,
            hint="export it as SCORM; quizzes by themselves (QTI) are imported into question banks",
        )
        return None
    version = (root.findtext(f"{{{space}}}metadata/{{{space}}}schemaversion") or "").strip()
    edition = EDITIONS.get(version)
    if edition is None or not edition.startswith(kind):
        wrong = "is missing" if not version else f"is «{version}»"
        if edition is not None:
            wrong = f"«{version}» does not go with the namespace {space}"
        findings.report(
            "manifest.schemaversion",
            name,
            f"schemaversion {wrong}",
            at=root,
            hint="write one of: " + ", ".join(v for v, e in EDITIONS.items() if e.startswith(kind)),
        )
        edition = kind
    return Edition(edition, kind, space, ADLCP_12 if kind == "scorm12" else ADLCP_2004)


def _uses(root: Element, *namespaces: str) -> bool:
    """Whether an element or attribute is of one of them."""
    return any(
        etree.QName(name).namespace in namespaces
        for element in root.iter("*")
        for name in (element.tag, *element.attrib)
    )


def check_prefixes(root: Element, name: str, findings: Findings) -> None:
    """Moodle and others match ``adlcp:`` and its like as text."""
    wrong: dict[str, str] = {}
    for _, (prefix, namespace) in etree.iterwalk(root, events=("start-ns",)):
        literal = LITERAL_PREFIXES.get(namespace)
        if literal and prefix != literal:
            wrong[namespace] = f"{namespace} has the prefix «{prefix or ''}», not «{literal}»"
        if prefix and namespace in (IMSCP_12, IMSCP_2004):
            wrong[namespace] = f"the manifest's own elements have the prefix «{prefix}»"
    for message in wrong.values():
        findings.report("lms.prefix", name, message, at=root)
