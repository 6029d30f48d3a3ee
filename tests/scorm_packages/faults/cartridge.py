"""Faults in Common Cartridges."""

from __future__ import annotations

from tests.scorm_packages.faults import edited, fault
from tests.scorm_packages.others import cartridge, thin

Entries = dict[str, bytes]
_MANIFEST = "imsmanifest.xml"


def _changed(*changes: tuple[str, str], minor: int = 1) -> Entries:
    return edited(cartridge(minor), _MANIFEST, *changes)


@fault("cartridge.schema")
def schema_of_scorm() -> Entries:
    return _changed(("IMS Common Cartridge", "ADL SCORM"))


@fault("cartridge.version")
def version_of_another() -> Entries:
    return _changed(("<schemaversion>1.1.0", "<schemaversion>1.3.0"))


@fault("cartridge.organization")
def not_rooted() -> Entries:
    return _changed((' structure="rooted-hierarchy"', ""), minor=3)


@fault("cartridge.organization")
def two_organizations() -> Entries:
    second = '<organization identifier="o2" structure="rooted-hierarchy"/></organizations>'
    return _changed(("</organizations>", second))


@fault("cartridge.root-item")
def root_item_with_a_title() -> Entries:
    return _changed(('<item identifier="root">', '<item identifier="root"><title>Root</title>'))


@fault("cartridge.folder")
def folder_that_opens() -> Entries:
    return _changed(
        ('<item identifier="folder">', '<item identifier="folder" identifierref="page">')
    )


@fault("cartridge.title")
def no_title() -> Entries:
    return _changed(("<title>Talk</title>", ""), minor=2)


@fault("manifest.duplicate-id")
def identifier_twice() -> Entries:
    return _changed(('item identifier="i2"', 'item identifier="i1"'))


@fault("manifest.dependency")
def dependency_on_nothing() -> Entries:
    return _changed(('<dependency identifierref="style"', '<dependency identifierref="none"'))


@fault("cartridge.reference")
def reference_to_nothing() -> Entries:
    return _changed(('identifierref="link"', 'identifierref="none"'))


@fault("cartridge.reference")
def bank_that_is_opened() -> Entries:
    return _changed(('identifierref="test"', 'identifierref="bank"'))


@fault("cartridge.reference")
def variant_that_is_not_there() -> Entries:
    variant = '<cpx:variant identifier="v" identifierref="none"/><dependency'
    return _changed(("<dependency", variant), minor=3)


@fault("cartridge.resource-type")
def unknown_type() -> Entries:
    return _changed(("imswl_xmlv1p1", "imsunknown_xmlv1p1"))


@fault("cartridge.other-version", severity="warning")
def type_of_another_version() -> Entries:
    changed = _changed(("imsdt_xmlv1p3", "imsdt_xmlv1p1"), minor=3)
    return changed | {"topic.xml": cartridge(1)["topic.xml"]}


@fault("cartridge.href")
def link_with_an_href() -> Entries:
    return _changed(('type="imswl_xmlv1p1"', 'type="imswl_xmlv1p1" href="link.xml"'))


@fault("cartridge.href")
def page_without_href() -> Entries:
    return _changed((' href="pages/page.html"', ""))


@fault("cartridge.file", "file.undeclared")
def topic_without_a_file() -> Entries:
    return _changed(('<file href="topic.xml"/>', ""))


@fault("cartridge.file")
def file_named_twice() -> Entries:
    once = '<file href="pages/page.html"/>'
    return _changed((once, once * 2), minor=2)


@fault("cartridge.dependency")
def page_that_needs_a_test() -> Entries:
    return _changed(('<dependency identifierref="style"', '<dependency identifierref="test"'))


@fault("cartridge.dependency")
def link_that_needs_a_page() -> Entries:
    needs = '<file href="link.xml"/><dependency identifierref="page"/>'
    return _changed(('<file href="link.xml"/>', needs), minor=3)


@fault("cartridge.dependency")
def page_that_needs_itself() -> Entries:
    return _changed(('<dependency identifierref="style"', '<dependency identifierref="page"'))


@fault("cartridge.banks")
def two_banks() -> Entries:
    bank = '<resource identifier="bank2" type="imsqti_xmlv1p2/imscc_xmlv1p1/question-bank">'
    more = f'{bank}<file href="bank2.xml"/></resource></resources>'
    changed = _changed(("</resources>", more))
    return changed | {"bank2.xml": changed["bank.xml"]}


@fault("cartridge.thin", "cartridge.thin", "file.undeclared")
def thin_with_a_page() -> Entries:
    page = '<resource identifier="p" type="webcontent"/></resources>'
    return edited(thin(), _MANIFEST, ("</resources>", page)) | {"p.html": b"<p>"}


@fault("cartridge.intended-use")
def unknown_use() -> Entries:
    return _changed(('identifier="page"', 'identifier="page" intendeduse="homework"'), minor=3)


@fault("cartridge.part")
def topic_of_another_version() -> Entries:
    return cartridge(3) | {"topic.xml": cartridge(1)["topic.xml"]}


@fault("xml.malformed")
def topic_not_well_formed() -> Entries:
    return cartridge(1) | {"topic.xml": b"<topic>"}


@fault("reference.missing")
def part_left_out() -> Entries:
    entries = cartridge(1)
    del entries["tool.xml"]
    return entries


@fault("cartridge.link")
def link_to_nowhere() -> Entries:
    return edited(cartridge(2), "link.xml", ("https://example.org/read", "/read"))


@fault("cartridge.topic")
def topic_of_another_text() -> Entries:
    return edited(cartridge(1), "topic.xml", ("text/html", "text/markdown"))


@fault("reference.missing")
def attachment_left_out() -> Entries:
    attached = '</text><attachments><attachment href="notes.pdf"/></attachments>'
    return edited(cartridge(3), "topic.xml", ("</text>", attached))


@fault("schema.invalid")
def tool_in_another_order() -> Entries:
    custom = "</blti:vendor><blti:custom/>"
    return edited(cartridge(1), "tool.xml", ("</blti:vendor>", custom))


@fault("schema.invalid")
def topic_with_two_titles() -> Entries:
    return edited(cartridge(2), "topic.xml", ("</title>", "</title><title>Again</title>"))


@fault("cartridge.tool")
def tool_without_an_address() -> Entries:
    return edited(
        cartridge(1),
        "tool.xml",
        ("<blti:secure_launch_url>https://tool.example/launch</blti:secure_launch_url>", ""),
    )


@fault("cartridge.tool")
def tool_of_nobody() -> Entries:
    return edited(thin(), "tool.xml", ("<lticp:code>example</lticp:code>", ""))


@fault("cartridge.test")
def test_without_profile() -> Entries:
    return edited(cartridge(1), "test.xml", ("cc.exam.v0p1", "exam"))


@fault("cartridge.test")
def bank_without_questions() -> Entries:
    empty = (
        b'<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">'
        b'<objectbank ident="b"/></questestinterop>'
    )
    return cartridge(1) | {"bank.xml": empty}


@fault("cartridge.question")
def key_that_is_no_choice() -> Entries:
    return edited(cartridge(3), "test.xml", ('"r1">a<', '"r1">c<'))


@fault("cartridge.question")
def question_of_an_unknown_kind() -> Entries:
    return edited(cartridge(1), "bank.xml", ("cc.multiple_choice.v0p1", "cc.drawing.v0p1"))
