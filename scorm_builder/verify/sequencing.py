"""Sequencing and navigation of SCORM 2004 (CAM 5.1, 5.2): what no schema can say."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from scorm_builder.formats import ADLNAV_2004, ADLSEQ_2004, IMSSS_2004
from scorm_builder.manifest.tree import Element
from scorm_builder.verify.edition import Edition
from scorm_builder.verify.findings import Findings
from scorm_builder.verify.manifest import NAME

_BUTTONS = {"previous", "continue", "exit", "exitAll", "abandon", "abandonAll", "suspendAll"}
_LIMITS_IN_SCOPE = {"attemptLimit", "attemptAbsoluteDurationLimit"}
_COUNTED = {"atLeastCount": "minimumCount", "atLeastPercent": "minimumPercent"}
_COMPARING = {"objectiveMeasureGreaterThan", "objectiveMeasureLessThan"}


def ss(name: str) -> str:
    return f"{{{IMSSS_2004}}}{name}"


def seq(name: str) -> str:
    return f"{{{ADLSEQ_2004}}}{name}"


def is_true(element: Element, attribute: str, *, default: bool = False) -> bool:
    value = element.get(attribute)
    return default if value is None else value.strip() in ("true", "1")


def check_sequencing(root: Element, edition: Edition, findings: Findings) -> None:
    """Every activity's <sequencing>, and the collection that activities borrow from."""
    collection = {
        sequencing.get("ID", ""): sequencing
        for shelf in root.iter(ss("sequencingCollection"))
        for sequencing in shelf.iterfind(ss("sequencing"))
    }
    for sequencing in collection.values():
        if not sequencing.get("ID") or sequencing.get("IDRef"):
            findings.report(
                "sequencing.collection",
                NAME,
                "a <sequencing> of the collection must have an ID and no IDRef",
                at=sequencing,
            )
        _rules(sequencing, findings)
    for activity in root.iter(edition.cp("organization"), edition.cp("item")):
        own = activity.findall(ss("sequencing"))
        if len(own) > 1:
            findings.report("sequencing.twice", NAME, f"{len(own)} <sequencing>", at=own[1])
        for sequencing in own[:1]:
            reference = sequencing.get("IDRef")
            if reference is not None and reference not in collection:
                findings.report(
                    "sequencing.reference",
                    NAME,
                    f"IDRef «{reference}» names no <sequencing> of the collection",
                    at=sequencing,
                )
            _rules(sequencing, findings)
            _place(sequencing, activity, collection.get(reference or ""), edition, findings)


def _rules(sequencing: Element, findings: Findings) -> None:
    """What is wrong wherever it stands."""
    for rule in sequencing.iter(ss("rollupRule")):
        needed = _COUNTED.get(rule.get("childActivitySet", "all"))
        if needed and not rule.get(needed):
            findings.report(
                "sequencing.count",
                NAME,
                f"childActivitySet «{rule.get('childActivitySet')}» without {needed}",
                at=rule,
            )
    for condition in sequencing.iter(ss("ruleCondition")):
        if condition.get("condition") in _COMPARING and condition.get("measureThreshold") is None:
            findings.report(
                "sequencing.threshold",
                NAME,
                f"«{condition.get('condition')}» without measureThreshold",
                at=condition,
            )
    for element in _out_of_scope(sequencing):
        findings.report(
            "sequencing.out-of-scope",
            NAME,
            f"SCORM leaves {etree.QName(element).localname} out, here or in part",
            at=element,
        )


def _out_of_scope(sequencing: Element) -> Iterator[Element]:
    yield from sequencing.iter(ss("auxiliaryResources"))
    for limits in sequencing.iter(ss("limitConditions")):
        if set(limits.attrib) - _LIMITS_IN_SCOPE:
            yield limits


def _place(
    sequencing: Element,
    activity: Element,
    borrowed: Element | None,
    edition: Edition,
    findings: Findings,
) -> None:
    """What counts for leaves only, or only for what has something inside."""
    inside = len(activity.findall(edition.cp("item")))
    idle: list[tuple[Element, str]] = []
    if inside:
        for controls in sequencing.iterfind(ss("deliveryControls")):
            if is_true(controls, "completionSetByContent") or is_true(
                controls, "objectiveSetByContent"
            ):
                idle.append((controls, "what content sets, on an activity without content"))
        for random in sequencing.iterfind(ss("randomizationControls")):
            count = random.get("selectCount", "")
            if count.isdigit() and len(count) < 9 and int(count) > inside:
                idle.append((random, f"selectCount {count} of {inside} activities"))
        _way_in(sequencing, borrowed, findings)
    else:
        idle += [
            (rule, "rollup on an activity with nothing inside")
            for rule in sequencing.iter(ss("rollupRule"))
        ]
        idle += [
            (random, "random order on an activity with nothing inside")
            for random in sequencing.iterfind(ss("randomizationControls"))
            if is_true(random, "reorderChildren") or random.get("selectCount")
        ]
        idle += [
            (choice, "constrained choice on an activity with nothing inside")
            for choice in sequencing.iterfind(seq("constrainedChoiceConsiderations"))
        ]
    for element, what in idle:
        findings.report("sequencing.no-effect", NAME, what, at=element)


def _way_in(sequencing: Element, borrowed: Element | None, findings: Findings) -> None:
    """An activity with something inside starts by a learner's choice or by flow (SN 3.2)."""
    control = sequencing.find(ss("controlMode"))
    if control is None and borrowed is not None:
        control = borrowed.find(ss("controlMode"))
    if (
        control is not None
        and not is_true(control, "choice", default=True)
        and not is_true(control, "flow")
    ):
        findings.report(
            "sequencing.no-way-in", NAME, "choice and flow are both ruled out", at=control
        )


def check_navigation(root: Element, edition: Edition, findings: Findings) -> None:
    """Buttons of the LMS that a course hides."""
    presentation, hidden = f"{{{ADLNAV_2004}}}presentation", f"{{{ADLNAV_2004}}}hideLMSUI"
    for activity in root.iter(edition.cp("organization"), edition.cp("item")):
        found = activity.findall(presentation)
        if len(found) > 1:
            findings.report("sequencing.twice", NAME, f"{len(found)} <presentation>", at=found[1])
        if found and not activity.get("identifierref"):
            findings.report(
                "navigation.place",
                NAME,
                "buttons are hidden for an item that launches nothing",
                at=found[0],
            )
    for element in root.iter(hidden):
        word = (element.text or "").strip()
        if word not in _BUTTONS:
            findings.report("navigation.words", NAME, f"hideLMSUI is «{word}»", at=element)
