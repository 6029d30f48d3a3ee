"""What the standards allow and real LMSs stumble over.

Traps that stop an import are always told, as warnings; the others once their LMS is named, and
then what the LMS refuses is an error (``Rule.weight``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from scorm_builder.formats import IMSCP_12, IMSCP_2004
from scorm_builder.manifest.tree import Element
from scorm_builder.verify.findings import Findings
from scorm_builder.verify.manifest import NAME
from scorm_builder.verify.opening import Package
from scorm_builder.verify.profiles import PROFILES
from scorm_builder.verify.sequencing import ss

_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_MOODLE_TITLE = 255
#: An entity in a title with a space beside it.
_ENTITY = re.compile(rb"<title>[^<]{0,500}(?:&#?\w{1,10}; | &#?\w{1,10};)")


@dataclass(frozen=True, slots=True)
class Subject:
    """A package whose manifest could be read. ``source`` are the manifest's bytes."""

    format: str
    root: Element
    source: bytes
    package: Package

    def all(self, *names: str) -> list[Element]:
        """The manifest's own elements of these names, in order."""
        spaces = (IMSCP_12, IMSCP_2004)
        return list(self.root.iter(*[f"{{{space}}}{name}" for space in spaces for name in names]))


def check_takes(format_name: str, findings: Findings) -> None:
    """Whether the LMSs named take such packages at all."""
    for lms in sorted(findings.lms):
        profile = PROFILES[lms]
        if profile.takes is not None and format_name not in profile.takes:
            taken = ", ".join(sorted(profile.takes))
            findings.report(
                "lms.format",
                "",
                f"{profile.title} does not take {format_name}",
                hint=f"export one of: {taken} (source: {profile.source})",
                strict=True,
            )


def check_names(package: Package, findings: Findings) -> None:
    """Names that the LMSs named cannot keep."""
    for lms in sorted(findings.lms):
        profile = PROFILES[lms]
        for name in package.names:
            if profile.bad_names and profile.bad_names.search(name):
                findings.report(
                    "lms.names",
                    name,
                    f"{profile.title} changes or refuses the name «{name}»"
                    f" (source: {profile.names_source})",
                    strict=True,
                )
            if profile.bad_endings and profile.bad_endings.search(name):
                findings.report(
                    "lms.extensions",
                    name,
                    f"{profile.title} refuses or renames such files"
                    f" (source: {profile.endings_source})",
                    strict=True,
                )


def check_traps(subject: Subject, findings: Findings) -> None:
    """Each trap that this package can fall into."""
    for lms, always, trap in _TRAPS:
        if always or lms in findings.lms:
            trap(subject, findings)


def _report(
    code: str, message: str, at: Element | None, findings: Findings, *, line: int = 0
) -> None:
    lms = code.removeprefix("lms.").partition("-")[0]
    findings.report(code, NAME, message, at=at, line=line, strict=lms in findings.lms)


def _moodle_edition(subject: Subject, findings: Findings) -> None:
    for version in subject.all("schemaversion"):
        if (version.text or "").strip() == "2004 2nd Edition":
            _report("lms.moodle-edition", "«2004 2nd Edition»", version, findings)


def _moodle_map_info(subject: Subject, findings: Findings) -> None:
    for sequencing in subject.root.iter(ss("sequencing")):
        if next(sequencing.iter(ss("mapInfo")), None) is not None:
            _report("lms.moodle-mapinfo", "objectives with imsss:mapInfo", sequencing, findings)


def _moodle_title(subject: Subject, findings: Findings) -> None:
    for title in subject.all("title"):
        if len(title.text or "") > _MOODLE_TITLE:
            length = len(title.text or "")
            _report("lms.moodle-title", f"a title of {length:,} characters", title, findings)


def _moodle_base(subject: Subject, findings: Findings) -> None:
    for resources in subject.all("resources"):
        if resources.get(_XML_BASE):
            _report("lms.moodle-base", "xml:base on <resources>", resources, findings)


def _moodle_spaces(subject: Subject, findings: Findings) -> None:
    for found in _ENTITY.finditer(subject.source):
        line = subject.source.count(b"\n", 0, found.end()) + 1
        _report(
            "lms.moodle-spaces", "an entity beside a space in a title", None, findings, line=line
        )
        if "lms.moodle-spaces" in findings.counts and findings.counts["lms.moodle-spaces"] > 25:
            return


def _moodle_mjs(subject: Subject, findings: Findings) -> None:
    for name in subject.package.names:
        if name.endswith(".mjs"):
            findings.report("lms.moodle-mjs", name, "a script named .mjs")


def _moodle_mastery(subject: Subject, findings: Findings) -> None:
    for mastery in subject.root.iter("{http://www.adlnet.org/xsd/adlcp_rootv1p2}masteryscore"):
        _report("lms.moodle-mastery", f"masteryscore «{mastery.text or ''}»", mastery, findings)


def _moodle_sequencing(subject: Subject, findings: Findings) -> None:
    for rules in subject.root.iter(ss("sequencingRules")):
        if len(rules):
            _report("lms.moodle-sequencing", "sequencing rules", rules, findings)


def _openedx_first(subject: Subject, findings: Findings) -> None:
    launched = [item.get("identifierref") for item in subject.all("item")]
    wanted = next((reference for reference in launched if reference), None)
    first = next((r for r in subject.all("resource") if r.get("href")), None)
    if wanted and first is not None and first.get("identifier") != wanted:
        opened = first.get("href", "")
        _report("lms.openedx-first", f"«{opened}» would be opened first", first, findings)


def _openedx_hidden(subject: Subject, findings: Findings) -> None:
    for item in subject.all("item"):
        parent = item.getparent()
        if parent is not None and parent.tag == item.tag and item.get("isvisible") != "true":
            _report("lms.openedx-hidden", "a sub-item without isvisible", item, findings)


def _openedx_version(subject: Subject, findings: Findings) -> None:
    for version in subject.all("schemaversion"):
        if subject.format == "scorm12" and version.text != "1.2":
            _report("lms.openedx-version", "spaces around «1.2»", version, findings)


def _ilias_href(subject: Subject, findings: Findings) -> None:
    for resource in subject.all("resource"):
        if not resource.get("href"):
            _report("lms.ilias-href", "a resource without href", resource, findings)


def _canvas_syllabus(subject: Subject, findings: Findings) -> None:
    for resource in subject.root.iter("{*}resource"):
        if resource.get("intendeduse") == "syllabus":
            _report("lms.canvas-syllabus", "intendeduse «syllabus»", resource, findings)


def _canvas_resource(subject: Subject, findings: Findings) -> None:
    for resource in subject.root.iter("{*}resource"):
        if resource.get("type") in ("imsapip_zipv1p0", "imsiwb_iwbv1p0", "idpfepub_epubv3p0"):
            _report("lms.canvas-resource", f"the type {resource.get('type')}", resource, findings)


_Trap = Callable[[Subject, Findings], None]
#: The LMS, whether the trap is told without naming it, and the check.
_TRAPS: tuple[tuple[str, bool, _Trap], ...] = (
    ("moodle", True, _moodle_edition),
    ("moodle", True, _moodle_map_info),
    ("moodle", True, _moodle_title),
    ("moodle", True, _moodle_base),
    ("moodle", False, _moodle_spaces),
    ("moodle", False, _moodle_mjs),
    ("moodle", False, _moodle_mastery),
    ("moodle", False, _moodle_sequencing),
    ("openedx", False, _openedx_first),
    ("openedx", False, _openedx_hidden),
    ("openedx", False, _openedx_version),
    ("ilias", False, _ilias_href),
    ("canvas", False, _canvas_syllabus),
    ("canvas", False, _canvas_resource),
)
