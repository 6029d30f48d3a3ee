"""The formats that a package can have, as data: what differs between them stands here once.

A further format is one more ``Format`` and, where its family is new, one more module of
``scorm_builder.plan``.
"""

from __future__ import annotations

from scorm_builder.formats.cartridge import CARTRIDGES
from scorm_builder.formats.cmi5 import CMI5
from scorm_builder.formats.model import Family, Format, PackageMedium
from scorm_builder.formats.scorm import (
    ADLCP_12,
    ADLCP_2004,
    ADLNAV_2004,
    ADLSEQ_2004,
    IMSCP_12,
    IMSCP_2004,
    IMSSS_2004,
    SCORM12,
    SCORM2004,
    SCORM2004_2ND,
    SCORM2004_3RD,
    SCORM_FORMATS,
    XSI,
)
from scorm_builder.formats.sites import SITES

#: By the name that ``--format`` takes. The first is the default.
FORMATS = {form.name: form for form in (*SCORM_FORMATS, CMI5, *CARTRIDGES, *SITES)}
DEFAULT_FORMAT = SCORM12.name

__all__ = [
    "ADLCP_12",
    "ADLCP_2004",
    "ADLNAV_2004",
    "ADLSEQ_2004",
    "DEFAULT_FORMAT",
    "FORMATS",
    "IMSCP_12",
    "IMSCP_2004",
    "IMSSS_2004",
    "SCORM12",
    "SCORM2004",
    "SCORM2004_2ND",
    "SCORM2004_3RD",
    "SCORM_FORMATS",
    "XSI",
    "Family",
    "Format",
    "PackageMedium",
]
