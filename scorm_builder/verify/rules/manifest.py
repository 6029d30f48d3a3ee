"""imsmanifest.xml of SCORM 1.2 and 2004: ADL's application profile, row by row."""

from __future__ import annotations

from scorm_builder.verify.rules import Rule

_BOTH = "SCORM 1.2 CAM 2.3; 2004 CAM 3.4"
RULES = {
    "manifest.missing": Rule(
        "error",
        "There is no imsmanifest.xml, and no cmi5.xml either.",
        "Export the course as SCORM, cmi5 or Common Cartridge.",
        "ADL validator, check 1",
    ),
    "manifest.place": Rule(
        "error",
        "The manifest is not at the root of the package, or not written in small letters.",
        "Zip what is inside the folder, not the folder itself.",
        "ADL validator, check 1",
    ),
    "manifest.not-scorm": Rule(
        "error",
        "The root element is no manifest of SCORM or Common Cartridge.",
        "It must be <manifest> in the namespace of the standard.",
        "ADL validator, check 4",
    ),
    "manifest.schema": Rule("error", "<schema> is not «ADL SCORM».", "Write «ADL SCORM».", _BOTH),
    "manifest.schemaversion": Rule(
        "error",
        "<schemaversion> is missing, unknown or contradicts the namespace.",
        "Write the version of the namespace; LMSs go by one or the other.",
        _BOTH,
    ),
    "manifest.parts": Rule(
        "error",
        "Not exactly one <metadata>, <organizations> and <resources>.",
        "There must be one of each directly under <manifest>.",
        _BOTH,
    ),
    "manifest.submanifest": Rule(
        "warning",
        "A manifest within the manifest, which most LMSs do not look into.",
        "Bring everything into one manifest.",
        "ADL validator, check 3; 2004 CAM 3.4.1",
    ),
    "manifest.no-organization": Rule(
        "error",
        "No <organization>: an LMS has nothing to launch.",
        "Add one, with a title and an item for each SCO.",
        _BOTH,
    ),
    "manifest.default": Rule(
        "error",
        "The default organization is not there.",
        "Name the identifier of one of the organizations.",
        _BOTH,
    ),
    "manifest.title": Rule(
        "error", "An organization or item without title.", "Give it one.", _BOTH
    ),
    "manifest.no-item": Rule(
        "error", "An organization without items.", "Add an item for each SCO.", _BOTH
    ),
    "manifest.duplicate-id": Rule(
        "error",
        "Two elements have one identifier; Moodle keeps only the last.",
        "Give each element one of its own.",
        _BOTH,
    ),
    "manifest.leaf": Rule(
        "error",
        "An item without sub-items and without identifierref: a click on it does nothing.",
        "Name the resource that it launches, or remove it.",
        _BOTH,
    ),
    "manifest.branch": Rule(
        "error",
        "An item with sub-items launches something itself (a warning in 1.2).",
        "Move its identifierref to a sub-item.",
        "2004 CAM 3.4.1.8",
    ),
    "manifest.reference": Rule(
        "error",
        "identifierref names no resource: the item cannot be launched.",
        "Name the identifier of a <resource>.",
        _BOTH,
    ),
    "manifest.dependency": Rule(
        "error",
        "A dependency names no resource.",
        "Name the identifier of a <resource>.",
        _BOTH,
    ),
    "manifest.no-href": Rule(
        "error",
        "A SCO, or a resource that is launched, has no href.",
        "Name its start page.",
        _BOTH,
    ),
    "manifest.resource-type": Rule(
        "error",
        "A resource that is launched has a type other than «webcontent».",
        'Write type="webcontent".',
        _BOTH,
    ),
    "manifest.scormtype": Rule(
        "error",
        "The resource does not say «sco» or «asset»; Moodle then takes it for an asset, which "
        "completes itself.",
        "Write adlcp:scormtype (1.2) or adlcp:scormType (2004), «sco» or «asset».",
        _BOTH,
    ),
    "manifest.href-not-listed": Rule(
        "error",
        "The start page is not among the resource's <file> elements.",
        "Repeat it as a <file>.",
        _BOTH,
    ),
    "manifest.extension": Rule(
        "warning",
        "The start page has no extension; servers tell its type by that.",
        "Name it .html.",
        _BOTH,
    ),
    "manifest.parameters": Rule(
        "error",
        "parameters cannot be appended to an address.",
        "Write ?name=value&name=value, or #part.",
        "2004 CAM 3.4.1.8; SCORM 1.2 CAM 2.3.2.6.1.2",
    ),
    "manifest.parameters-unused": Rule(
        "warning",
        "parameters on an item that launches nothing.",
        "Move them to the item that launches.",
        "2004 CAM 3.4.1.8",
    ),
    "manifest.too-long": Rule(
        "error",
        "A text is longer than an LMS has to bear.",
        "Shorten it to the length named.",
        "2004 CAM 3.4; SCORM 1.2 CAM 2.3",
    ),
    "manifest.mastery": Rule(
        "error",
        "masteryscore is no mark out of 100.",
        "Write a number from 0 to 100.",
        "SCORM 1.2 CAM 2.3.2.6.1.2.6",
    ),
    "manifest.time": Rule(
        "error",
        "maxtimeallowed is no time.",
        "Write HHHH:MM:SS.SS.",
        "SCORM 1.2 CAM 2.3.2.6.1.2.3",
    ),
    "manifest.prerequisite": Rule(
        "error",
        "prerequisites name an item that is not there: the LMS may never open this one.",
        "Name identifiers of items.",
        "SCORM 1.2 CAM 2.3.2.6.1.2.2",
    ),
    "manifest.time-limit": Rule(
        "error",
        "A time-limit action on an item that launches no SCO.",
        "Remove it: only a SCO can act on it.",
        "2004 CAM 3.4.1.10; SCORM 1.2 CAM 2.3.2.6.1.2.4",
    ),
    "manifest.time-limit-words": Rule(
        "error",
        "A time-limit action that the standard does not know.",
        "Write «exit,message», «exit,no message», «continue,message» or «continue,no message».",
        "2004 CAM 3.4.1.10; SCORM 1.2 CAM 2.3.2.6.1.2.4",
    ),
    "manifest.sco-only": Rule(
        "doubt",
        "A setting for SCOs on an item that launches none: nobody will read it.",
        "Remove it, or launch a SCO.",
        "2004 CAM 3.4.1.11; SCORM 1.2 CAM 2.3.2.6.1.2.5",
    ),
    "manifest.completion-threshold": Rule(
        "error",
        "completionThreshold is not written as this edition has it, or not from 0 to 1.",
        "4th edition: attributes completedByMeasure, minProgressMeasure, progressWeight; "
        "2nd and 3rd: a number as its text.",
        "2004 CAM 3.4.1.12",
    ),
    "manifest.edition": Rule(
        "error",
        "An element that came with a later edition than the manifest names.",
        "Write the schemaversion of that edition, or leave the element out.",
        "2004 4th edition, CAM, document revision history",
    ),
    "manifest.shared-data": Rule(
        "error",
        "An item maps one shared data store twice.",
        "Keep one <map> of each targetID.",
        "2004 CAM 3.4.1.14",
    ),
    "metadata.root": Rule(
        "warning",
        "The metadata file is not a <lom> record.",
        "Write a LOM record, or leave the location out.",
        "2004 CAM 4.1; SCORM 1.2 CAM 2.2",
    ),
}
