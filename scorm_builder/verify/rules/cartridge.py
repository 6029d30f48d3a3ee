"""IMS Common Cartridge 1.0 to 1.3, thin ones too (Common Cartridge Profile, sections 3 and 4)."""

from __future__ import annotations

from scorm_builder.verify.rules import Rule

RULES = {
    "cartridge.schema": Rule(
        "error",
        "<schema> does not name a Common Cartridge.",
        "Write «IMS Common Cartridge», or «IMS Thin Common Cartridge».",
        "CC 1.1–1.3, 3.4",
    ),
    "cartridge.version": Rule(
        "error",
        "<schemaversion> is missing or contradicts the namespace.",
        "Write the version of the namespace: 1.1.0, 1.2.0 or 1.3.0.",
        "CC 1.1–1.3, 3.4",
    ),
    "cartridge.organization": Rule(
        "error",
        "More than one organization, or its structure is not «rooted-hierarchy».",
        'Keep one, with structure="rooted-hierarchy".',
        "CC 1.1–1.3, 3.5",
    ),
    "cartridge.root-item": Rule(
        "error",
        "The organization has not exactly one root item without title and identifierref.",
        "Put all items into one <item> that has nothing but an identifier.",
        "CC 1.1–1.3, 3.5",
    ),
    "cartridge.folder": Rule(
        "error",
        "An item with sub-items has an identifierref.",
        "A folder launches nothing: move identifierref to a sub-item.",
        "CC 1.1–1.3, 3.5",
    ),
    "cartridge.title": Rule(
        "error", "An item below the root item has no title.", "Give it one.", "CC 1.1–1.3, 3.5"
    ),
    "cartridge.resource-type": Rule(
        "error",
        "A resource has a type that this version does not know: LMSs pass it over.",
        "Write the type of the manifest's version.",
        "CC 1.1–1.3, 4",
    ),
    "cartridge.other-version": Rule(
        "doubt",
        "A resource has a type of another version than the manifest; Moodle passes it over.",
        "Write the type of the manifest's version.",
        "CC 1.1–1.3, 4; Moodle, backup/cc/cc112moodle.php",
    ),
    "cartridge.href": Rule(
        "error",
        "href is missing where it must be, or there where it must not.",
        "Web content that is launched has an href that is also a <file>; links, topics, tests "
        "and tools have one <file> and no href.",
        "CC 1.1–1.3, 4",
    ),
    "cartridge.file": Rule(
        "error",
        "A link, topic, test or tool has not exactly one <file> that holds it, or a resource "
        "names one file twice.",
        "Name the one file in which it is written; name each file once.",
        "CC 1.1, Schematron rule sets 1–4, 9",
    ),
    "cartridge.dependency": Rule(
        "error",
        "A resource depends on itself, on one twice, or on one of a kind that it must not need.",
        "Only web content and associated content are depended upon, and by links and tools not "
        "even these.",
        "CC 1.1, Schematron rule sets 1–7, 11",
    ),
    "cartridge.banks": Rule(
        "error",
        "More than one question bank.",
        "Bring the questions into one bank.",
        "CC 1.1, Schematron rule 4a",
    ),
    "cartridge.reference": Rule(
        "error",
        "An item or a variant names a resource that is not there, or one that cannot be opened "
        "by itself.",
        "Name the identifier of a <resource> that is no question bank.",
        "CC 1.1–1.3, 3.5",
    ),
    "cartridge.thin": Rule(
        "error",
        "A thin cartridge holds more than links to tools and to the web.",
        "Leave the files out, or write «IMS Common Cartridge».",
        "Thin CC 1.0, 2",
    ),
    "cartridge.intended-use": Rule(
        "error",
        "intendeduse is a word that the standard does not know.",
        "Write lessonplan, syllabus, assignment or unspecified.",
        "CC 1.2, 1.3, 4.2",
    ),
    "cartridge.part": Rule(
        "error",
        "The file is not what the resource's type says: another root element or namespace.",
        "Write the root element of this version.",
        "CC 1.1–1.3, 4",
    ),
    "cartridge.link": Rule(
        "error",
        "A web link without a title or without an address.",
        'Write <title> and <url href="https://…"/>.',
        "CC 1.1–1.3, 4.6",
    ),
    "cartridge.topic": Rule(
        "error",
        "A discussion topic without title or text, or of an unknown text type.",
        'Write <title> and <text texttype="text/html">.',
        "CC 1.1–1.3, 4.5",
    ),
    "cartridge.tool": Rule(
        "error",
        "A link to a tool without title, vendor or launch address.",
        "Write blti:title, a launch_url or secure_launch_url, and a vendor with code and name.",
        "CC 1.1–1.3, 4.8; Basic LTI 1.0",
    ),
    "cartridge.test": Rule(
        "error",
        "A test or question bank without its profile, without questions, or with two of one "
        "identifier.",
        "Write cc_profile and one <section> (or <objectbank>) of items with identifiers.",
        "CC 1.1–1.3, 4.7",
    ),
    "cartridge.question": Rule(
        "error",
        "A question of an unknown kind, or an answer key that names no choice of the question.",
        "Write a cc_profile that the standard knows, and keys that name choices.",
        "CC 1.1–1.3, 4.7",
    ),
}
