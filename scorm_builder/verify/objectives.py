"""Objectives of SCORM 2004 activities: their names, and what they share (CAM 5.1.7, 5.1.13)."""

from __future__ import annotations

from collections.abc import Iterator

from scorm_builder.manifest.tree import Element
from scorm_builder.verify.findings import Findings
from scorm_builder.verify.manifest import NAME
from scorm_builder.verify.sequencing import is_true, seq, ss

#: Reading is on unless switched off, writing off unless switched on.
_READS = ("readSatisfiedStatus", "readNormalizedMeasure")
_READS_4TH = (
    "readRawScore",
    "readMinScore",
    "readMaxScore",
    "readCompletionStatus",
    "readProgressMeasure",
)


def check_objectives(root: Element, findings: Findings) -> None:
    """Every activity's objectives, each activity by itself."""
    for sequencing in root.iter(ss("sequencing")):
        objectives = list(_objectives(sequencing))
        names = _names(objectives, findings)
        _references(sequencing, names, findings)
        further = [
            objective
            for group in sequencing.iterfind(seq("objectives"))
            for objective in group.iterfind(seq("objective"))
        ]
        for objective in objectives:
            _readers(objective, ss("mapInfo"), _READS, findings)
        for objective in further:
            _readers(objective, seq("mapInfo"), _READS_4TH, findings)
        _writers(objectives, ss("mapInfo"), findings)
        _writers(further, seq("mapInfo"), findings)


def _objectives(sequencing: Element) -> Iterator[Element]:
    for group in sequencing.iterfind(ss("objectives")):
        yield from group.iterfind(ss("primaryObjective"))
        yield from group.iterfind(ss("objective"))


def _names(objectives: list[Element], findings: Findings) -> set[str]:
    names: set[str] = set()
    for objective in objectives:
        name = objective.get("objectiveID")
        if not name:
            if objective.find(ss("mapInfo")) is not None:
                findings.report(
                    "manifest.objective-id",
                    NAME,
                    "an objective with mapInfo but without objectiveID",
                    at=objective,
                )
            continue
        if name in names:
            findings.report(
                "sequencing.objective-duplicate",
                NAME,
                f"the activity has the objective «{name}» already",
                at=objective,
            )
        names.add(name)
    return names


def _references(sequencing: Element, names: set[str], findings: Findings) -> None:
    """A borrowed part may bring objectives along: then the names are not all known."""
    if sequencing.get("IDRef") is not None or sequencing.get("ID") is not None:
        return
    wanted = [(e, e.get("referencedObjective")) for e in sequencing.iter(ss("ruleCondition"))]
    wanted += [(e, e.get("objectiveID")) for e in sequencing.iter(seq("objective"))]
    for element, name in wanted:
        if name and name not in names:
            findings.report(
                "sequencing.objective-unknown",
                NAME,
                f"the activity has no objective «{name}»",
                at=element,
            )


def _readers(
    objective: Element, map_info: str, attributes: tuple[str, ...], findings: Findings
) -> None:
    maps = objective.findall(map_info)
    for attribute in attributes:
        readers = [info for info in maps if is_true(info, attribute, default=True)]
        if len(readers) > 1:
            findings.report(
                "sequencing.objective-readers",
                NAME,
                f"{len(readers)} global objectives are read for {attribute}",
                at=readers[1],
            )
            return


def _writers(objectives: list[Element], map_info: str, findings: Findings) -> None:
    writers: dict[str, Element] = {}
    for objective in objectives:
        for info in objective.iterfind(map_info):
            target = info.get("targetObjectiveID", "")
            if not any(is_true(info, a) for a in map(str, info.attrib) if a.startswith("write")):
                continue
            if writers.setdefault(target, objective) is not objective:
                findings.report(
                    "manifest.objective-writers",
                    NAME,
                    f"two objectives of one activity write to the global objective «{target}»",
                    at=info,
                )
