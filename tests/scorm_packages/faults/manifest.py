"""Faults in the manifests of SCORM 1.2 and 2004."""

from __future__ import annotations

from tests.scorm_packages.faults import edited, fault, replaced
from tests.scorm_packages.making import MANIFESTS, files

Entries = dict[str, bytes]
_ORGANIZATION_12 = MANIFESTS["scorm12"].partition('o1">')[2].partition("</organizations>")[0]


@fault("manifest.missing")
def none() -> Entries:
    return {"index.html": b"<p>"}


@fault("manifest.missing")
def tin_can() -> Entries:
    return {"tincan.xml": b"<tincan/>", "index.html": b"<p>"}


@fault("manifest.place")
def in_a_folder() -> Entries:
    return {f"course/{name}": data for name, data in files().items()}


@fault("manifest.place")
def in_capitals() -> Entries:
    return files(imsmanifest__xml=None) | {"IMSManifest.xml": MANIFESTS["scorm12"].encode()}


@fault("manifest.not-scorm")
def another_namespace() -> Entries:
    return {"imsmanifest.xml": b'<manifest xmlns="urn:other"/>'}


@fault("manifest.schema")
def schema_12() -> Entries:
    return replaced("scorm12", ("ADL SCORM", "ADL"))


@fault("manifest.schema")
def schema_2004() -> Entries:
    return replaced("scorm2004", ("ADL SCORM", "ADL"))


@fault("manifest.schemaversion")
def version_unknown() -> Entries:
    return replaced("scorm2004", ("2004 4th Edition", "2004 9th Edition"))


@fault("manifest.schemaversion")
def version_of_the_other() -> Entries:
    return replaced("scorm12", ("<schemaversion>1.2", "<schemaversion>2004 4th Edition"))


@fault("manifest.schemaversion")
def no_version() -> Entries:
    return replaced("scorm12", ("<schemaversion>1.2</schemaversion>", ""))


@fault("manifest.parts")
def resources_twice() -> Entries:
    return replaced("scorm12", ("</manifest>", "<resources/></manifest>"))


@fault("manifest.submanifest", severity="warning")
def manifest_within() -> Entries:
    sub = '<manifest identifier="s1"><organizations/><resources/></manifest></manifest>'
    return replaced("scorm2004", ("</manifest>", sub))


@fault("manifest.no-organization")
def no_organization() -> Entries:
    return replaced("scorm12", (_ORGANIZATION_12, ""))


@fault("manifest.default")
def default_elsewhere_12() -> Entries:
    return replaced("scorm12", ('default="o1"', 'default="nowhere"'))


@fault("manifest.default")
def no_default_2004() -> Entries:
    return replaced("scorm2004", (' default="o1"', ""))


@fault("manifest.title")
def no_title() -> Entries:
    return replaced("scorm2004", ("<title>Course</title>", ""))


@fault("manifest.title")
def blank_title() -> Entries:
    return replaced("scorm12", ("<title>Lesson</title>", "<title> </title>"))


@fault("manifest.no-item")
def no_item() -> Entries:
    second = '<organization identifier="o2"><title>Empty</title></organization></organizations>'
    return replaced("scorm2004", ("</organizations>", second))


@fault("manifest.duplicate-id")
def identifier_twice() -> Entries:
    return replaced(
        "scorm12",
        ('organization identifier="o1"', 'organization identifier="i1"'),
        ('default="o1"', 'default="i1"'),
    )


@fault("manifest.leaf")
def leaf_without_reference() -> Entries:
    item = '<item identifier="i9"><title>Nothing</title></item></organization>'
    return replaced("scorm12", ("</organization>", item))


@fault("manifest.branch")
def branch_launches() -> Entries:
    inside = (
        '<item identifier="i2" identifierref="r1"><title>Sub</title></item><adlcp:timeLimitAction>'
    )
    changed = replaced("scorm2004", ("<adlcp:timeLimitAction>", inside))
    # What counts on a leaf only goes with the leaf.
    return edited(changed, "imsmanifest.xml", (' completionSetByContent="true"', ""))


@fault("manifest.branch", severity="warning")
def branch_launches_12() -> Entries:
    inside = '<title>L</title><item identifier="i2" identifierref="r1"><title>Sub</title></item>'
    return replaced("scorm12", ("<title>Lesson</title>", inside))


@fault("manifest.reference")
def reference_to_nothing() -> Entries:
    item = '<item identifier="i9" identifierref="r9"><title>Gone</title></item></organization>'
    return replaced("scorm12", ("</organization>", item))


@fault("manifest.dependency")
def dependency_on_nothing() -> Entries:
    return replaced(
        "scorm2004", ('<dependency identifierref="r2"', '<dependency identifierref="r9"')
    )


@fault("manifest.no-href")
def launched_without_href() -> Entries:
    return replaced("scorm12", ('sco" href="index.html"', 'sco"'))


@fault("manifest.resource-type")
def launched_of_another_type() -> Entries:
    return replaced(
        "scorm2004", ('identifier="r1" type="webcontent"', 'identifier="r1" type="text"')
    )


@fault("manifest.scormtype")
def no_scormtype() -> Entries:
    return replaced("scorm2004", (' adlcp:scormType="asset"', ""))


@fault("manifest.scormtype")
def scormtype_in_capitals() -> Entries:
    return replaced("scorm12", ('scormtype="asset"', 'scormtype="ASSET"'))


@fault("manifest.scormtype")
def scormtype_of_1_2() -> Entries:
    return replaced("scorm2004", ('adlcp:scormType="asset"', 'scormtype="asset"'))


@fault("manifest.href-not-listed")
def start_page_not_listed() -> Entries:
    return replaced(
        "scorm12",
        ('<file href="index.html"/>', ""),
        ("</resource>\n  </resources>", '<file href="index.html"/></resource>\n  </resources>'),
    )


@fault("manifest.extension", severity="warning")
def start_page_without_extension() -> Entries:
    changed = replaced(
        "scorm12",
        ('href="index.html"', 'href="index"'),
        ('<file href="index.html"', '<file href="index"'),
    )
    return {("index" if name == "index.html" else name): data for name, data in changed.items()}


@fault("manifest.parameters")
def parameters_with_a_space() -> Entries:
    return replaced("scorm12", ("?lang=en", "lang en"))


@fault("manifest.parameters")
def parameters_without_value() -> Entries:
    return replaced("scorm12", ("?lang=en", "?lang"))


@fault("manifest.parameters-unused", severity="warning")
def parameters_on_a_folder() -> Entries:
    leaf = '<item identifier="i8" identifierref="r1"><title>In</title></item>'
    folder = f'<item identifier="i9" parameters="?a=b"><title>Folder</title>{leaf}</item>'
    return replaced("scorm12", ("</organization>", folder + "</organization>"))


@fault("manifest.too-long")
def long_title() -> Entries:
    return replaced("scorm12", ("<title>Lesson</title>", f"<title>{'x' * 201}</title>"))


@fault("manifest.too-long")
def long_data() -> Entries:
    return replaced("scorm2004", ("some data", "x" * 4001))


@fault("manifest.too-long")
def long_parameters() -> Entries:
    return replaced("scorm12", ("?lang=en", "?lang=" + "x" * 1000))


@fault("manifest.mastery")
def mastery_above_100() -> Entries:
    return replaced("scorm12", ("masteryscore>70", "masteryscore>170"))


@fault("manifest.mastery")
def mastery_in_words() -> Entries:
    return replaced("scorm12", ("masteryscore>70", "masteryscore>nan"))


@fault("manifest.time")
def time_in_minutes() -> Entries:
    return replaced("scorm12", ("01:00:00", "60"))


@fault("manifest.prerequisite")
def prerequisite_unknown() -> Entries:
    return replaced("scorm12", ('aicc_script">i1', 'aicc_script">i1 &amp; i7="passed"'))


@fault("manifest.time-limit", "manifest.sco-only")
def time_limit_on_an_asset() -> Entries:
    return replaced("scorm12", ('scormtype="sco"', 'scormtype="asset"'))


@fault("manifest.time-limit-words")
def time_limit_with_a_space() -> Entries:
    return replaced("scorm2004", ("exit,message", "exit, message"))


@fault("manifest.sco-only", severity="warning")
def data_for_an_asset() -> Entries:
    return replaced(
        "scorm2004",
        ("<adlcp:timeLimitAction>exit,message</adlcp:timeLimitAction>", ""),
        ('scormType="sco"', 'scormType="asset"'),
    )


@fault("manifest.completion-threshold")
def threshold_above_1() -> Entries:
    return replaced("scorm2004", ('minProgressMeasure="0.5"', 'minProgressMeasure="1.5"'))


@fault("manifest.completion-threshold")
def threshold_of_the_4th_in_the_3rd() -> Entries:
    return replaced("scorm2004", ("2004 4th Edition", "2004 3rd Edition"))


@fault("manifest.completion-threshold")
def threshold_of_the_3rd_in_the_4th() -> Entries:
    return replaced(
        "scorm2004",
        (
            'completedByMeasure="true" minProgressMeasure="0.5"/>',
            ">0.5</adlcp:completionThreshold>",
        ),
    )


_STORE = '<adlcp:data><adlcp:map targetID="s"/></adlcp:data><imsss:sequencing>'


@fault("manifest.edition")
def shared_data_in_the_3rd() -> Entries:
    return replaced(
        "scorm2004",
        ("2004 4th Edition", "2004 3rd Edition"),
        ('<adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.5"/>', ""),
        ("<imsss:sequencing>", _STORE),
    )


@fault("manifest.shared-data")
def shared_data_twice() -> Entries:
    twice = _STORE.replace("</adlcp:data>", '<adlcp:map targetID="s"/></adlcp:data>')
    return replaced("scorm2004", ("<imsss:sequencing>", twice))


@fault("metadata.root", severity="warning")
def metadata_of_another_kind() -> Entries:
    place = "</schemaversion><adlcp:location>about.xml</adlcp:location>"
    return replaced("scorm2004", ("</schemaversion>", place)) | {"about.xml": b"<about/>"}
