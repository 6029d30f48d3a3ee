"""The metadata record of SCORM 2004: IEEE 1484.12.3, LOM's XML binding (CAM 4th ed., section 4).

A file of its own, named by ``adlcp:location``: LOM's schemas are not in the package, so the
manifest must not name them.
"""

from __future__ import annotations

from lxml import etree

from scorm_builder.manifest.facts import PackageFacts
from scorm_builder.manifest.imsmd import vcard
from scorm_builder.manifest.tree import Element, child, default_namespace, serialise

LOM = "http://ltsc.ieee.org/xsd/LOM"


def metadata(facts: PackageFacts) -> bytes:
    root = etree.Element(f"{{{LOM}}}lom", nsmap=default_namespace(LOM))
    _general(root, facts)
    life = child(root, "lifeCycle")
    child(child(life, "version"), "string", facts.version)
    _vocabulary(life, "status", "final")
    for author in facts.authors:
        contribute = child(life, "contribute")
        _vocabulary(contribute, "role", "author")
        child(contribute, "entity", vcard(author))
    meta = child(root, "metaMetadata")
    for schema in ("LOMv1.0", "ADLv1.0"):
        child(meta, "metadataSchema", schema)
    child(meta, "language", facts.language)
    technical = child(root, "technical")
    child(technical, "format", "text/html")
    child(technical, "location", facts.scos[0].launch)
    educational = child(root, "educational")
    _vocabulary(educational, "learningResourceType", "exercise")
    _vocabulary(educational, "intendedEndUserRole", "learner")
    _vocabulary(educational, "context", "training")
    child(child(educational, "typicalLearningTime"), "duration", facts.learning_time)
    _text(educational, "description", facts.educational_description, facts.language)
    child(educational, "language", facts.language)
    rights = child(root, "rights")
    _vocabulary(rights, "cost", "no")
    _vocabulary(rights, "copyrightAndOtherRestrictions", "yes")
    _text(rights, "description", facts.licence, "x-none")
    classification = child(root, "classification")
    _vocabulary(classification, "purpose", "competency")
    _text(classification, "description", facts.educational_description, facts.language)
    for keyword in facts.keywords:
        _text(classification, "keyword", keyword, facts.language)
    return serialise(root)


def _general(root: Element, facts: PackageFacts) -> None:
    general = child(root, "general")
    number = child(general, "identifier")
    child(number, "catalog", "SSE Campus")
    child(number, "entry", facts.catalogue_entry)
    _text(general, "title", facts.title, facts.language)
    for language in facts.languages:
        child(general, "language", language)
    _text(general, "description", facts.description, facts.language)
    for keyword in facts.keywords or (facts.title,):
        _text(general, "keyword", keyword, facts.language)


def _text(parent: Element, name: str, text: str, language: str) -> None:
    child(child(parent, name), "string", text, {"language": language})


def _vocabulary(parent: Element, name: str, value: str) -> None:
    element = child(parent, name)
    child(element, "source", "LOMv1.0")
    child(element, "value", value)
