"""Anything in a package's pages, styles and scripts that would fetch from the network.

A link that a learner may click is no call-out; whatever a browser loads by itself is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote, urljoin

from lxml import etree

from scorm_builder.verify.findings import KEPT_OF_ONE_CODE, Findings, line_of, printable
from scorm_builder.verify.opening import Package

MAX_TEXT = 16 << 20
#: Below this, what a file holds in base64 is not worth taking out.
_SMALL = 1 << 20
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/=]*")
_BASE64 = re.compile(rb"base64,[A-Za-z0-9+/=]*")
_BASE64_AT_END = re.compile(rb"base64,[A-Za-z0-9+/=]*\Z")
#: Of a page; each becomes an element in memory. A course of 200 pages has about 60,000.
MAX_TAGS = 1_000_000
_REMOTE = re.compile(r"\s*(?:https?:|wss?:|ftp:)?//", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\$[A-Z_-]{3,40}\$/?")
#: Where Canvas puts what it names relative to $IMS-CC-FILEBASE$.
_CANVAS_FILES = "web_resources"
_ANY_SCHEME = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|//|#)", re.IGNORECASE)
#: Attributes that a browser follows without being asked, by element; "*" is any element.
_LOADS = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "iframe": ("src",),
    "frame": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "input": ("src",),
    "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
    "base": ("href",),
    "form": ("action",),
    "body": ("background",),
}
_CSS = re.compile(
    r"""(?:url\(\s*["']?|@import\s+["'])\s*((?:https?:)?//[^"')\s]+)""", re.IGNORECASE
)
_JS = re.compile(
    r"""(?:\b(?:fetch|open|sendBeacon|WebSocket|EventSource|importScripts|Worker|import)\s*\(\s*"""
    r"""(?:["']\w+["']\s*,\s*)?|\.(?:src|href|action)\s*=\s*)["'`]((?:https?:|wss?:)?//[^"'`]+)""",
    re.IGNORECASE,
)


_JS_MARKUP = re.compile(
    r"""<[a-z][^<>]{0,2000}\s(?:src|srcset|poster|data)=\\?["']?((?:https?:)?//[^"'`\\\s>]+)""",
    re.IGNORECASE,
)
#: Without this, a script or style calls nobody: most are settled by one quick look.
_ANY_ADDRESS = re.compile(rb"""["'`=(]\s*(?:[a-z]{2,5}:)?//""", re.IGNORECASE)
_WITH_STYLE = etree.XPath("//*[@style]")
_MARKUP = {"html", "htm", "xhtml", "svg"}


def check_callouts(package: Package, name: str, findings: Findings) -> None:
    """Look through one text file of the package, by its extension."""
    extension = name.rpartition(".")[2].lower()
    if extension not in _MARKUP | {"css", "js"}:
        return
    data = _text(package, name, findings)
    if data is None:
        return
    if extension in _MARKUP:
        if data.count(b"<") > MAX_TAGS:
            findings.report("page.too-large", name, f"more than {MAX_TAGS:,} tags")
        else:
            _markup(data, name, package, findings)
        return
    if not _ANY_ADDRESS.search(data):
        return
    text = data.decode("utf-8", errors="replace")
    for pattern in (_CSS,) if extension == "css" else (_JS, _JS_MARKUP):
        _report(_found(pattern, text), name, findings)


def _text(package: Package, name: str, findings: Findings) -> bytes | None:
    """The file, without the pictures and films that it may hold in base64."""
    if package.size(name) <= _SMALL:
        return package.read(name, _SMALL)
    data, cut = bytearray(), False
    for piece in package.pieces(name):
        start = len(_BASE64_RUN.match(piece)[0]) if cut else 0  # type: ignore[index]
        cut = start == len(piece) or _BASE64_AT_END.search(piece, start) is not None
        data += _BASE64.sub(b"base64,", piece[start:])
        if len(data) > MAX_TEXT:
            findings.report("page.too-large", name, f"{package.size(name):,} bytes")
            return None
    return bytes(data)


def _markup(data: bytes, name: str, package: Package, findings: Findings) -> None:
    root = _parsed(data)
    if root is None:
        return
    for line, written in _addresses(root):
        # As browsers read it: without tabs and line ends, and with slashes for backslashes.
        address = re.sub(r"[\t\r\n]", "", written).replace("\\", "/")
        if _REMOTE.match(address):
            _report([(line, address)], name, findings)
        else:
            _local(address, line, name, package, findings)
    for element in root.iter("a", "area"):
        _local(element.get("href") or "#", line_of(element), name, package, findings)


def _parsed(data: bytes) -> etree._Element | None:
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _addresses(root: etree._Element) -> Iterator[tuple[int, str]]:
    """Line and address of everything that ``root`` loads. The HTML parser writes names small."""
    for element in _styled(root):
        for _, address in _found(_CSS, element.get("style") or ""):
            yield line_of(element), address
    for element in root.iter(*_LOADS, "meta", "style"):
        line = line_of(element)
        tag = str(element.tag)
        for attribute in _LOADS.get(tag, ()):
            value = element.get(attribute)
            if value and attribute == "srcset":
                yield from ((line, part.split()[0]) for part in value.split(",") if part.split())
            elif value and not (tag == "link" and (element.get("rel") or "") in _LINKS_ONLY):
                yield line, value
        if tag == "meta" and (element.get("http-equiv") or "").lower() == "refresh":
            content = (element.get("content") or "").partition("=")[2].strip(" '\"")
            yield from ((line, content) for _ in range(1) if _REMOTE.match(content))
        if tag == "style":
            yield from ((line + at - 1, a) for at, a in _found(_CSS, element.text or ""))
        if tag == "script" and element.text:
            yield from _inline_script(element, line)


def _styled(root: etree._Element) -> Iterator[etree._Element]:
    found = _WITH_STYLE(root)
    yield from (
        (e for e in found if isinstance(e, etree._Element)) if isinstance(found, list) else ()
    )


#: <link rel> that a browser does not load.
_LINKS_ONLY = {"canonical", "alternate", "license", "author", "next", "prev", "help", "me"}


def _inline_script(element: etree._Element, line: int) -> Iterator[tuple[int, str]]:
    kind = (element.get("type") or "").lower()
    if kind.endswith("json"):
        yield from ((line, address) for address in _in_json(element.text or ""))
    elif kind in ("", "module") or "javascript" in kind:
        yield from ((line + at - 1, a) for at, a in _found(_JS, element.text or ""))


def _in_json(text: str) -> Iterator[str]:
    """Remote addresses in markup that the player will make out of its data."""
    try:
        waiting = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str) and "<" in value and ("//" in value):
            root = _parsed(value.encode("utf-8"))
            if root is not None:
                yield from (a for _, a in _addresses(root) if _REMOTE.match(a))


def _found(pattern: re.Pattern[str], text: str) -> list[tuple[int, str]]:
    """Line and address of each match, as many as are ever told and one more."""
    found, line, at = [], 1, 0
    for match in islice(pattern.finditer(text), KEPT_OF_ONE_CODE + 1):
        line += text.count("\n", at, match.start())
        at = match.start()
        found.append((line, match.group(1)))
    return found


def _report(found: list[tuple[int, str]], name: str, findings: Findings) -> None:
    for line, address in found:
        findings.report(
            "callout", name, f"loads from the network: {printable(address.strip(), 120)}", line=line
        )


def _local(address: str, line: int, name: str, package: Package, findings: Findings) -> None:
    """A relative reference must name an entry, to the case."""
    if _ANY_SCHEME.match(address) or not address.strip():
        return
    try:
        full = urljoin("/" + name, address.strip())
    except ValueError:  # as of «//[x»
        return
    target = unquote(re.split(r"[?#]", full, maxsplit=1)[0]).lstrip("/")
    if "$" in target and (placeholder := _PLACEHOLDER.search(target)):
        # A cartridge's own way to say «the package's root»; other such words are one LMS's.
        target = target[placeholder.end() :]
        if "FILEBASE" not in placeholder[0] or f"{_CANVAS_FILES}/{target}" in package:
            return
    if target and target not in package and not target.endswith("/"):
        findings.report(
            "link.missing",
            name,
            f"«{printable(address.strip(), 120)}» is not in the package",
            line=line,
        )
