"""The proof that a course asks nothing of the network, made on the very files of an output.

Cleaning, the SVG reader and the captions' reader refuse what could call out, each with its line.
This looks at what came of it, and takes nothing for granted: in pages, every attribute but those
known to be text must be a place inside the output; styles and scripts are searched as in packages
of other tools. A link is no request: it waits for a click.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from lxml import etree
from lxml import html as lxml_html

from content.media import MEDIA_TYPES
from content.model import Course
from content.problems import Problem
from scorm_builder.entries import Entry
from scorm_builder.formats.sites import FOLDER
from scorm_builder.order import Order
from scorm_builder.plan import plan_package
from scorm_builder.verify.callouts import MAX_TEXT, check_callouts
from scorm_builder.verify.findings import Findings
from scorm_builder.verify.opening import Package

#: Attributes of which no browser loads anything.
_TEXT = re.compile(
    r"(?:aria|data)-[a-z-]+|accesskey|alt|charset|class|colspan|content|controls|crossorigin"
    r"|decoding|default|defer|dir|disabled|download|for|height|hidden|id|inert|kind|label|lang"
    r"|loading|max|media|min|name|nonce|open|playsinline|preload|rel|role|rowspan|scope|sizes"
    r"|srclang|start|tabindex|target|title|type|value|viewbox|width|xmlns"
)
_NEVER = frozenset({"base", "embed", "form", "frame", "iframe", "object", "portal"})
_OUT = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]{2}", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
#: Pictures, sounds and captions inside the document itself; never a document.
_INSIDE = re.compile(r"data:(?:image|audio|video|font)/[a-z0-9+.-]+[;,]|data:text/vtt[;,]", re.I)
#: A file to download that stands in the document: it is saved, never shown.
_SAVED = re.compile("data:(?:" + "|".join(map(re.escape, MEDIA_TYPES.values())) + ");")
#: What a style sheet can load: addresses, and strings that stand for them.
_STYLE_LOADS = re.compile(
    r"url\s*\(\s*[\"']?\s*([^\"')]*)|@import\s*([^;]*)|image-set\s*\(\s*[\"']([^\"']*)",
    re.IGNORECASE,
)
_STYLE_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
#: What browsers take out of an address before they read it (URL Standard, §4.4).
_IGNORED = re.compile(r"[\t\n\r]|^[\x00-\x20]+")
_SCRIPT = re.compile(r"SSE\.languages\.take\((.*)\);\s*", re.DOTALL)
_HINT = "remove it: a course must work without the network, and tell nobody who reads it"


def requests_outside(order: Order) -> tuple[Problem, ...]:
    """Everything that an output of ``order`` would load from the network. None, if all is well."""
    entries = plan_package(order).entries
    package = _Planned(entries)
    for name in package.names:
        check_callouts(package, name, package.findings)
    found = [
        Problem(one.path, one.line, one.column, "error", "outside.request", one.message, _HINT)
        for one in package.findings.finish()
        if one.code == "callout"
    ]
    for entry in entries:
        if entry.name.endswith(".css"):
            data = package.read(entry.name, MAX_TEXT) or b""
            for what in _in_style(data.decode("utf-8", "replace")):
                message = f"the style would load {what[:120]}"
                found.append(Problem(entry.name, 0, 0, "error", "outside.request", message, _HINT))
        elif entry.data is not None and entry.name.endswith((".html", ".js")):
            text, script = entry.data.decode("utf-8"), entry.name.endswith(".js")
            for language, place, what in _in_text(text, script=script, first=order.language):
                path = _path_of(order.course, place, language) or entry.name
                message = f"the page would load {what[:120]}"
                found.append(Problem(path, 0, 0, "error", "outside.request", message, _HINT))
    return tuple(sorted(set(found)))


def inspect_requests(course: Course) -> tuple[Problem, ...]:
    """``requests_outside`` of the whole course in all of its languages."""
    return requests_outside(Order(course=course, form=FOLDER, languages=course.languages))


class _Planned(Package):
    """A package that is not written yet."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.findings = Findings(own=True)
        super().__init__((entry.name for entry in entries), self.findings)
        self._entries = {entry.name: entry for entry in entries}

    def size(self, name: str) -> int:
        entry = self._entries[name]
        if entry.data is not None:
            return len(entry.data)
        return entry.source.stat().st_size if entry.source else 0

    def open(self, name: str) -> BinaryIO:
        entry = self._entries[name]
        if entry.data is None and entry.source is not None:
            return entry.source.open("rb")
        return io.BytesIO(entry.data or b"")


def _in_text(text: str, *, script: bool, first: str) -> Iterator[tuple[str, str, str]]:
    """The language, the view (``unit/page``, or empty) and what it would load. A document holds the
    ``first`` language, and a script each further one."""
    if not script:
        yield from ((first, *found) for found in _in_markup(text))
    elif edition := _SCRIPT.fullmatch(text):
        data = json.loads(edition[1])
        yield from ((data["data"]["language"], *found) for found in _in_data(data, ""))


def _in_data(value: object, place: str) -> Iterator[tuple[str, str]]:
    """In the markup that the player's data hold; the key of a view is its place."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _in_data(one, key if "/" in key else place)
    elif isinstance(value, list):
        for one in value:
            yield from _in_data(one, place)
    elif isinstance(value, str) and "<" in value:
        for inside, what in _in_markup(value):
            yield inside or place, what


def _in_markup(text: str) -> Iterator[tuple[str, str]]:
    root = lxml_html.document_fromstring(text, parser=lxml_html.HTMLParser(huge_tree=True))
    for element in root.iter(etree.Element):
        tag = str(element.tag).lower()
        place = _view(element)
        if tag in _NEVER:
            yield place, f"<{tag}>"
        if tag == "meta" and element.get("http-equiv", "").lower() == "refresh":
            yield place, "another page by itself"
        if tag == "style":
            yield from ((place, what) for what in _in_style(element.text or ""))
        if tag == "script" and element.get("type", "").endswith("json"):
            yield from _in_data(json.loads(element.text or "null"), place)
        for key, given in element.attrib.items():
            name, value = str(key), str(given)
            saved = tag == "a" and element.get("download") is not None and _SAVED.match(value)
            if not (saved or _TEXT.fullmatch(name.lower()) or _inside(tag, name, value)):
                yield place, f"“{value}” ({tag} {name})"


def _in_style(text: str) -> Iterator[str]:
    """What a style sheet would load from outside; escapes and comments hide nothing."""
    plain = _STYLE_ESCAPE.sub(_unescaped, _COMMENT.sub("", text))
    for url, sheet, picture in _STYLE_LOADS.findall(plain):
        address = _IGNORED.sub("", url or picture)
        if sheet or (_OUT.match(address) and not _INSIDE.match(address)):
            yield f"“{(sheet or address)[:80]}” (style)"


def _unescaped(found: re.Match[str]) -> str:
    if found[2] is not None:
        return found[2]
    code = int(found[1], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _inside(tag: str, name: str, value: str) -> bool:
    """Whether an attribute's value leads nowhere but into the output."""
    if name.startswith("on") or name == "style":
        return False
    if name == "srcset":
        return all(_inside(tag, "src", one.strip().split(" ")[0]) for one in value.split(", "))
    address = _IGNORED.sub("", value)
    if tag == "a" and name == "href" and _LINK.match(address):
        return True
    return not _OUT.match(address) or _INSIDE.match(address) is not None


def _view(element: etree._Element) -> str:
    """The page that the element stands in."""
    while element is not None:
        if view := element.get("data-view"):
            return view
        element = element.getparent()  # type: ignore[assignment]
    return ""


def _path_of(course: Course, place: str, language: str) -> str | None:
    unit_id, _, page_id = place.partition("/")
    unit = course.unit(unit_id)
    pages = unit.pages if unit else ()
    return next((page.paths[language] for page in pages if page.id == page_id), None)
