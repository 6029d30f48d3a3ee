"""Our renditions of the schemas take what the official ones take and refuse what those refuse."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from scorm_builder.formats import FORMATS
from scorm_builder.verify.findings import Findings
from scorm_builder.verify.schemas import validate
from scorm_builder.verify.xml import parse
from tests.scorm_packages import official
from tests.scorm_packages.making import MANIFESTS


def ours(document: bytes, kind: str) -> list[str]:
    findings = Findings()
    root = parse(document, "imsmanifest.xml", findings)
    assert root is not None
    validate(root, kind, "imsmanifest.xml", findings)
    return [problem.message for problem in findings.problems]


@pytest.mark.parametrize("kind", MANIFESTS)
def test_a_sound_manifest_passes_both(kind: str) -> None:
    document = MANIFESTS[kind].encode()
    assert official.errors(document, kind) == []
    assert ours(document, kind) == []


#: One wrong turn each (but a dangling IDREF, which libxml2 leaves to our own rules):
#: (kind, what stands there, what stands there instead).
MUTATIONS = [
    ("scorm12", "<schema>ADL SCORM</schema>", f"<schema>{'x' * 101}</schema>"),
    ("scorm12", "<schemaversion>1.2<", f"<schemaversion>{'1' * 21}<"),
    ("scorm12", "<title>Lesson</title>", f"<title>{'x' * 201}</title>"),
    ("scorm12", "?lang=en", "x" * 1001),
    ("scorm12", 'version="1.0"\n', f'version="{"1" * 21}"\n'),
    ("scorm12", 'aicc_script">i1', 'other">i1'),
    ("scorm12", 'aicc_script">i1', f'aicc_script">{"x" * 201}'),
    ("scorm12", ' type="aicc_script"', ""),
    ("scorm12", "01:00:00", "0123456789:00:00"),
    ("scorm12", "some data", "x" * 256),
    ("scorm12", "<adlcp:masteryscore>70", f"<adlcp:masteryscore>{'7' * 201}"),
    *[
        (kind, old, new)
        for kind in MANIFESTS
        for old, new in [
            ("exit,message", "exit, message"),
            ('identifier="m1" ', ""),
            ('identifier="o1"', 'identifier="1o"'),
            ('identifier="i1"', 'identifier="m1"'),
            ('<file href="index.html"/>', "<file/>"),
            ('<file href="index.html"/>', '<file href="index.html"/><files/>'),
            (' type="webcontent"', ""),
            ('<dependency identifierref="r2"/>', "<dependency/>"),
            ('"sco"', '"SCO"'),
            ("<resources>", "<resources/><resources>"),
            ("<title>Course</title>", ""),
            ("</organization>", "<title>again</title></organization>"),
            ('identifierref="r1"', 'identifierref="r1" colour="red"'),
            ('identifierref="r1"', 'identifierref="r1" isvisible="maybe"'),
            ("<organizations default", "<organizations other"),
            ("</resources>", "</resources><organizations/>"),
        ]
    ],
    *[
        ("scorm2004", old, new)
        for old, new in [
            ("objectivesGlobalToSystem", "objectivesToSystem"),
            ('completedByMeasure="true"', 'completedByMeasure="perhaps"'),
            ('minProgressMeasure="0.5"', 'minProgressMeasure="1.5"'),
            ('choice="true"', 'choice="sometimes"'),
            (' flow="false"', ' flows="false"'),
            ('conditionCombination="any"', 'conditionCombination="some"'),
            ('condition="completed"', 'condition="done"'),
            ('operator="not"', 'operator="nor"'),
            ('action="skip"', 'action="exit"'),
            ('attemptLimit="3"', 'attemptLimit="-3"'),
            ('objectiveMeasureWeight="0.5"', 'objectiveMeasureWeight="5"'),
            ('childActivitySet="any"', 'childActivitySet="few"'),
            ('condition="attempted"', 'condition="always"'),
            ('rollupAction action="completed"', 'rollupAction action="done"'),
            ("<imsss:minNormalizedMeasure>0.7", "<imsss:minNormalizedMeasure>7"),
            ('<imsss:objective objectiveID="second"/>', "<imsss:objective/>"),
            ('randomizationTiming="once"', 'randomizationTiming="twice"'),
            ('tracked="true"', 'tracked="well"'),
            ('requiredForCompleted="ifAttempted"', 'requiredForCompleted="ifTried"'),
            (">continue<", ">forward<"),
            ("<imsss:controlMode", '<imsss:deliveryControls tracked="true"/><imsss:controlMode'),
            ("<imsss:objectives>", "<imsss:objectives/><imsss:objectives>"),
            ("<adlnav:navigationInterface>", "<adlnav:buttons/><adlnav:navigationInterface>"),
        ]
    ],
]


@pytest.mark.parametrize(
    ("kind", "old", "new"), MUTATIONS, ids=[f"{k}-{o[:30]}-{n[:30]}" for k, o, n in MUTATIONS]
)
def test_each_mutation_is_judged_alike(kind: str, old: str, new: str) -> None:
    assert old in MANIFESTS[kind]
    document = MANIFESTS[kind].replace(old, new, 1).encode()
    assert bool(ours(document, kind)) == bool(official.errors(document, kind))


def test_most_mutations_are_refused() -> None:
    """So that the comparison above compares something."""
    refused = sum(bool(ours(MANIFESTS[k].replace(o, n, 1).encode(), k)) for k, o, n in MUTATIONS)
    assert refused >= len(MUTATIONS) - 8


@pytest.mark.parametrize("kind", MANIFESTS)
def test_foreign_extensions_are_let_through(kind: str) -> None:
    """Other tools put elements of their own into manifests; ours judge only what they know."""
    document = MANIFESTS[kind].replace(
        "</organization>", '<x:note xmlns:x="urn:x">own</x:note></organization>'
    )
    assert ours(document.encode(), kind) == []


@pytest.mark.parametrize("kind", MANIFESTS)
def test_schemas_import_only_what_lies_beside_them(kind: str) -> None:
    shipped = dict(FORMATS[kind].schema_files())
    for source in shipped.values():
        tree = etree.fromstring(source.read_bytes())
        for element in tree.iter("{*}import", "{*}include"):
            assert element.get("schemaLocation") in shipped
        assert not re.search(rb'schemaLocation="[a-z]+:', source.read_bytes())
