"""Faults in XML, schemas, references and pages."""

from __future__ import annotations

from tests.scorm_packages.faults import fault, replaced
from tests.scorm_packages.making import MANIFESTS, files

Entries = dict[str, bytes]


@fault("xml.malformed")
def not_well_formed() -> Entries:
    return replaced("scorm12", ("</resources>", ""))


@fault("xml.malformed")
def latin_1_that_says_utf_8() -> Entries:
    text = MANIFESTS["scorm12"].replace("Lesson", "Leçon")
    return files(imsmanifest__xml=text.encode("latin-1"))


@fault("xml.malformed")
def utf_16_that_says_utf_8() -> Entries:
    # libxml2 goes by what it sees, then trips over what is said.
    return files(imsmanifest__xml=b"\xff\xfe" + MANIFESTS["scorm12"].encode("utf-16-le")[:-7])


@fault("xml.entities")
def entities() -> Entries:
    doctype = '?>\n<!DOCTYPE manifest [<!ENTITY l "Lesson">]>'
    return replaced("scorm12", ("?>", doctype), (">Lesson<", ">&l;<"))


@fault("xml.too-many")
def a_million_tags() -> Entries:
    return files(imsmanifest__xml="".join(f"<a{n % 997}>" for n in range(400_001)))


@fault("schema.invalid")
def unknown_element() -> Entries:
    return replaced("scorm12", ("<resources>", "<resources><thing/>"))


@fault("schema.invalid")
def identifier_with_a_digit_first() -> Entries:
    return replaced("scorm2004", ('identifier="m1"', 'identifier="1m"'))


@fault("schema.missing")
def schema_left_out() -> Entries:
    entries = files("scorm2004")
    del entries["imsss_v1p0.xsd"]
    return entries


@fault("schema.missing")
def schema_that_a_schema_imports() -> Entries:
    entries = files("scorm2004")
    del entries["xml.xsd"]
    return entries


@fault("schema.missing")
def no_schema_location() -> Entries:
    entries = replaced("scorm12", ("xsi:schemaLocation", "xsi:x"))
    return {name: data for name, data in entries.items() if not name.endswith(".xsd")}


@fault("schema.remote", severity="warning")
def schema_by_network_address() -> Entries:
    return replaced("scorm12", (" imscp_rootv1p1p2.xsd", " https://schemas.example/cp.xsd"))


@fault("reference.missing", "link.missing")
def file_left_out() -> Entries:
    return files(style__css=None)


@fault("reference.case", "file.undeclared")
def file_in_capitals() -> Entries:
    return replaced("scorm12", ('href="style.css"', 'href="Style.css"'))


@fault("reference.path", "file.undeclared")
def backslash() -> Entries:
    return replaced("scorm12", ('href="style.css"', 'href="css\\style.css"'))


@fault("reference.path", "file.undeclared")
def leading_slash() -> Entries:
    return replaced("scorm2004", ('href="style.css"', 'href="/style.css"'))


@fault("reference.path", "file.undeclared")
def dots() -> Entries:
    return replaced("scorm12", ('href="style.css"', 'href="../style.css"'))


@fault("reference.external", "file.undeclared", severity="warning")
def file_elsewhere() -> Entries:
    return replaced("scorm12", ('href="style.css"', 'href="https://cdn.example/style.css"'))


@fault("file.undeclared", severity="warning")
def file_not_named() -> Entries:
    return files() | {"notes/extra.txt": b"x"}


@fault("callout", severity="warning")
def script_from_the_network() -> Entries:
    return files(index__html='<link href="style.css"><script src="//cdn.example/x.js"></script>')


@fault("link.missing", severity="warning")
def picture_left_out() -> Entries:
    return files(index__html='<img src="gone.png" alt="">')


@fault("page.too-large", severity="warning")
def page_of_a_million_tags() -> Entries:
    # Of differing numbers, so that it does not look like a bomb.
    return files(index__html="".join(f"<b{n}>" for n in range(1_000_001)))


@fault("findings.more", "file.undeclared", severity="warning")
def a_hundred_files_not_named() -> Entries:
    return files() | {f"extra/{n}.txt": b"x" for n in range(100)}
