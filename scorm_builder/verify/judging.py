"""Reopen a package, ours or another tool's, and say everything that is wrong with it.

SCORM 1.2 and 2004, cmi5, Common Cartridge; and sites of ours, which have no manifest. The order
follows ADL's validator: container, manifest at the root, well-formed, edition, rules, schema,
references, files. Nothing is unpacked to disk and nothing is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from scorm_builder.formats.model import Family
from scorm_builder.manifest.tree import Element
from scorm_builder.verify import cmi5
from scorm_builder.verify.callouts import check_callouts
from scorm_builder.verify.cartridge import verify_cartridge, version_of
from scorm_builder.verify.findings import Finding, Findings
from scorm_builder.verify.manifest import NAME
from scorm_builder.verify.opening import Package, open_package
from scorm_builder.verify.profiles import named
from scorm_builder.verify.scorm import verify_scorm
from scorm_builder.verify.sums import Seal, check_seals
from scorm_builder.verify.traps import Subject, check_names, check_takes, check_traps
from scorm_builder.verify.xml import MAX_XML, parse

#: With a start page, one of these makes a site: it can be installed, or was made to be checked.
_OF_A_SITE = {"manifest.webmanifest", "SHA256SUMS"}


@dataclass(frozen=True, slots=True)
class Report:
    """``format`` is what the package is (``scorm12``, ``scorm2004-2nd``, ``scorm2004-3rd``,
    ``scorm2004``, ``cmi5``, ``cc10`` to ``cc13``, ``thincc``, ``thincc12``; ``site`` and
    ``single``, which are for no LMS), or None where that cannot be told. Each problem's ``path``
    is an entry of the package. ``seals`` are the list of checksums and the signatures that were
    there, and what came of them: no part of the judgement, which the problems are.
    """

    format: str | None
    problems: tuple[Finding, ...]
    seals: tuple[Seal, ...] = field(default=(), compare=False)

    @property
    def valid(self) -> bool:
        return not any(problem.severity == "error" for problem in self.problems)


def verify_package(
    path: Path,
    *,
    own: bool = False,
    family: Family | None = None,
    profiles: tuple[str, ...] = (),
    public_key: Path | None = None,
) -> Report:
    """Judge the package at ``path``: a zip, a folder, or one XML or HTML file.

    ``own`` says that we have just built it: doubts are faults then, and media are not read a second
    time. ``family`` is what it must be; sites and single files have no manifest. ``profiles`` are
    LMSs of ``PROFILE_NAMES`` whose traps count; with ``public_key``, a minisign key's file, the
    package must be signed by it. Raises ``OSError`` where one of the two cannot be read or is
    neither a file nor a folder, and ``SigningError`` where the key is none.
    """
    findings = Findings(own=own, lms=named(profiles))
    form: str | None = None
    seals: tuple[Seal, ...] = ()
    with open_package(path, findings, alone=family == "single") as package:
        if package is not None:
            form = family if family in ("site", "single") else _manifests(package, findings)
            _expected(form, family, findings)
            seals = _files(path, package, public_key, findings)
    return Report(form, findings.finish(), seals)


def _expected(form: str | None, family: Family | None, findings: Findings) -> None:
    """A cmi5 package must not pass for SCORM because somebody forgot a file, and so on."""
    if family is None or form is None:
        return
    kinds = {"cmi5", "site", "single"}
    kind = form if form in kinds else "scorm" if form.startswith("scorm") else "cartridge"
    if kind != family:
        findings.report("manifest.missing", "", f"this is {form}, not of the kind {family}")


def _files(
    path: Path, package: Package, public_key: Path | None, findings: Findings
) -> tuple[Seal, ...]:
    seals = () if findings.own else check_seals(path, package, public_key, findings)
    for name in package.names:
        check_callouts(package, name, findings)
    check_names(package, findings)
    return seals


def _manifests(package: Package, findings: Findings) -> str | None:
    """The manifest, or the course structure; the format."""
    if not package.whole and package.names[0].endswith(".html"):
        return "single"
    form = None
    if NAME in package:
        form = _manifest(package, findings)
    # One file alone may have any name; whether it is a course structure, its root says.
    structure = cmi5.NAME if package.whole else package.names[0]
    if structure in package and structure != NAME:
        root = _root(structure, package, findings)
        if root is not None and cmi5.verify_cmi5(root, structure, package, findings):
            form = form or "cmi5"
    elif NAME not in package:
        form = _without_manifest(package, findings)
    if form is not None:
        check_takes(form, findings)
    return form


def _root(name: str, package: Package, findings: Findings) -> Element | None:
    data = package.read(name, MAX_XML)
    return parse(data, name, findings) if data is not None else None


def _manifest(package: Package, findings: Findings) -> str | None:
    data = package.read(NAME, MAX_XML)
    root = parse(data, NAME, findings) if data is not None else None
    if data is None or root is None:
        return None
    cartridge = version_of(root)
    if cartridge is not None:
        form = verify_cartridge(root, cartridge, package, findings)
    else:
        edition = verify_scorm(root, package, findings)
        if edition is None:
            return None
        form = edition.name
    check_traps(Subject(form, root, data, package), findings)
    return form


def _without_manifest(package: Package, findings: Findings) -> str | None:
    """A site says what it is; anything else lacks something."""
    near = [name for name in package.names if name.rpartition("/")[2].lower() in (NAME, cmi5.NAME)]
    inside = [name for name in package.names if name.lower().endswith((".zip", ".imscc"))]
    if near:
        findings.report(
            "manifest.place",
            near[0],
            "the manifest is not at the root of the package under exactly its name",
        )
    elif inside and len(package.names) <= len(inside) + 2:
        findings.report("archive.inside", inside[0], "the package lies in another archive")
    elif "course.yaml" in package:
        findings.report(
            "manifest.missing",
            "",
            "this is a course, not yet a package: check or build it with scorm-builder",
        )
    else:
        if "index.html" in package and _OF_A_SITE & set(package.names):
            return "site"
        also = ": this is a Tin Can (xAPI) package" if "tincan.xml" in package else ""
        findings.report("manifest.missing", "", f"no {NAME}{also}")
    return None
