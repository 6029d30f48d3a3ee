"""The course structure of cmi5 (specification, sections 8.1, 13 and 14)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qsl, urlsplit

from lxml import etree

from scorm_builder.manifest.tree import Element
from scorm_builder.verify.findings import Findings, line_of
from scorm_builder.verify.opening import Package
from scorm_builder.verify.references import check_there, fold, resolve
from scorm_builder.verify.schemas import CMI5, validate

NAME = "cmi5.xml"
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+\Z")
_MOVE_ON = {"NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed"}
_LAUNCH_METHODS = {"AnyWindow", "OwnWindow"}
_SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_TAKEN = {"endpoint", "fetch", "actor", "registration", "activityId"}


def _c(name: str) -> str:
    return f"{{{CMI5}}}{name}"


def is_structure(root: Element) -> bool:
    return root.tag == _c("courseStructure")


def verify_cmi5(root: Element, name: str, package: Package, findings: Findings) -> bool:
    """Every rule on the course structure ``root``; whether it is one at all."""
    if not is_structure(root):
        tag = etree.QName(root)
        findings.report(
            "cmi5.root",
            name,
            f"the root element is <{tag.localname}> in the namespace «{tag.namespace or ''}»",
            at=root,
        )
        return False
    _identifiers(root, name, findings)
    _extensions(root, name, findings)
    _texts(root, name, findings)
    folded = fold(package)
    for unit in root.iter(_c("au")):
        _values(unit, name, findings)
        for url in unit.iterfind(_c("url")):
            _url(url, name, package, folded, findings)
    validate(root, "cmi5", name, findings)
    return True


def _identifiers(root: Element, name: str, findings: Findings) -> None:
    seen: dict[str, int] = {}
    objectives: set[str] = set()
    for element in root.iter(_c("course"), _c("objective"), _c("block"), _c("au")):
        identifier = element.get("id")
        if identifier is None:
            continue
        _iri(identifier, "id", element, name, findings)
        if identifier in seen:
            findings.report(
                "cmi5.duplicate-id",
                name,
                f"the id «{identifier}» stands on line {seen[identifier]} already",
                at=element,
            )
        seen.setdefault(identifier, line_of(element))
        if element.tag == _c("objective"):
            objectives.add(identifier)
    for reference in root.iter(_c("objective")):
        wanted = reference.get("idref")
        if wanted is not None and wanted not in objectives:
            findings.report(
                "cmi5.objective", name, f"idref «{wanted}» names no objective", at=reference
            )


def _extensions(root: Element, name: str, findings: Findings) -> None:
    named = {CMI5, *(root.get(_SCHEMA_LOCATION) or "").split()[::2]}
    for element in root.iter("*"):
        space = etree.QName(element).namespace or ""
        if space not in named:
            findings.report("cmi5.extension", name, f"elements of «{space}»", at=element)
            named.add(space)


def _iri(value: str, what: str, element: Element, name: str, findings: Findings) -> None:
    if not _IRI.match(value):
        findings.report("cmi5.id", name, f"{what} «{value}» is no full IRI", at=element)


def _texts(root: Element, name: str, findings: Findings) -> None:
    for text in root.iter(_c("title"), _c("description")):
        languages: set[str] = set()
        strings = text.findall(_c("langstring"))
        for string in strings:
            language = (string.get("lang") or "").lower()
            if not language:
                findings.report("cmi5.language", name, "a langstring without lang", at=string)
            elif language in languages:
                findings.report("cmi5.language", name, f"«{language}» again", at=string)
            languages.add(language)
        if strings and not any((string.text or "").strip() for string in strings):
            what = etree.QName(text).localname
            findings.report("cmi5.title", name, f"a {what} without text", at=text)


def _values(unit: Element, name: str, findings: Findings) -> None:
    if unit.get("moveOn", "Passed") not in _MOVE_ON:
        findings.report("cmi5.move-on", name, f"moveOn is «{unit.get('moveOn')}»", at=unit)
    if unit.get("launchMethod", "AnyWindow") not in _LAUNCH_METHODS:
        findings.report(
            "cmi5.launch-method", name, f"launchMethod is «{unit.get('launchMethod')}»", at=unit
        )
    score = unit.get("masteryScore")
    if score is not None and not _is_share(score):
        findings.report("cmi5.mastery-score", name, f"masteryScore is «{score}»", at=unit)
    if (activity_type := unit.get("activityType")) is not None:
        _iri(activity_type, "activityType", unit, name, findings)


def _is_share(text: str) -> bool:
    try:
        number = Decimal(text.strip())
        exponent = number.as_tuple().exponent
        return 0 <= number <= 1 and isinstance(exponent, int) and exponent >= -4
    except InvalidOperation:
        return False


def _url(
    url: Element, name: str, package: Package, folded: Mapping[str, str], findings: Findings
) -> None:
    address = (url.text or "").strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = None
    if not address or parts is None or parts.scheme not in ("", "http", "https"):
        findings.report("cmi5.url", name, f"url «{address}»", at=url)
        return
    taken = sorted({key for key, _ in _query(parts.query)} & _TAKEN)
    if taken:
        findings.report("cmi5.url-parameters", name, f"the query has {', '.join(taken)}", at=url)
    if parts.scheme and not _IRI.match(address):
        findings.report("cmi5.url", name, f"url «{address}» has signs to be encoded", at=url)
    elif parts.scheme == "http":
        findings.report("cmi5.url-plain-http", name, f"url «{address}»", at=url)
    elif not parts.scheme and parts.netloc:
        findings.report("cmi5.url", name, f"url «{address}» has no scheme", at=url)
    elif not parts.scheme and not package.whole:
        findings.report("cmi5.url-relative", name, f"url «{address}»", at=url)
    elif not parts.scheme:
        target = resolve(address, url, name, findings)
        if target is not None:
            check_there(target, url, name, package, folded, findings)


def _query(text: str) -> Iterator[tuple[str, str]]:
    try:
        yield from parse_qsl(text, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return
