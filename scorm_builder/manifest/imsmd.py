"""The metadata record of SCORM 1.2: IMS Learning Resource Meta-data 1.2.1 (CAM 1.2, section 2.2).

Holds every element that CAM 2.2.4 makes mandatory for a content aggregation.
"""

from __future__ import annotations

from lxml import etree

from scorm_builder.manifest.facts import PackageFacts
from scorm_builder.manifest.tree import (
    XML_LANG,
    Element,
    child,
    default_namespace,
    serialise,
)

IMSMD = "http://www.imsglobal.org/xsd/imsmd_rootv1p2p1"


def metadata(facts: PackageFacts) -> bytes:
    root = etree.Element(f"{{{IMSMD}}}lom", nsmap=default_namespace(IMSMD))
    _general(root, facts)
    _life_cycle(root, facts)
    meta = child(root, "metametadata")
    child(meta, "metadatascheme", "ADL SCORM 1.2")
    child(meta, "language", facts.language)
    technical = child(root, "technical")
    child(technical, "format", "text/html")
    child(technical, "location", facts.scos[0].launch, {"type": "URI"})
    _educational(root, facts)
    _rights(root, facts)
    classification = child(root, "classification")
    _vocabulary(classification, "purpose", "Educational Objective")
    _text(classification, "description", facts.educational_description, facts.language)
    for keyword in facts.keywords or (facts.title,):
        _text(classification, "keyword", keyword, facts.language)
    return serialise(root)


def _general(root: Element, facts: PackageFacts) -> None:
    general = child(root, "general")
    _text(general, "title", facts.title, facts.language)
    entry = child(general, "catalogentry")
    child(entry, "catalog", "SSE Campus")
    _text(entry, "entry", facts.catalogue_entry, "x-none")
    for language in facts.languages:
        child(general, "language", language)
    _text(general, "description", facts.description, facts.language)
    for keyword in facts.keywords or (facts.title,):
        _text(general, "keyword", keyword, facts.language)


def _life_cycle(root: Element, facts: PackageFacts) -> None:
    life = child(root, "lifecycle")
    _text(life, "version", facts.version, "x-none")
    _vocabulary(life, "status", "Final")
    for author in facts.authors:
        contribute = child(life, "contribute")
        _vocabulary(contribute, "role", "Author")
        child(child(contribute, "centity"), "vcard", vcard(author))


def _educational(root: Element, facts: PackageFacts) -> None:
    educational = child(root, "educational")
    _vocabulary(educational, "learningresourcetype", "Exercise")
    _vocabulary(educational, "intendedenduserrole", "Learner")
    _vocabulary(educational, "context", "Vocational Training")
    child(child(educational, "typicallearningtime"), "datetime", facts.learning_time)
    _text(educational, "description", facts.educational_description, facts.language)
    child(educational, "language", facts.language)


def _rights(root: Element, facts: PackageFacts) -> None:
    rights = child(root, "rights")
    _vocabulary(rights, "cost", "no")
    _vocabulary(rights, "copyrightandotherrestrictions", "yes")
    _text(rights, "description", facts.licence, "x-none")


def vcard(name: str) -> str:
    """The smallest vCard 3.0 for a name (RFC 2426)."""
    safe = name.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
    return f"BEGIN:VCARD\nVERSION:3.0\nFN:{safe}\nN:{safe};;;;\nEND:VCARD"


def _text(parent: Element, name: str, text: str, language: str) -> None:
    child(child(parent, name), "langstring", text, {XML_LANG: language})


def _vocabulary(parent: Element, name: str, value: str) -> None:
    element = child(parent, name)
    for part, text in (("source", "LOMv1.0"), ("value", value)):
        _text(element, part, text, "x-none")
