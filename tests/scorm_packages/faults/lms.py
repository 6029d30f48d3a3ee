"""Packages right by the standard that one LMS stumbles over."""

from __future__ import annotations

from tests.scorm_packages.faults import edited, fault, replaced
from tests.scorm_packages.making import MANIFESTS, files
from tests.scorm_packages.others import cartridge, cmi5, thin

Entries = dict[str, bytes]
_MASTERY = "<adlcp:masteryscore>70</adlcp:masteryscore>"
_RULES = MANIFESTS["scorm2004"][
    MANIFESTS["scorm2004"].index("          <imsss:sequencingRules>") : MANIFESTS[
        "scorm2004"
    ].index("          <imsss:limitConditions")
]


@fault("lms.prefix", severity="warning")
def another_prefix() -> Entries:
    manifest = MANIFESTS["scorm12"].replace("adlcp:", "adl:").replace("xmlns:adlcp=", "xmlns:adl=")
    return files(imsmanifest__xml=manifest)


@fault("lms.format", profiles=("moodle",))
def cmi5_for_moodle() -> Entries:
    return cmi5()


@fault("lms.format", profiles=("moodle",))
def thin_cartridge_for_moodle() -> Entries:
    return thin()


@fault("lms.format", profiles=("moodle-app",))
def scorm_2004_for_the_phone() -> Entries:
    return files("scorm2004")


@fault("lms.format", profiles=("chamilo",))
def scorm_2004_for_chamilo() -> Entries:
    return files("scorm2004")


@fault("lms.names", "file.undeclared", profiles=("chamilo",))
def tilde_for_chamilo() -> Entries:
    return files() | {"dist/a~b.js": b""}


@fault("lms.names", "file.undeclared", profiles=("brightspace",))
def percent_for_brightspace() -> Entries:
    return files() | {"dist/100%.html": b"<p>"}


@fault("lms.extensions", "file.undeclared", profiles=("chamilo",))
def php_for_chamilo() -> Entries:
    return files() | {"save.php": b"<?php"}


@fault("lms.extensions", "lms.ilias-href", "file.undeclared", profiles=("ilias",))
def included_for_ilias() -> Entries:
    return files() | {"menu.inc": b"x"}


@fault("lms.moodle-edition", severity="warning")
def second_edition_in_words() -> Entries:
    return replaced(
        "scorm2004",
        ("2004 4th Edition", "2004 2nd Edition"),
        (
            ' completedByMeasure="true" minProgressMeasure="0.5"/>',
            ">0.5</adlcp:completionThreshold>",
        ),
    )


_MAPPED = (
    '<imsss:objective objectiveID="s"><imsss:mapInfo targetObjectiveID="g"/></imsss:objective>'
)


@fault("lms.moodle-mapinfo", severity="warning")
def map_info() -> Entries:
    return replaced("scorm2004", ('<imsss:objective objectiveID="second"/>', _MAPPED))


@fault("lms.moodle-mapinfo", profiles=("moodle",))
def map_info_for_moodle() -> Entries:
    changed = replaced("scorm2004", ('<imsss:objective objectiveID="second"/>', _MAPPED))
    return edited(changed, "imsmanifest.xml", (_RULES, ""))


@fault("manifest.too-long", "lms.moodle-title")
def a_title_of_256() -> Entries:
    return replaced("scorm2004", ("<title>Lesson</title>", f"<title>{'x' * 256}</title>"))


@fault("lms.moodle-base", severity="warning")
def base_of_all_resources() -> Entries:
    entries = replaced("scorm12", ("<resources>", '<resources xml:base="content/">'))
    for name in ("index.html", "style.css"):
        entries[f"content/{name}"] = entries.pop(name)
    return entries


@fault("lms.moodle-spaces", severity="warning", profiles=("moodle",))
def ampersand_in_a_title() -> Entries:
    return replaced("scorm12", (">Lesson<", ">Work &amp; life<"), (_MASTERY, ""))


@fault("lms.moodle-mjs", "file.undeclared", severity="warning", profiles=("moodle",))
def module_script() -> Entries:
    return replaced("scorm12", (_MASTERY, "")) | {"player.mjs": b""}


@fault("lms.moodle-mastery", severity="warning", profiles=("moodle",))
def mastery_score() -> Entries:
    return files("scorm12")


@fault("lms.moodle-sequencing", severity="warning", profiles=("moodle",))
def sequencing_rules() -> Entries:
    return files("scorm2004")


@fault("lms.openedx-first", profiles=("openedx",))
def start_page_second() -> Entries:
    first = (
        '<resource identifier="r0" type="webcontent" adlcp:scormtype="asset" href="style.css">'
        '<file href="style.css"/></resource>'
    )
    return replaced("scorm12", ("<resources>", f"<resources>{first}"))


@fault("lms.openedx-hidden", severity="warning", profiles=("openedx",))
def sub_item() -> Entries:
    inside = '<item identifier="i8" identifierref="r1"><title>In</title></item>'
    outside = f'<item identifier="i9"><title>Folder</title>{inside}</item></organization>'
    return replaced("scorm12", ("</organization>", outside))


@fault("lms.openedx-version", profiles=("openedx",))
def spaces_in_the_version() -> Entries:
    return replaced("scorm12", ("<schemaversion>1.2<", "<schemaversion> 1.2 <"))


@fault("lms.ilias-href", severity="warning", profiles=("ilias",))
def asset_without_href() -> Entries:
    return files("scorm2004")


@fault("lms.canvas-syllabus", severity="warning", profiles=("canvas",))
def syllabus() -> Entries:
    use = ('identifier="page"', 'identifier="page" intendeduse="syllabus"')
    return edited(cartridge(3), "imsmanifest.xml", use)


@fault("lms.canvas-resource", profiles=("canvas",))
def epub() -> Entries:
    book = (
        '<resource identifier="e" type="idpfepub_epubv3p0" href="b.epub">'
        '<file href="b.epub"/></resource></resources>'
    )
    return edited(cartridge(3), "imsmanifest.xml", ("</resources>", book)) | {"b.epub": b"PK"}
