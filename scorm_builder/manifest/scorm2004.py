"""The manifest of SCORM 2004 (4th edition: Content Aggregation Model, sections 3.4 and 5.1).

The editions differ in ``schemaversion`` and in the schemas beside the manifest; what is written
here is what all of them have in common.
"""

from __future__ import annotations

from decimal import Decimal

from scorm_builder.formats import ADLCP_2004, ADLNAV_2004, ADLSEQ_2004, IMSCP_2004, IMSSS_2004
from scorm_builder.formats.model import Format
from scorm_builder.manifest.facts import PackageFacts, Sco
from scorm_builder.manifest.packaging import Skeleton, skeleton
from scorm_builder.manifest.tree import Element, child, serialise

#: Buttons of the LMS that mean nothing in a package of one SCO (CAM 5.2.1): there is nowhere to
#: continue to. Exit and suspend stay: a learner must be able to leave.
HIDDEN_CONTROLS = ("continue", "previous")


def manifest(form: Format, facts: PackageFacts) -> bytes:
    """Sequencing is of the simplest: flow down to the SCOs, which set their own status."""
    parts = skeleton(
        form,
        facts,
        imscp=IMSCP_2004,
        adlcp=ADLCP_2004,
        type_attribute="scormType",
        adlseq=ADLSEQ_2004,
        adlnav=ADLNAV_2004,
        imsss=IMSSS_2004,
    )
    most = max(sco.points for sco in facts.scos)
    for sco, item in parts.items:
        _leaf(item, sco, most if len(facts.scos) > 1 else None)
    if len(facts.scos) == 1:
        _hide_controls(parts.items[0][1])
    _flow(parts)
    return serialise(parts.manifest)


def _leaf(item: Element, sco: Sco, most: int | None) -> None:
    """The leaf's status is what the SCO says (``deliveryControls``, CAM 5.1.10); the mark to reach
    stands in the primary objective, and the LMS applies it only where that is right. No
    ``mapInfo``: Moodle crashes on it.

    ``most`` is given where several SCOs make up the course: the points of the weightiest. The
    course's score is then that of all quizzes together, as in a package of one SCO; its status
    waits for every SCO with a quiz, and for no other (SN 4.6: rollup).
    """
    sequencing = child(item, "sequencing", namespace=IMSSS_2004)
    if most is not None:
        child(sequencing, "rollupRules", attributes=_rollup(sco, most))
    objectives = child(sequencing, "objectives")
    primary = child(
        objectives,
        "primaryObjective",
        attributes={
            "objectiveID": sco.objective_id,
            "satisfiedByMeasure": "true" if sco.mastery_decides else "false",
        },
    )
    child(primary, "minNormalizedMeasure", f"{(sco.mastery / 100).normalize():f}")
    child(
        sequencing,
        "deliveryControls",
        attributes={"completionSetByContent": "true", "objectiveSetByContent": "true"},
    )


def _rollup(sco: Sco, most: int) -> dict[str, str]:
    weight = Decimal(sco.points) / Decimal(most or 1)
    return {
        "rollupObjectiveSatisfied": "true" if sco.judged else "false",
        "objectiveMeasureWeight": f"{weight.quantize(Decimal('0.0001')).normalize():f}",
    }


def _hide_controls(item: Element) -> None:
    presentation = child(item, "presentation", namespace=ADLNAV_2004)
    interface = child(presentation, "navigationInterface")
    for control in HIDDEN_CONTROLS:
        child(interface, "hideLMSUI", control)


def _flow(parts: Skeleton) -> None:
    """Clusters flow, so that starting the course delivers a SCO at once (CAM 5.1.2)."""
    for cluster in (parts.root_item, parts.organization):
        flow = child(cluster, "sequencing", namespace=IMSSS_2004)
        child(flow, "controlMode", attributes={"choice": "true", "flow": "true"})
