"""SVG pictures that cannot run script or call out.

They are only shown through ``<img>``, where browsers run nothing; but a learner can open the file
by itself, and then it is a document of the tool's origin.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from lxml import etree

from content.findings import Findings, Mark

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_XHTML = "{http://www.w3.org/1999/xhtml}"
#: What SVG has beyond drawing: script, foreign documents, and animations that could rewrite links.
_FORBIDDEN = frozenset(
    {
        "script",
        "foreignobject",
        "iframe",
        "object",
        "embed",
        "audio",
        "video",
        "handler",
        "listener",
    }
)
_ANIMATIONS = frozenset({"set", "animate", "animatetransform", "animatemotion"})
_INSIDE = re.compile(r"\s*(#|data:image/(png|jpeg|gif|webp);base64,)", re.I)
_CALLS_OUT = re.compile(r"@import|url\s*\(\s*['\"]?\s*(?!#|['\"]?\s*#)|expression\s*\(|\\", re.I)
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)(?:px)?\s*", re.ASCII)


def read_svg(text: str, mark: Mark, findings: Findings) -> tuple[int, int] | None:
    """The picture's width and height, from its viewBox or else its attributes, where it tells them.

    Adds ``media.unreadable`` or ``media.unsafe-svg``.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 0) or 0
        findings.error(
            mark.at(line, 1 if line else 0),
            "media.unreadable",
            f"this is not a valid SVG: {str(error)[:200]}",
            "export it again from your drawing program",
        )
        return None
    if root.tag != f"{_SVG}svg":
        findings.error(
            mark.at(1),
            "media.unreadable",
            "the file's outermost element is not <svg> of the SVG namespace",
            'begin it with <svg xmlns="http://www.w3.org/2000/svg" …>',
        )
        return None
    for line, what in _dangers(root):
        findings.error(
            mark.at(line),
            "media.unsafe-svg",
            f"the picture contains {what}",
            "export it as “plain SVG” or “optimised SVG”, with fonts and pictures embedded",
        )
    return _size(root)


def _dangers(root: etree._Element) -> Iterator[tuple[int, str]]:
    if root.getroottree().docinfo.internalDTD is not None:
        yield 1, "a DOCTYPE"
    before = root.getprevious()
    while before is not None:
        yield _line(before), "a processing instruction before the drawing"
        before = before.getprevious()
    for element in root.iter():
        line = _line(element)
        if not isinstance(element.tag, str):
            yield line, "a processing instruction or entity"
            continue
        name = etree.QName(element).localname.lower()
        if name in _FORBIDDEN or element.tag.startswith(_XHTML):
            yield line, f"<{name}>"
        if name in _ANIMATIONS and "href" in element.get("attributeName", "").lower():
            yield line, "an animation of a link"
        if name == "style" and _CALLS_OUT.search("".join(map(str, element.itertext()))):
            yield line, "a style that loads something from outside"
        for key, value in element.attrib.items():
            yield from ((line, what) for what in _danger_of(str(key), str(value)))


def _danger_of(key: str, value: str) -> Iterator[str]:
    name = key.rpartition("}")[2].lower()
    if name.startswith("on"):
        yield f"the event handler {name}"
    elif (name in ("href", "src") or key == _XLINK_HREF) and not _INSIDE.match(value):
        yield f"a reference to “{value[:60]}”"
    elif key.endswith("}base"):
        yield "xml:base"
    elif _CALLS_OUT.search(value) and ("url" in value.lower() or name == "style"):
        yield f"a reference to the outside in “{name}”"


def _line(element: etree._Element) -> int:
    line: object = element.sourceline
    return line if isinstance(line, int) else 1


def _size(root: etree._Element) -> tuple[int, int] | None:
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    sides = box[2:4] if len(box) == 4 else [root.get("width", ""), root.get("height", "")]
    found = [_LENGTH.fullmatch(side) for side in sides]
    if not all(found):
        return None
    width, height = (math.ceil(float(side.group(1))) for side in found if side)
    return (width, height) if 0 < width < 100_000 and 0 < height < 100_000 else None
