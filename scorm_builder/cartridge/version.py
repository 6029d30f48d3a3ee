"""What differs between the versions of Common Cartridge, as data."""

from __future__ import annotations

from dataclasses import dataclass

_XSD = "http://www.imsglobal.org/xsd/"
_LOM = "http://ltsc.ieee.org/xsd/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """``schema`` and ``number`` stand in the manifest's metadata (CC §2.2); the types are those of
    its resources; ``link`` is the namespace of an LTI link."""

    schema: str
    number: str
    code: str
    assessment: str
    lti: str
    link: str

    @property
    def manifest(self) -> str:
        return f"{_XSD}{self.code}/imscp_v1p1"

    @property
    def metadata(self) -> str:
        return f"{_LOM}{self.code}/LOM/manifest"


CC_1_1 = Version(
    schema="IMS Common Cartridge",
    number="1.1.0",
    code="imsccv1p1",
    assessment="imsqti_xmlv1p2/imscc_xmlv1p1/assessment",
    lti="imsbasiclti_xmlv1p0",
    link=f"{_XSD}imslticc_v1p0",
)
CC_1_3 = Version(
    schema="IMS Common Cartridge",
    number="1.3.0",
    code="imsccv1p3",
    assessment="imsqti_xmlv1p2/imscc_xmlv1p3/assessment",
    lti="imsbasiclti_xmlv1p3",
    link=f"{_XSD}imslticc_v1p3",
)
THIN_1_3 = Version(
    schema="IMS Thin Common Cartridge",
    number="1.3.0",
    code="imsccv1p3",
    assessment=CC_1_3.assessment,
    lti=CC_1_3.lti,
    link=CC_1_3.link,
)
