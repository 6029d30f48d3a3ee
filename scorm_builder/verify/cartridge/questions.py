"""Tests and question banks in QTI 1.2, as Common Cartridge narrows it (CC 4.7)."""

from __future__ import annotations

from collections.abc import Iterator

from scorm_builder.manifest.tree import Element
from scorm_builder.verify.findings import Findings

_KINDS = {
    "cc.multiple_choice.v0p1",
    "cc.multiple_response.v0p1",
    "cc.true_false.v0p1",
    "cc.fib.v0p1",
    "cc.pattern_match.v0p1",
    "cc.essay.v0p1",
}
_CHOICES = {"cc.multiple_choice.v0p1", "cc.multiple_response.v0p1", "cc.true_false.v0p1"}
_TESTS = {"cc.exam.v0p1"}


def check_test(root: Element, name: str, findings: Findings) -> None:
    """``root`` is <questestinterop> with one <assessment> or <objectbank>."""
    test, bank = root.find("{*}assessment"), root.find("{*}objectbank")
    body = test if test is not None else bank
    if body is None:
        findings.report("cartridge.test", name, "neither assessment nor objectbank", at=root)
        return
    items = list(body.iter("{*}item"))
    problems = []
    if test is not None and _profile(test) not in _TESTS:
        problems.append(f"cc_profile «{_profile(test)}»")
    if test is not None and len(test.findall("{*}section")) != 1:
        problems.append(f"{len(test.findall('{*}section'))} sections")
    if not items:
        problems.append("no questions")
    names = [item.get("ident", "") for item in items]
    if len(set(names)) < len(names) or "" in names:
        problems.append("questions without an ident of their own")
    if problems:
        findings.report("cartridge.test", name, ", ".join(problems), at=body)
    for item in items:
        _question(item, name, findings)


def _profile(element: Element) -> str:
    """cc_profile among the element's own metadata, not that of what is inside."""
    for field in _fields(element):
        if (field.findtext("{*}fieldlabel") or "").strip() == "cc_profile":
            return (field.findtext("{*}fieldentry") or "").strip()
    return ""


def _fields(element: Element) -> Iterator[Element]:
    for metadata in (element, *element.iterfind("{*}itemmetadata")):
        for group in metadata.iterfind("{*}qtimetadata"):
            yield from group.iterfind("{*}qtimetadatafield")


def _question(item: Element, name: str, findings: Findings) -> None:
    kind = _profile(item)
    if kind not in _KINDS:
        findings.report("cartridge.question", name, f"cc_profile «{kind}»", at=item)
        return
    if kind not in _CHOICES:
        return
    choices = {label.get("ident") for label in item.iter("{*}response_label")}
    for key in item.iter("{*}varequal"):
        if (key.text or "").strip() not in choices:
            findings.report(
                "cartridge.question",
                name,
                f"the key «{(key.text or '').strip()}» names no choice",
                at=key,
            )
