"""The versions of Common Cartridge, as data: namespaces, resource types and root elements."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from scorm_builder.manifest.tree import Element

THIN = {"IMS Thin Common Cartridge", "IMS K-12 Thin Common Cartridge"}
SCHEMAS = {"IMS Common Cartridge", "IMS K-12 Common Cartridge"} | THIN
_QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
#: Kinds of resource whose one file says all: what their root element is called.
ROOTS = {
    "topic": "topic",
    "link": "webLink",
    "tool": "cartridge_basiclti_link",
    "test": "questestinterop",
    "bank": "questestinterop",
}


@dataclass(frozen=True, slots=True)
class Version:
    """``kinds`` are the types that resources may have, and what each is: ``web``, ``associated``,
    ``other``, or one of ``ROOTS``. ``spaces`` are the namespaces of those files."""

    name: str
    schemaversion: str
    namespace: str
    kinds: dict[str, str]
    spaces: dict[str, frozenset[str]]

    def cp(self, name: str) -> str:
        return f"{{{self.namespace}}}{name}"


def _version(minor: int) -> Version:
    spaced = "imscc" if minor == 0 else f"imsccv1p{minor}"
    base = f"http://www.imsglobal.org/xsd/{spaced}"
    suffix = f"v1p{minor}"
    kinds = {
        "webcontent": "web",
        f"associatedcontent/imscc_xml{suffix}/learning-application-resource": "associated",
        f"imsdt_xml{suffix}": "topic",
        f"imswl_xml{suffix}": "link",
        f"imsqti_xmlv1p2/imscc_xml{suffix}/assessment": "test",
        f"imsqti_xmlv1p2/imscc_xml{suffix}/question-bank": "bank",
    }
    tools = {"http://www.imsglobal.org/xsd/imslticc_v1p0"}
    if minor:
        kinds["imsbasiclti_xmlv1p0"] = "tool"
    if minor >= 2:
        kinds |= dict.fromkeys(("imsiwb_iwbv1p0", "idpfepub_epubv3p0"), "other")
        tools.add("http://www.imsglobal.org/xsd/imslticc_v1p2")
    if minor == 3:
        kinds["imsbasiclti_xmlv1p3"] = "tool"
        kinds |= dict.fromkeys(("imsapip_zipv1p0", "assignment_xmlv1p0"), "other")
        tools.add("http://www.imsglobal.org/xsd/imslticc_v1p3")
    spaces = {
        "topic": frozenset({f"{base}/imsdt_{suffix}"}),
        "link": frozenset({f"{base}/imswl_{suffix}"}),
        "tool": frozenset(tools),
        "test": frozenset({_QTI}),
        "bank": frozenset({_QTI}),
    }
    return Version(f"cc1{minor}", f"1.{minor}.0", f"{base}/imscp_v1p1", kinds, spaces)


VERSIONS = {version.namespace: version for version in map(_version, range(4))}


def kind_of(resource: Element, version: Version) -> tuple[str, Version] | None:
    """What the type of ``resource`` stands for, and in which version; its own one first."""
    written = resource.get("type", "")
    for candidate in (version, *reversed(VERSIONS.values())):
        if written in candidate.kinds:
            return candidate.kinds[written], candidate
    return None


def version_of(root: Element) -> Version | None:
    """The version that a manifest's namespace stands for; None where it is no cartridge's."""
    tag = etree.QName(root)
    return VERSIONS.get(tag.namespace or "") if tag.localname == "manifest" else None
