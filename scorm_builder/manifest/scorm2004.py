"""The manifest of SCORM 2004, 4th edition (Content Aggregation Model, sections 3.4 and 5.1)."""

from __future__ import annotations

from scorm_builder.formats import (
    ADLCP_2004,
    ADLNAV_2004,
    ADLSEQ_2004,
    IMSCP_2004,
    IMSSS_2004,
    SCORM2004,
)
from scorm_builder.manifest.facts import PackageFacts
from scorm_builder.manifest.packaging import Skeleton, skeleton
from scorm_builder.manifest.tree import child, serialise

#: Buttons of the LMS that mean nothing in a package of one SCO (CAM 5.2.1): there is nowhere to
#: continue to. Exit and suspend stay: a learner must be able to leave.
HIDDEN_CONTROLS = ("continue", "previous")


def manifest(facts: PackageFacts) -> bytes:
    """Sequencing is of the simplest: flow down to the one SCO, which sets its own status."""
    parts = skeleton(
        SCORM2004,
        facts,
        imscp=IMSCP_2004,
        adlcp=ADLCP_2004,
        type_attribute="scormType",
        adlseq=ADLSEQ_2004,
        adlnav=ADLNAV_2004,
        imsss=IMSSS_2004,
    )
    _sequencing(parts, facts)
    presentation = child(parts.item, "presentation", namespace=ADLNAV_2004)
    interface = child(presentation, "navigationInterface")
    for control in HIDDEN_CONTROLS:
        child(interface, "hideLMSUI", control)
    return serialise(parts.manifest)


def _sequencing(parts: Skeleton, facts: PackageFacts) -> None:
    """Clusters flow, so that starting the course delivers the SCO at once (CAM 5.1.2). The leaf's
    status is what the SCO says (``deliveryControls``, CAM 5.1.10); the mark to reach stands in the
    primary objective, and the LMS applies it only where that is right. No ``mapInfo``: Moodle
    crashes on it."""
    sequencing = child(parts.item, "sequencing", namespace=IMSSS_2004)
    objectives = child(sequencing, "objectives")
    primary = child(
        objectives,
        "primaryObjective",
        attributes={
            "objectiveID": facts.objective_id,
            "satisfiedByMeasure": "true" if facts.mastery_decides else "false",
        },
    )
    child(primary, "minNormalizedMeasure", f"{(facts.mastery / 100).normalize():f}")
    child(
        sequencing,
        "deliveryControls",
        attributes={"completionSetByContent": "true", "objectiveSetByContent": "true"},
    )
    for cluster in (parts.root_item, parts.organization):
        flow = child(cluster, "sequencing", namespace=IMSSS_2004)
        child(flow, "controlMode", attributes={"choice": "true", "flow": "true"})
