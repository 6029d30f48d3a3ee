"""Items: what a learner clicks on, and what an LMS is told of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from lxml import etree

from scorm_builder.manifest.tree import Element
from scorm_builder.verify.edition import Edition
from scorm_builder.verify.findings import Findings
from scorm_builder.verify.manifest import NAME, title_of

_PAIR = r"[^\s=&?#]+=[^\s&?#]*"
#: 2004 CAM 3.4.1.8: ``#part``, or ``?`` ``&`` or nothing before pairs, and a part at the end.
_PARAMETERS = re.compile(rf"(?:#\S+|[?&]?{_PAIR}(?:&{_PAIR})*(?:#\S*)?)\Z")
#: 1.2 CAM 2.3.2.6.1.2.3; the data model's CMITimespan.
_TIMESPAN = re.compile(r"\d{2,4}:\d\d:\d\d(?:\.\d{1,2})?\Z")
#: aicc_script: names, and statuses in quotes. ``3*{a,b,c}`` counts.
_SCRIPT = re.compile(r'"[^"]*"|[^\s"&|~()=<>{},*]+')
_TIME_LIMIT = {"exit,message", "exit,no message", "continue,message", "continue,no message"}
_FOR_SCOS = {
    "scorm12": ("datafromlms", "masteryscore", "maxtimeallowed"),
    "scorm2004": ("dataFromLMS",),
}
_THRESHOLD = ("completedByMeasure", "minProgressMeasure", "progressWeight")


def check_items(
    root: Element, resources: Mapping[str, Element], edition: Edition, findings: Findings
) -> None:
    """Every <item>, and what stands in it about its SCO."""
    items = list(root.iter(edition.cp("item")))
    known = {item.get("identifier", "") for item in items}
    sub_manifests = {sub.get("identifier", "") for sub in root.iter(edition.cp("manifest"))}
    for item in items:
        target = resources.get(item.get("identifierref") or "")
        launches = _launch(item, target, sub_manifests, edition, findings)
        _parameters(item, launches, findings)
        _for_scos(item, target, edition, findings)
        if edition.is_2004:
            _shared_data(item, edition, findings)
        else:
            _values(item, known, edition, findings)
    if edition.is_2004:
        for threshold in root.iter(edition.adl("completionThreshold")):
            _threshold(threshold, edition, findings)


def _launch(
    item: Element,
    target: Element | None,
    sub_manifests: set[str],
    edition: Edition,
    findings: Findings,
) -> bool:
    reference = item.get("identifierref")
    leaf = item.find(edition.cp("item")) is None
    if not title_of(item, edition):
        findings.report("manifest.title", NAME, "an item without title", at=item)
    if leaf and not reference:
        findings.report(
            "manifest.leaf", NAME, "an item without sub-items and without identifierref", at=item
        )
    if not leaf and reference:
        findings.report(
            "manifest.branch",
            NAME,
            "an item with sub-items must not launch anything itself",
            at=item,
            severity=None if edition.is_2004 else "warning",
        )
    if reference and target is None and reference not in sub_manifests:
        findings.report(
            "manifest.reference", NAME, f"identifierref «{reference}» names no resource", at=item
        )
    return bool(reference)


def _parameters(item: Element, launches: bool, findings: Findings) -> None:
    parameters = item.get("parameters")
    if not parameters:
        return
    if not _PARAMETERS.match(parameters):
        findings.report(
            "manifest.parameters",
            NAME,
            f"parameters «{parameters}» cannot be appended to an address",
            at=item,
        )
    elif not launches:
        findings.report(
            "manifest.parameters-unused",
            NAME,
            f"parameters «{parameters}» on an item that launches nothing",
            at=item,
        )


def _for_scos(item: Element, target: Element | None, edition: Edition, findings: Findings) -> None:
    sco = edition.is_sco(target)
    limit = item.find(edition.adl("timeLimitAction" if edition.is_2004 else "timelimitaction"))
    if limit is not None:
        if not sco:
            findings.report(
                "manifest.time-limit",
                NAME,
                "a time-limit action on an item that launches no SCO",
                at=limit,
            )
        if (limit.text or "").strip() not in _TIME_LIMIT:
            findings.report(
                "manifest.time-limit-words",
                NAME,
                f"the time-limit action is «{(limit.text or '').strip()}»",
                at=limit,
            )
    for element in () if sco else _settings(item, edition):
        findings.report(
            "manifest.sco-only",
            NAME,
            f"{etree.QName(element).localname} on an item that launches no SCO",
            at=element,
        )


def _settings(item: Element, edition: Edition) -> Iterator[Element]:
    names = _FOR_SCOS[edition.kind]
    if edition.is_2004 and not edition.is_4th:
        names = (*names, "completionThreshold")
    for name in names:
        yield from item.iterfind(edition.adl(name))


def _values(item: Element, known: set[str], edition: Edition, findings: Findings) -> None:
    """What only 1.2 has."""
    for mastery in item.iterfind(edition.adl("masteryscore")):
        if not within(mastery.text, 0, 100):
            findings.report(
                "manifest.mastery", NAME, f"masteryscore «{mastery.text or ''}»", at=mastery
            )
    for allowed in item.iterfind(edition.adl("maxtimeallowed")):
        if not _TIMESPAN.match((allowed.text or "").strip()):
            findings.report(
                "manifest.time", NAME, f"maxtimeallowed «{allowed.text or ''}»", at=allowed
            )
    for script in item.iterfind(edition.adl("prerequisites")):
        names = {n for n in _SCRIPT.findall(script.text or "") if not n.startswith('"')}
        unknown = sorted(n for n in names - known if not n.isdigit())
        if unknown:
            findings.report(
                "manifest.prerequisite",
                NAME,
                f"prerequisites name «{unknown[0]}», which is no item",
                at=script,
            )


def _shared_data(item: Element, edition: Edition, findings: Findings) -> None:
    for data in item.iterfind(edition.adl("data")):
        if not edition.is_4th:
            findings.report("manifest.edition", NAME, "adlcp:data is the 4th edition's", at=data)
        seen: set[str | None] = set()
        for store in data.iterfind(edition.adl("map")):
            if store.get("targetID") in seen:
                findings.report(
                    "manifest.shared-data",
                    NAME,
                    f"«{store.get('targetID')}» is mapped twice",
                    at=store,
                )
            seen.add(store.get("targetID"))


def _threshold(threshold: Element, edition: Edition, findings: Findings) -> None:
    text = (threshold.text or "").strip()
    written = [name for name in _THRESHOLD if name in threshold.attrib]
    if edition.is_4th:
        wrong = bool(text) or not all(
            within(threshold.get(name), 0, 1) for name in written if name != "completedByMeasure"
        )
    else:
        wrong = bool(written) or not within(text, 0, 1)
    if wrong:
        said = text or " ".join(f'{name}="{threshold.get(name)}"' for name in written)
        findings.report(
            "manifest.completion-threshold", NAME, f"completionThreshold is «{said}»", at=threshold
        )


def within(text: str | None, low: int, high: int) -> bool:
    """Whether ``text`` is a number in this range. Not «nan», nor any other word."""
    try:
        return low <= Decimal((text or "").strip()) <= high
    except InvalidOperation:
        return False
