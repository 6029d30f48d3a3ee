"""Reopen a package, ours or another tool's, and say everything that is wrong with it.

The order follows ADL's validator: archive, manifest at the root, well-formed, edition, schema,
references, rules, files. Nothing is unpacked to disk and nothing is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from content.problems import Problem
from scorm_builder.verify.callouts import check_callouts
from scorm_builder.verify.edition import check_prefixes, edition_of
from scorm_builder.verify.findings import Findings, printable
from scorm_builder.verify.manifest import NAME, check_manifest
from scorm_builder.verify.opening import Package, open_package
from scorm_builder.verify.references import check_references, check_undeclared
from scorm_builder.verify.xml import MAX_XML, parse, validate


@dataclass(frozen=True, slots=True)
class Report:
    """``format`` is ``scorm12``, ``scorm2004``, ``scorm2004-3rd``, ``scorm2004-2nd``, or None where
    the package is not SCORM. ``problems`` have the shape of a course's; ``path`` is the entry."""

    format: str | None
    problems: tuple[Problem, ...]

    @property
    def valid(self) -> bool:
        return not any(problem.severity == "error" for problem in self.problems)


def verify_package(path: Path, *, own: bool = False) -> Report:
    """Judge the package at ``path``. ``own`` says that we have just built it: doubts are faults
    then, and stored media are not read a second time."""
    findings = Findings(own=own)
    edition = None
    with open_package(path, findings) as package:
        if package is not None:
            edition = _verify(package, findings)
    return Report(edition, findings.finish())


def _verify(package: Package, findings: Findings) -> str | None:
    edition = _manifest(package, findings)
    for name in package.names:
        if not findings.own:
            package.check(name)
        check_callouts(package, name, findings)
    return edition


def _manifest(package: Package, findings: Findings) -> str | None:
    if NAME not in package:
        _no_manifest(package, findings)
        return None
    data = package.read(NAME, MAX_XML)
    root = parse(data, NAME, findings) if data is not None else None
    edition = edition_of(root, NAME, findings) if root is not None else None
    if root is None or edition is None:
        return None
    check_prefixes(root, NAME, findings)
    validate(root, edition.kind, NAME, findings)
    check_manifest(root, edition, findings)
    declared = check_references(root, edition, package, NAME, findings)
    check_undeclared(package, declared | {NAME}, findings)
    for location in root.iter(edition.adl("location")):
        name = (location.text or "").strip()
        if name in package and (record := package.read(name, MAX_XML)) is not None:
            parse(record, name, findings)
    return edition.name


def _no_manifest(package: Package, findings: Findings) -> None:
    near = [name for name in package.names if name.rpartition("/")[2].lower() == NAME]
    other = {"tincan.xml": "a Tin Can (xAPI) package", "cmi5.xml": "a cmi5 package"}
    kinds = [kind for name, kind in other.items() if name in package]
    if near:
        findings.error(
            "manifest.place",
            printable(near[0]),
            f"{NAME} is not at the root of the zip under exactly that name",
            "zip what is inside the folder, not the folder itself; the name is in small letters",
        )
    else:
        findings.error(
            "manifest.missing",
            "",
            f"no {NAME}" + (f": this is {kinds[0]}" if kinds else ""),
            "export the course as SCORM 1.2 or SCORM 2004",
        )
