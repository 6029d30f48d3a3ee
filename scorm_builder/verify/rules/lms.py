"""Traps: what the standards allow and one LMS stumbles over. Who stumbles stands in profiles.py."""

from __future__ import annotations

from scorm_builder.verify.rules import Rule

RULES = {
    "lms.prefix": Rule(
        "doubt",
        "An XML prefix other than the usual one: LMSs that know prefixes by their letters see no "
        "SCO.",
        "Use adlcp:, adlseq:, adlnav: and imsss:, and none for the manifest's own elements.",
        "Moodle 4.5, Chamilo 1.11",
    ),
    "lms.format": Rule(
        "refused",
        "The LMS named does not take packages of this kind.",
        "Export the course in a format that it takes.",
    ),
    "lms.names": Rule(
        "refused",
        "The LMS named changes or refuses names with such signs: links to the file break.",
        "Use Latin letters, digits, hyphens, dots and underscores.",
    ),
    "lms.extensions": Rule(
        "refused",
        "The LMS named refuses or renames files of this kind.",
        "Leave the file out.",
    ),
    "lms.moodle-edition": Rule(
        "refused",
        "Moodle reads «2004 2nd Edition» as SCORM 1.2.",
        "Write «CAM 1.3», which is what the second edition prescribes.",
        "Moodle 4.5, tried",
    ),
    "lms.moodle-mapinfo": Rule(
        "refused",
        "Moodle crashes on imsss:mapInfo when it imports the package.",
        "Leave global objectives out where the package should run in Moodle.",
        "Moodle 4.5, tried",
    ),
    "lms.moodle-title": Rule(
        "refused",
        "Moodle crashes on a title of more than 255 characters.",
        "Shorten the title.",
        "Moodle 4.5, tried",
    ),
    "lms.moodle-base": Rule(
        "refused",
        "Moodle ignores xml:base on <resources>.",
        "Write full paths in href, or put xml:base on each <resource>.",
        "Moodle 4.5, tried",
    ),
    "lms.moodle-spaces": Rule(
        "warning",
        "Moodle loses the space after an XML entity in a title.",
        "Write the sign itself where XML allows it, and «and» for &amp;.",
        "Moodle 4.5, tried",
    ),
    "lms.moodle-mjs": Rule(
        "warning",
        "Moodle serves .mjs as text/plain, which browsers refuse for modules.",
        "Name the script .js.",
        "Moodle 4.5, tried",
    ),
    "lms.moodle-mastery": Rule(
        "warning",
        "Moodle lets masteryscore override the status at LMSFinish, even of an unfinished attempt.",
        "Leave masteryscore out and let the SCO say passed or failed.",
        "Moodle 4.5, tried",
    ),
    "lms.moodle-sequencing": Rule(
        "warning",
        "Moodle has SCORM 2004's data model but no working sequencing: rules are passed over.",
        "Let the SCO lead through the course itself.",
        "Moodle 4.5, tried",
    ),
    "lms.openedx-first": Rule(
        "refused",
        "Open edX opens the first resource that has an href, whatever the organization says.",
        "Put the start page's resource first.",
        "overhangio/openedx-scorm-xblock, scormxblock.py",
    ),
    "lms.openedx-hidden": Rule(
        "warning",
        'Open edX shows sub-items only where they say isvisible="true".',
        'Write isvisible="true" on each.',
        "overhangio/openedx-scorm-xblock, scormxblock.py",
    ),
    "lms.openedx-version": Rule(
        "refused",
        "Open edX takes a schemaversion other than exactly «1.2» for SCORM 2004.",
        "Write «1.2» without spaces around it.",
        "overhangio/openedx-scorm-xblock, scormxblock.py",
    ),
    "lms.ilias-href": Rule(
        "warning",
        "ILIAS stumbles over a resource without href.",
        "Give the resource an href, the first of its files.",
        "ILIAS-eLearning/ILIAS#6967",
    ),
    "lms.canvas-syllabus": Rule(
        "warning",
        'Canvas imports a page with intendeduse="syllabus" as a mere file.',
        "Add the syllabus by hand after the import.",
        "instructure/canvas-lms#1142",
    ),
    "lms.canvas-resource": Rule(
        "refused",
        "Canvas leaves resources of this type out.",
        "Bring the material as a file or a link.",
        "instructure/canvas-lms, lib/cc/importer/standard/converter.rb",
    ),
}
