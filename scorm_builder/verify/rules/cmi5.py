"""The course structure of cmi5 (cmi5 specification, sections 13 and 14)."""

from __future__ import annotations

from scorm_builder.verify.rules import Rule

RULES = {
    "cmi5.root": Rule(
        "error",
        "The root element is not <courseStructure> of cmi5.",
        "It must be in https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd.",
        "cmi5 14",
    ),
    "cmi5.extension": Rule(
        "warning",
        "Elements of another namespace whose schema the course structure does not name.",
        "Name it in xsi:schemaLocation, or leave the elements out.",
        "cmi5 13.1.5",
    ),
    "cmi5.id": Rule(
        "error",
        "An id, activityType or idref is no fully qualified IRI.",
        "Write one with its scheme, as https://example.org/course/1.",
        "cmi5 13.1, 4.0",
    ),
    "cmi5.duplicate-id": Rule(
        "error",
        "Two elements of the course structure have one id.",
        "Give each one of its own.",
        "cmi5 13.1",
    ),
    "cmi5.url": Rule(
        "error",
        "An AU's url is no address, or has a scheme other than http and https.",
        "Write a relative path into the package, or a full https address.",
        "cmi5 13.1.4",
    ),
    "cmi5.url-relative": Rule(
        "error",
        "A relative url in a course structure without a package.",
        "Write the full address, or put cmi5.xml into a zip with the files.",
        "cmi5 14.2",
    ),
    "cmi5.url-plain-http": Rule(
        "warning",
        "An AU is loaded over http: browsers block it within a page that came over https.",
        "Write https.",
    ),
    "cmi5.url-parameters": Rule(
        "error",
        "The url's query has a name that the LMS adds at launch.",
        "Rename it: endpoint, fetch, actor, registration and activityId are taken.",
        "cmi5 8.1",
    ),
    "cmi5.move-on": Rule(
        "error",
        "moveOn is a word that the standard does not know.",
        "Write Passed, Completed, CompletedAndPassed, CompletedOrPassed or NotApplicable.",
        "cmi5 13.1.4",
    ),
    "cmi5.launch-method": Rule(
        "error",
        "launchMethod is a word that the standard does not know.",
        "Write AnyWindow or OwnWindow.",
        "cmi5 13.1.4",
    ),
    "cmi5.mastery-score": Rule(
        "error",
        "masteryScore is no number from 0 to 1 with four decimal places at most.",
        "Write 0.8 for 80 per cent.",
        "cmi5 13.1.4",
    ),
    "cmi5.objective": Rule(
        "error",
        "An idref names no objective of the course.",
        "Name the id of one in the course's <objectives>.",
        "cmi5 13.1.3",
    ),
    "cmi5.language": Rule(
        "error",
        "A langstring has no language, or the same one as another.",
        'Write lang="…" on each, a different one on each.',
        "cmi5 13.1",
    ),
    "cmi5.title": Rule("error", "A title or description has no text.", "Write one.", "cmi5 13.1"),
}
