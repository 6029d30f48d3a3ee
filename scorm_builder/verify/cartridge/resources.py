"""The resources of a cartridge: types, files, what they depend on and stand in for."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from scorm_builder.manifest.tree import Element
from scorm_builder.verify.cartridge.versions import ROOTS, Version, kind_of
from scorm_builder.verify.findings import Findings
from scorm_builder.verify.manifest import NAME
from scorm_builder.verify.opening import Package
from scorm_builder.verify.references import check_there, fold, resolve

_USES = {"lessonplan", "syllabus", "assignment", "unspecified"}
_OPENED = {"topic", "link", "test", "bank", "tool"}
#: Of what a resource of a kind must not depend (CC 1.1, Schematron rule sets 1 to 6 and 11).
_NOT_NEEDED = {
    "topic": _OPENED,
    "link": _OPENED | {"web", "associated", "other"},
    "test": _OPENED,
    "bank": _OPENED,
    "web": _OPENED | {"associated"},
    "associated": _OPENED | {"associated"},
    "tool": _OPENED | {"web"},
}
#: A thin cartridge is links to tools and to the web, and tests.
_THICK = {"web", "associated", "other"}


def check_resources(
    resources: Mapping[str, Element],
    version: Version,
    package: Package,
    findings: Findings,
    *,
    launched: AbstractSet[str | None],
    thin: bool,
) -> set[str]:
    """Every <resource>; returns the names of the files that they declare. ``launched`` are the
    identifiers that items name."""
    folded = fold(package)
    declared: set[str] = set()
    for resource in resources.values():
        found = _kind(resource, version, findings, thin=thin)
        if found is not None:
            opened = resource.get("identifier") in launched
            _shape(resource, *found, version, findings, launched=opened)
        for element in (resource, *resource.iterfind(version.cp("file"))):
            href = element.get("href")
            target = resolve(href, element, NAME, findings) if href else None
            if target is not None:
                declared.add(target)
                # The resource's href is one of its files, which are looked at themselves.
                if package.whole and element is not resource:
                    check_there(target, element, NAME, package, folded, findings)
        _references(resource, resources, found[0] if found else "", version, findings)
    _banks(resources, version, findings)
    return declared


def _kind(
    resource: Element, version: Version, findings: Findings, *, thin: bool
) -> tuple[str, Version] | None:
    written = resource.get("type", "")
    found = kind_of(resource, version)
    if found is None:
        findings.report(
            "cartridge.resource-type",
            NAME,
            f"the type «{written}» is none of {version.schemaversion}",
            at=resource,
        )
    elif found[1] is not version:
        findings.report(
            "cartridge.other-version",
            NAME,
            f"the type «{written}» is one of {found[1].schemaversion}",
            at=resource,
        )
    if found is not None and thin and found[0] in _THICK:
        findings.report("cartridge.thin", NAME, f"the type «{written}»", at=resource)
    use = resource.get("intendeduse")
    if use is not None and use not in _USES:
        findings.report("cartridge.intended-use", NAME, f"intendeduse «{use}»", at=resource)
    return found


def _shape(
    resource: Element,
    kind: str,
    of: Version,
    version: Version,
    findings: Findings,
    *,
    launched: bool,
) -> None:
    """``of`` is the version that the type comes from."""
    href = resource.get("href")
    files = [file.get("href", "") for file in resource.iterfind(version.cp("file"))]
    if len(set(files)) < len(files):
        findings.report("cartridge.file", NAME, "one file is named twice", at=resource)
    elif kind in ROOTS:
        # A thin cartridge may write the link into the manifest itself.
        inline = {f"{{{space}}}{ROOTS[kind]}" for space in of.spaces[kind]}
        within = any(str(child.tag) in inline for child in resource)
        if len(files) + within != 1:
            findings.report("cartridge.file", NAME, f"{len(files)} files", at=resource)
        elif href:
            findings.report("cartridge.href", NAME, f"href «{href}» on a {kind}", at=resource)
    elif kind in ("web", "associated") and launched and not href:
        findings.report("cartridge.href", NAME, f"{kind} content without href", at=resource)
    elif href and href not in files:
        findings.report(
            "cartridge.href", NAME, f"href «{href}» is not among the <file>s", at=resource
        )


def _references(
    resource: Element,
    resources: Mapping[str, Element],
    kind: str,
    version: Version,
    findings: Findings,
) -> None:
    seen = {resource.get("identifier")}
    for dependency in resource.iterfind(version.cp("dependency")):
        wanted = dependency.get("identifierref")
        target = resources.get(wanted or "")
        if wanted is not None and target is None:
            findings.report(
                "manifest.dependency",
                NAME,
                f"the dependency «{wanted}» names no resource",
                at=dependency,
            )
        elif target is not None:
            needed = (kind_of(target, version) or ("",))[0]
            if wanted in seen or needed in _NOT_NEEDED.get(kind, ()):
                said = "itself, or this again" if wanted in seen else f"a {needed}"
                findings.report(
                    "cartridge.dependency",
                    NAME,
                    f"a {kind} depends on «{wanted}»: {said}",
                    at=dependency,
                )
        seen.add(wanted)
    for variant in resource.iterfind("{*}variant"):
        wanted = variant.get("identifierref")
        if wanted is not None and wanted not in resources:
            findings.report(
                "cartridge.reference", NAME, f"the variant «{wanted}» is not there", at=variant
            )


def _banks(resources: Mapping[str, Element], version: Version, findings: Findings) -> None:
    banks = [r for r in resources.values() if (kind_of(r, version) or ("",))[0] == "bank"]
    if len(banks) > 1:
        findings.report("cartridge.banks", NAME, f"{len(banks)} question banks", at=banks[1])
