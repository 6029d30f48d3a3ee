"""The files that resources stand for: links, topics, tools; tests are in ``questions.py``."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote, urlsplit

from lxml import etree

from scorm_builder.manifest.tree import Element
from scorm_builder.verify.cartridge.questions import check_test
from scorm_builder.verify.cartridge.versions import ROOTS, Version, kind_of
from scorm_builder.verify.findings import Findings
from scorm_builder.verify.manifest import NAME
from scorm_builder.verify.opening import Package
from scorm_builder.verify.resources import EXTERNAL
from scorm_builder.verify.xml import MAX_XML, parse

_BLTI = "{http://www.imsglobal.org/xsd/imsbasiclti_v1p0}"
_LTICP = "{http://www.imsglobal.org/xsd/imslticp_v1p0}"
_ORDER = {
    "link": ("title", "url"),
    "topic": ("title", "text", "attachments"),
    "tool": (
        "title",
        "description",
        "custom",
        "extensions",
        "launch_url",
        "secure_launch_url",
        "icon",
        "secure_icon",
        "vendor",
        "cartridge_bundle",
        "cartridge_icon",
    ),
}
_TEXTS = {"text/plain", "text/html"}


def check_part(resource: Element, version: Version, package: Package, findings: Findings) -> None:
    """Read the one file of ``resource`` and judge it by its kind."""
    found = kind_of(resource, version)
    if found is None or found[0] not in ROOTS:
        return
    kind, of = found
    file = resource.find(version.cp("file"))
    if file is None:
        for child in resource:
            if etree.QName(child).localname == ROOTS[kind]:
                _CHECKS[kind](child, NAME, findings)
        return
    name = file.get("href", "")
    if name not in package or (data := package.read(name, MAX_XML)) is None:
        return
    root = parse(data, name, findings)
    if root is None:
        return
    tag = etree.QName(root)
    if tag.localname != ROOTS[kind] or tag.namespace not in of.spaces[kind]:
        findings.report(
            "cartridge.part",
            name,
            f"<{tag.localname}> in «{tag.namespace or ''}» for a resource of type"
            f" {resource.get('type')}",
            at=root,
            hint=f"write <{ROOTS[kind]}> in {' or '.join(sorted(of.spaces[kind]))}",
        )
        return
    _CHECKS[kind](root, name, findings)
    _order(root, kind, name, findings)
    if kind == "topic":
        _attachments(root, name, package, findings)


def _order(root: Element, kind: str, name: str, findings: Findings) -> None:
    """The standard's schemas want the parts in this order, each once but ``extensions``."""
    order = _ORDER.get(kind, ())
    at, before = -1, ""
    for child in root:
        part = etree.QName(child).localname
        if part not in order:
            continue
        place = order.index(part)
        if place < at or (place == at and part != "extensions"):
            said = "a second time" if part == before else f"after <{before}>"
            findings.report("schema.invalid", name, f"<{part}> {said}", at=child)
            return
        at, before = place, part


def _attachments(root: Element, name: str, package: Package, findings: Findings) -> None:
    """CC 4.5: what is attached lies beside the topic, or is named from the package's root."""
    folder = name.rpartition("/")[0]
    for attachment in root.iter("{*}attachment"):
        href = unquote(attachment.get("href") or "")
        from_root = re.sub(r"^\$IMS[-_]CC[-_]FILEBASE\$/?", "", href)
        path = from_root if from_root != href else posixpath.normpath(f"{folder or '.'}/{href}")
        if not EXTERNAL.match(href) and path not in package:
            findings.report(
                "reference.missing", name, f"«{href}» is not in the package", at=attachment
            )


def _link(root: Element, name: str, findings: Findings) -> None:
    url = root.find("{*}url")
    address = (url.get("href") or "").strip() if url is not None else ""
    if not _text(root, "{*}title") or not _is_address(address):
        findings.report(
            "cartridge.link", name, f"title «{_text(root, '{*}title')}», url «{address}»", at=root
        )


def _is_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.scheme == "mailto"))


def _topic(root: Element, name: str, findings: Findings) -> None:
    text = root.find("{*}text")
    kind = text.get("texttype") if text is not None else None
    if not _text(root, "{*}title") or text is None or kind not in _TEXTS:
        findings.report(
            "cartridge.topic",
            name,
            f"title «{_text(root, '{*}title')}», "
            + ("no text" if text is None else f"texttype «{kind or ''}»"),
            at=root,
        )


def _tool(root: Element, name: str, findings: Findings) -> None:
    missing = []
    if not _text(root, f"{_BLTI}title"):
        missing.append("title")
    addresses = [_text(root, f"{_BLTI}{tag}") for tag in ("launch_url", "secure_launch_url")]
    if not any(addresses) or not all(map(_is_address, filter(None, addresses))):
        missing.append("launch_url or secure_launch_url")
    vendor = root.find(f"{_BLTI}vendor")
    if vendor is None or not all(_text(vendor, f"{_LTICP}{tag}") for tag in ("code", "name")):
        missing.append("vendor with code and name")
    if missing:
        findings.report("cartridge.tool", name, f"missing or wrong: {', '.join(missing)}", at=root)


def _text(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


_CHECKS = {"link": _link, "topic": _topic, "tool": _tool, "test": check_test, "bank": check_test}
