"""An LTI link in a cartridge: how a thin cartridge leads to a unit in the tool."""

from __future__ import annotations

from lxml import etree

from content.model import Course, Unit
from scorm_builder.cartridge.version import Version
from scorm_builder.manifest.tree import child, default_namespace, serialise
from scorm_builder.names import TITLE_LIMIT, xml_text

_BLTI = "http://www.imsglobal.org/xsd/imsbasiclti_v1p0"
_LTICM = "http://www.imsglobal.org/xsd/imslticm_v1p0"
_LTICP = "http://www.imsglobal.org/xsd/imslticp_v1p0"


def link(version: Version, course: Course, unit: Unit, language: str, launch_url: str) -> bytes:
    """``cartridge_basiclti_link`` for ``unit``. The tool knows it by the custom parameters that its
    deep links carry too; the LMS joins the link to the registered tool by the launch URL's host.
    """
    root = etree.Element(
        f"{{{version.link}}}cartridge_basiclti_link",
        nsmap=default_namespace(version.link, blti=_BLTI, lticm=_LTICM, lticp=_LTICP),
    )
    child(root, "title", xml_text(unit.title[language], TITLE_LIMIT), namespace=_BLTI)
    child(root, "description", xml_text(unit.summary[language], 1000), namespace=_BLTI)
    custom = child(root, "custom", namespace=_BLTI)
    for name, value in (("course", course.id), ("unit", unit.id)):
        child(custom, "property", value, {"name": name}, namespace=_LTICM)
    secure = launch_url.startswith("https:")
    child(root, "secure_launch_url" if secure else "launch_url", launch_url, namespace=_BLTI)
    vendor = child(root, "vendor", namespace=_BLTI)
    child(vendor, "code", "sse-campus", namespace=_LTICP)
    child(vendor, "name", "SSE Campus", namespace=_LTICP)
    return serialise(root)
