"""Sequencing, objectives and navigation of SCORM 2004 (CAM 5)."""

from __future__ import annotations

from scorm_builder.verify.rules import Rule

RULES = {
    "manifest.objective-id": Rule(
        "error",
        "An objective with mapInfo has no objectiveID.",
        "Give it an objectiveID.",
        "2004 CAM 5.1.7",
    ),
    "manifest.objective-writers": Rule(
        "error",
        "Two objectives of one activity write to one global objective.",
        "Let one of them write.",
        "2004 CAM 5.1.7.1.2",
    ),
    "sequencing.objective-readers": Rule(
        "error",
        "An objective reads the same value from two global objectives (reading is the default).",
        'Write readSatisfiedStatus="false" and readNormalizedMeasure="false" on all but one.',
        "2004 CAM 5.1.7.1.2",
    ),
    "sequencing.objective-duplicate": Rule(
        "error",
        "Two objectives of one activity have one objectiveID.",
        "Give each one of its own.",
        "2004 CAM 5.1.7",
    ),
    "sequencing.objective-unknown": Rule(
        "error",
        "A rule or an adlseq:objective names an objective that the activity does not have.",
        "Name the objectiveID of an objective of the same activity.",
        "2004 CAM 5.1.3, 5.1.13",
    ),
    "sequencing.twice": Rule(
        "error",
        "More than one <sequencing> or <presentation> in an item or organization.",
        "Keep one.",
        "2004 CAM 5.1, 5.2",
    ),
    "sequencing.reference": Rule(
        "error",
        "IDRef names no <sequencing> of the collection.",
        "Name the ID of one in <sequencingCollection>.",
        "2004 CAM 5.1.1",
    ),
    "sequencing.collection": Rule(
        "error",
        "A <sequencing> in the collection has no ID, or refers to another itself.",
        "Give it an ID and no IDRef.",
        "2004 CAM 5.1.1",
    ),
    "sequencing.no-way-in": Rule(
        "warning",
        "Neither choice nor flow is allowed: no learner can get to what is inside.",
        'Write choice="true" or flow="true" on controlMode.',
        "2004 SN 3.2",
    ),
    "sequencing.no-effect": Rule(
        "warning",
        "A setting that has no effect where it stands.",
        "Move it to where it counts, or remove it.",
        "2004 CAM 5.1",
    ),
    "sequencing.count": Rule(
        "error",
        "A rollup rule with atLeastCount or atLeastPercent says no number.",
        "Add minimumCount or minimumPercent.",
        "2004 CAM 5.1.6",
    ),
    "sequencing.threshold": Rule(
        "warning",
        "A condition compares the measure but says with what only by default (0).",
        "Add measureThreshold.",
        "2004 CAM 5.1.3",
    ),
    "sequencing.out-of-scope": Rule(
        "warning",
        "A part of Simple Sequencing that SCORM leaves out: LMSs pass it over.",
        "Remove it: auxiliary resources, and all limits but attemptLimit and "
        "attemptAbsoluteDurationLimit.",
        "2004 CAM 5.1.4, 5.1.5",
    ),
    "navigation.place": Rule(
        "warning",
        "Hidden buttons on an item that launches nothing.",
        "Move <presentation> to the items that launch.",
        "2004 CAM 5.2.1",
    ),
    "navigation.words": Rule(
        "error",
        "hideLMSUI names a button that the standard does not know.",
        "Write previous, continue, exit, exitAll, abandon, abandonAll or suspendAll.",
        "2004 CAM 5.2.3",
    ),
}
