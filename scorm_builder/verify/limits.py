"""Limits on values in a manifest: lengths, ranges, and the rules of sequencing objectives."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from scorm_builder.formats import IMSSS_2004
from scorm_builder.manifest.tree import Element
from scorm_builder.verify.edition import Edition
from scorm_builder.verify.findings import Findings, line_of

NAME = "imsmanifest.xml"
#: Lengths that an LMS must support at least, which is all that one can rely on.
LIMITS = {"title": 200, "version": 20, "parameters": 1000, "href": 2000, "data": 4000}


def check_item_limits(
    item: Element, target: Element | None, edition: Edition, findings: Findings
) -> None:
    """A time limit's action needs a SCO; a mastery score is a mark out of 100."""
    limit = item.find(edition.adl("timeLimitAction" if edition.is_2004 else "timelimitaction"))
    if limit is not None and (target is None or target.get(edition.scorm_type) != "sco"):
        findings.error(
            "manifest.time-limit",
            NAME,
            "a time-limit action on an item that launches no SCO",
            "remove it: only a SCO can act on it",
            line_of(limit),
        )
    mastery = item.findtext(edition.adl("masteryscore"))
    if mastery is not None and not _within(mastery, 0, 100):
        findings.error(
            "manifest.mastery",
            NAME,
            f"masteryscore «{mastery.strip()}»",
            "write a number from 0 to 100",
            line_of(item),
        )


def check_lengths(root: Element, edition: Edition, findings: Findings) -> None:
    """No text longer than every LMS bears."""
    for what, text, element in _measured(root, edition):
        if len(text) > LIMITS[what]:
            findings.error(
                "manifest.too-long",
                NAME,
                f"a {what} of {len(text)} characters",
                f"shorten it to {LIMITS[what]}; Moodle crashes on titles over 255",
                line_of(element),
            )


def _measured(root: Element, edition: Edition) -> Iterator[tuple[str, str, Element]]:
    for element in root.iter(etree.Element):
        for attribute in ("version", "parameters", "href"):
            if attribute in element.attrib:
                yield attribute, element.get(attribute, ""), element
        if element.tag == edition.cp("title"):
            yield "title", element.text or "", element
        if element.tag == edition.adl("dataFromLMS"):
            yield "data", element.text or "", element


def check_objectives(root: Element, findings: Findings) -> None:
    """2004 CAM 5.1.7: an objective mapped to a global one needs an id; one writer each."""
    for sequencing in root.iter(f"{{{IMSSS_2004}}}sequencing"):
        writers: dict[str, int] = {}
        for info in sequencing.iter(f"{{{IMSSS_2004}}}mapInfo"):
            parent = info.getparent()
            if parent is not None and not parent.get("objectiveID"):
                findings.error(
                    "manifest.objective-id",
                    NAME,
                    "an objective with mapInfo but without objectiveID",
                    "give it an objectiveID",
                    line_of(info),
                )
            target = info.get("targetObjectiveID", "")
            if "true" in (info.get("writeSatisfiedStatus"), info.get("writeNormalizedMeasure")):
                if target in writers:
                    findings.error(
                        "manifest.objective-writers",
                        NAME,
                        f"two objectives of one activity write to the global objective «{target}»",
                        "let one of them write",
                        line_of(info),
                    )
                writers[target] = line_of(info)
        if any(True for _ in sequencing.iter(f"{{{IMSSS_2004}}}mapInfo")):
            findings.doubt(
                "lms.moodle-mapinfo",
                NAME,
                "Moodle 4.5 crashes on imsss:mapInfo when it imports the package",
                "leave global objectives out where the package should run in Moodle",
                line_of(sequencing),
            )


def _within(text: str, low: float, high: float) -> bool:
    try:
        return low <= float(text) <= high
    except ValueError:
        return False
