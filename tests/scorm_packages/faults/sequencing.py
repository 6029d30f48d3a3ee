"""Faults in the sequencing, objectives and navigation of SCORM 2004."""

from __future__ import annotations

from tests.scorm_packages.faults import fault, replaced

Entries = dict[str, bytes]
_SECOND = '<imsss:objective objectiveID="second"/>'
_MAPPED = "lms.moodle-mapinfo"


def _objectives(text: str) -> Entries:
    return replaced("scorm2004", (_SECOND, text))


@fault("manifest.objective-id", _MAPPED)
def primary_without_id() -> Entries:
    return replaced(
        "scorm2004",
        (
            ' objectiveID="p1" satisfiedByMeasure="true">\n'
            "              <imsss:minNormalizedMeasure>0.7</imsss:minNormalizedMeasure>",
            '><imsss:mapInfo targetObjectiveID="g"/>',
        ),
    )


@fault("manifest.objective-writers", _MAPPED)
def two_writers() -> Entries:
    return _objectives(
        '<imsss:objective objectiveID="a"><imsss:mapInfo targetObjectiveID="g" '
        'writeSatisfiedStatus="true"/></imsss:objective><imsss:objective objectiveID="b">'
        '<imsss:mapInfo targetObjectiveID="g" writeNormalizedMeasure="1"/></imsss:objective>'
    )


@fault("manifest.objective-writers")
def two_writers_of_a_score() -> Entries:
    objectives = "".join(
        f'<adlseq:objective objectiveID="{name}"><adlseq:mapInfo targetObjectiveID="g" '
        'writeRawScore="true"/></adlseq:objective>'
        for name in ("p1", "second")
    )
    end = "<adlseq:rollupConsiderations"
    return replaced("scorm2004", (end, f"<adlseq:objectives>{objectives}</adlseq:objectives>{end}"))


@fault("sequencing.objective-readers", _MAPPED)
def two_read_by_default() -> Entries:
    return _objectives(
        '<imsss:objective objectiveID="a"><imsss:mapInfo targetObjectiveID="g"/>'
        '<imsss:mapInfo targetObjectiveID="h"/></imsss:objective>'
    )


@fault("sequencing.objective-duplicate")
def objective_twice() -> Entries:
    return _objectives('<imsss:objective objectiveID="p1"/>')


@fault("sequencing.objective-unknown")
def rule_on_nothing() -> Entries:
    return replaced(
        "scorm2004", ('condition="completed"', 'condition="satisfied" referencedObjective="none"')
    )


@fault("sequencing.twice")
def sequencing_twice() -> Entries:
    return replaced(
        "scorm2004", ("<adlnav:presentation>", "<imsss:sequencing/><adlnav:presentation>")
    )


_COLLECTION = (
    "<imsss:sequencingCollection><imsss:sequencing{}/></imsss:sequencingCollection></manifest>"
)


@fault("sequencing.reference")
def borrowed_from_nowhere() -> Entries:
    return replaced(
        "scorm2004",
        ("</manifest>", _COLLECTION.format(' ID="s1"')),
        ("<imsss:sequencing>", '<imsss:sequencing IDRef="s2">'),
    )


@fault("sequencing.collection")
def lent_without_a_name() -> Entries:
    return replaced("scorm2004", ("</manifest>", _COLLECTION.format("")))


@fault("sequencing.no-way-in", severity="warning")
def neither_choice_nor_flow() -> Entries:
    return replaced("scorm2004", ('choice="true" flow="true"', 'choice="false" flow="false"'))


@fault("sequencing.no-effect", severity="warning")
def rollup_on_a_leaf() -> Entries:
    rule = (
        '<imsss:rollupRules objectiveMeasureWeight="0.5"><imsss:rollupRule><imsss:rollupConditions>'
        '<imsss:rollupCondition condition="attempted"/></imsss:rollupConditions>'
        '<imsss:rollupAction action="completed"/></imsss:rollupRule></imsss:rollupRules>'
    )
    return replaced("scorm2004", ('<imsss:rollupRules objectiveMeasureWeight="0.5"/>', rule))


@fault("sequencing.no-effect", severity="warning")
def content_of_a_folder() -> Entries:
    end = "</imsss:rollupRules>\n      </imsss:sequencing>"
    control = end.replace("\n", '<imsss:deliveryControls completionSetByContent="true"/>\n')
    return replaced("scorm2004", (end, control))


@fault("sequencing.count")
def at_least_how_many() -> Entries:
    return replaced("scorm2004", ('childActivitySet="any"', 'childActivitySet="atLeastCount"'))


@fault("sequencing.threshold", severity="warning")
def compared_with_what() -> Entries:
    return replaced(
        "scorm2004", ('condition="completed"', 'condition="objectiveMeasureGreaterThan"')
    )


@fault("sequencing.out-of-scope", severity="warning")
def limit_of_a_day() -> Entries:
    return replaced(
        "scorm2004", ('attemptLimit="3"', 'attemptLimit="3" beginTimeLimit="2030-01-01T00:00:00"')
    )


@fault("navigation.place", severity="warning")
def buttons_of_a_folder() -> Entries:
    hidden = "<adlnav:presentation/></organization>"
    return replaced("scorm2004", ("</organization>", hidden))


@fault("navigation.words")
def unknown_button() -> Entries:
    return replaced("scorm2004", (">continue<", ">forward<"))
