"""SCORM 1.2 and the three editions of SCORM 2004 that are in use.

The editions of 2004 share their namespaces; an LMS tells them apart by ``schemaversion``, which is
literal (CAM 4th edition 3.4.1.3): the second edition says ``CAM 1.3``, and Moodle takes anything
else of it for SCORM 1.2. Between them the schemas of ADL changed in a few places, and the room for
suspend data grew (RTE 4.2: 4,000 characters in the second edition, 64,000 from the third on).
"""

from __future__ import annotations

from dataclasses import replace

from scorm_builder.formats.model import Format

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
    family="scorm",
    medium="scorm12",
    suspend_data=4096,
    schemaversion="1.2",
    schema_folders=("scorm12",),
    schemas=((IMSCP_12, "imscp_rootv1p1p2.xsd"), (ADLCP_12, "adlcp_rootv1p2.xsd")),
    imported=("ims_xml.xsd",),
)

SCORM2004 = Format(
    name="scorm2004",
    title="SCORM 2004 4th Edition",
    family="scorm",
    medium="scorm2004",
    suspend_data=64_000,
    schemaversion="2004 4th Edition",
    schema_folders=("scorm2004",),
    schemas=(
        (IMSCP_2004, "imscp_v1p1.xsd"),
        (ADLCP_2004, "adlcp_v1p3.xsd"),
        (ADLSEQ_2004, "adlseq_v1p3.xsd"),
        (ADLNAV_2004, "adlnav_v1p3.xsd"),
        (IMSSS_2004, "imsss_v1p0.xsd"),
    ),
    imported=("xml.xsd",),
)

SCORM2004_3RD = replace(
    SCORM2004,
    name="scorm2004-3rd",
    title="SCORM 2004 3rd Edition",
    schemaversion="2004 3rd Edition",
    schema_folders=("scorm2004-3rd", "scorm2004"),
)

SCORM2004_2ND = replace(
    SCORM2004,
    name="scorm2004-2nd",
    title="SCORM 2004 2nd Edition",
    suspend_data=4000,
    schemaversion="CAM 1.3",
    schema_folders=("scorm2004-2nd", "scorm2004-3rd", "scorm2004"),
)

SCORM_FORMATS = (SCORM12, SCORM2004, SCORM2004_3RD, SCORM2004_2ND)
