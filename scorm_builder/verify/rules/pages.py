"""XML, schemas and references, in packages of every kind, and what the pages themselves do."""

from __future__ import annotations

from scorm_builder.verify.rules import Rule

RULES = {
    "xml.malformed": Rule(
        "error",
        "XML that is not well-formed, or not in the encoding that it says.",
        "Mend the place named, or export again; an encoding other than UTF-8 must be declared.",
        "ADL validator, check 2",
    ),
    "xml.entities": Rule(
        "error",
        "The file declares entities, by which an importing LMS may be made to read files.",
        "Write the text itself in place of each entity and remove the DOCTYPE.",
    ),
    "xml.too-many": Rule(
        "error",
        "More elements or a deeper nesting than any course has.",
        "Do not import this package. If it is yours, split the course.",
    ),
    "schema.invalid": Rule(
        "error",
        "The file does not follow the standard's schema.",
        "Mend the element named, as the standard's schema has it.",
        "ADL validator, check 6",
    ),
    "schema.missing": Rule(
        "error",
        "A schema that the manifest goes by is not at the package's root.",
        "Add it there; ADL's test suite refuses the package without.",
        "ADL validator, check 5",
    ),
    "schema.remote": Rule(
        "doubt",
        "A schema is named by its network address.",
        "Add it to the package's root and name it by its file name.",
        "ADL validator, check 5",
    ),
    "reference.missing": Rule(
        "error",
        "A file that the manifest names is not in the package.",
        "Add the file, or drop the reference.",
        "ADL validator, check 7",
    ),
    "reference.case": Rule(
        "error",
        "A file is named in another case than it has.",
        "Make upper and lower case agree: most servers tell them apart.",
        "ADL validator, check 7",
    ),
    "reference.path": Rule(
        "error",
        "A reference with a backslash, a leading slash or «..».",
        "Write it relative to the manifest, with forward slashes, without «..».",
        "SCORM 2004 CAM 3.4.1.19; Moodle 4.5 breaks on backslashes",
    ),
    "reference.external": Rule(
        "doubt",
        "A file of the course lies outside the package.",
        "Put the file into the package: it must work without the network.",
    ),
    "file.undeclared": Rule(
        "doubt",
        "A file that no resource lists may be lost when an LMS copies or exports the course.",
        "List it as <file> in imsmanifest.xml, or leave it out.",
        "ADL validator, check 9",
    ),
    "callout": Rule(
        "doubt",
        "A page, style or script loads something from the network.",
        "Put the file into the package: it must work without the network, and tell nobody.",
    ),
    "link.missing": Rule(
        "doubt",
        "A page names a file that is not in the package.",
        "Add the file, or mend the name: upper and lower case count.",
    ),
    "page.too-large": Rule(
        "doubt",
        "A page is too large to be looked through for calls to the network.",
        "Split the page.",
    ),
}
