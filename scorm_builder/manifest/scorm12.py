"""The manifest of SCORM 1.2 (Content Aggregation Model 1.2, section 2.3)."""

from __future__ import annotations

from scorm_builder.formats import ADLCP_12, IMSCP_12, SCORM12
from scorm_builder.manifest.facts import PackageFacts
from scorm_builder.manifest.packaging import skeleton
from scorm_builder.manifest.tree import child, serialise


def manifest(facts: PackageFacts) -> bytes:
    """``adlcp:masteryscore`` (CAM 2.3.2.3) stands only where the LMS is right to go by it."""
    parts = skeleton(
        SCORM12,
        facts,
        imscp=IMSCP_12,
        adlcp=ADLCP_12,
        type_attribute="scormtype",
    )
    for sco, item in parts.items:
        if sco.mastery_decides:
            child(item, "masteryscore", str(int(sco.mastery)), namespace=ADLCP_12)
    return serialise(parts.manifest)
