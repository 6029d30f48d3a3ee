"""The formats that a package can have, as data: what differs between them stands here once.

A further format is one more ``Format`` and one more manifest writer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

#: The media of ``content.render`` that packages use.
PackageMedium = Literal["scorm12", "scorm2004"]


@dataclass(frozen=True, slots=True)
class Format:
    """``schemas`` are those that the manifest names, each with its namespace; ``imported`` are the
    further files that those import. All of them lie at the package's root."""

    name: str
    title: str
    medium: PackageMedium
    schemaversion: str
    schemas: tuple[tuple[str, str], ...]
    imported: tuple[str, ...]

    def schema_files(self) -> Iterator[tuple[str, Traversable]]:
        """Name at the package's root, and where our rendition of it lies."""
        folder = files("scorm_builder") / "schemas" / self.medium
        for name in sorted({name for _, name in self.schemas} | set(self.imported)):
            yield name, folder / name

    @property
    def schema_location(self) -> str:
        """The value of ``xsi:schemaLocation``."""
        return " ".join(f"{namespace} {name}" for namespace, name in self.schemas)


IMSCP_12 = "http://www.imsproject.org/xsd/imscp_rootv1p1p2"
ADLCP_12 = "http://www.adlnet.org/xsd/adlcp_rootv1p2"
IMSCP_2004 = "http://www.imsglobal.org/xsd/imscp_v1p1"
ADLCP_2004 = "http://www.adlnet.org/xsd/adlcp_v1p3"
ADLSEQ_2004 = "http://www.adlnet.org/xsd/adlseq_v1p3"
ADLNAV_2004 = "http://www.adlnet.org/xsd/adlnav_v1p3"
IMSSS_2004 = "http://www.imsglobal.org/xsd/imsss"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

SCORM12 = Format(
    name="scorm12",
    title="SCORM 1.2",
    medium="scorm12",
    schemaversion="1.2",
    schemas=((IMSCP_12, "imscp_rootv1p1p2.xsd"), (ADLCP_12, "adlcp_rootv1p2.xsd")),
    imported=("ims_xml.xsd",),
)

SCORM2004 = Format(
    name="scorm2004",
    title="SCORM 2004 4th Edition",
    medium="scorm2004",
    schemaversion="2004 4th Edition",
    schemas=(
        (IMSCP_2004, "imscp_v1p1.xsd"),
        (ADLCP_2004, "adlcp_v1p3.xsd"),
        (ADLSEQ_2004, "adlseq_v1p3.xsd"),
        (ADLNAV_2004, "adlnav_v1p3.xsd"),
        (IMSSS_2004, "imsss_v1p0.xsd"),
    ),
    imported=("xml.xsd",),
)

#: By the name that ``--format`` takes. The first is the default.
FORMATS = {form.name: form for form in (SCORM12, SCORM2004)}
DEFAULT_FORMAT = SCORM12.name
