"""A page of a unit as HTML that an LMS can take for a page of its own: no script, no style."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from content.model import Unit, direction
from scorm_builder.cartridge.items import Item, items_of

Json = dict[str, Any]
#: Elements that Moodle takes away, leaving what is in them in one line with its neighbours.
_PLAIN = {"section": "div", "figure": "div", "figcaption": "p"}


@dataclass(frozen=True, slots=True)
class Places:
    """Where the pages of the cartridge lie, each by unit id and page id, and the glossary."""

    units: Mapping[str, Unit]
    glossary: str | None

    def page(self, unit: str, page: str) -> str:
        return f"pages/{unit}/{page}.html"

    def first_of(self, unit: str) -> str | None:
        known = self.units.get(unit)
        return self.page(unit, known.pages[0].id) if known and known.pages else None


def page_html(
    title: str,
    body: str,
    *,
    language: str,
    unit: str,
    places: Places,
    checks: Mapping[str, Json],
    word: Callable[..., str],
) -> bytes:
    """The page ``body`` (``content.render``'s) with its links led to files of the cartridge and its
    check questions written out, answers and all."""
    tree = _fragment(body)
    for place in tree.xpath(".//div[@data-check]"):
        _replace(place, _check(checks[place.get("data-check")], word))
    for link in tree.xpath(".//a[@href]"):
        _lead(link, unit, places)
    for element in tree.iter():
        gone: tuple[str, ...] = ("data-", "aria-has")
        if element.tag in _PLAIN:
            element.tag = _PLAIN[element.tag]
            # What is no landmark any more has no name either (ARIA in HTML); it begins with it.
            gone = (*gone, "aria-label")
        for name in [name for name in element.attrib if name.startswith(gone)]:
            del element.attrib[name]
    inner = "".join(etree.tostring(child, encoding="unicode", method="html") for child in tree)
    return document(title, inner, language)


def document(title: str, inner: str, language: str) -> bytes:
    """``inner`` as a whole document. An LMS shows the title above it, and may keep no more than
    what the body holds: language and direction stand inside."""
    way = direction(language)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}" dir="{way}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head>\n"
        f'<body><div lang="{language}" dir="{way}">\n{inner}\n</div></body></html>\n'
    ).encode()


def glossary_html(title: str, terms: Sequence[Mapping[str, Any]], language: str) -> bytes:
    entries = "".join(
        f'<dt id="term-{term["id"]}">{escape(term["term"])}</dt><dd>{term["html"]}</dd>\n'
        for term in terms
    )
    return document(title, f"<dl>\n{entries}</dl>", language)


def _fragment(body: str) -> Any:
    return lxml_html.fragment_fromstring(body, create_parent="div")


def _replace(place: Any, html: str) -> None:
    new = _fragment(html)
    new.tail = place.tail
    place.getparent().replace(place, new)


def _lead(link: Any, unit: str, places: Places) -> None:
    target: str | None = None
    if page := link.get("data-page"):
        target = places.page(unit, page)
    elif other := link.get("data-unit"):
        target = places.first_of(other)
    elif (term := link.get("data-term")) and places.glossary:
        target = f"{places.glossary}#term-{term}"
    elif not link.get("href").startswith("#"):
        return
    if target is None:
        link.drop_tag()
    else:
        link.set("href", "../../" + target)


def _check(question: Json, word: Callable[..., str]) -> str:
    """A question to think about, and what is right, in words."""
    items = items_of(question, word)
    shown = items[0].common + "".join(_asked(item) for item in items)
    told = "".join(_told(item, word) for item in items)
    return (
        f"<h3>{escape(word('block.check'))}</h3>{shown}"
        f"<details><summary><b>{escape(word('model'))}</b></summary>{told}</details>"
    )


def _asked(item: Item) -> str:
    answers = "".join(f"<li>{answer.html}</li>" for answer in item.answers)
    return item.own + (f"<ul>{answers}</ul>" if answers else "")


def _told(item: Item, word: Callable[..., str]) -> str:
    right = escape(word("verdict.right"))
    part = item.own if item.answers else ""
    lines = [
        f"<li><b>{answer.html}</b> ({right}) {answer.feedback}</li>"
        if answer.correct
        else f"<li>{answer.html}: {answer.feedback}</li>"
        for answer in item.answers
    ]
    if item.accepted:
        words = ", ".join(map(escape, item.accepted))
        lines.append(f"<li><b>{words}</b> {item.if_right}</li>")
    if item.model:
        lines.append(f"<li>{item.model}</li>")
    return f"{part}<ul>{''.join(lines)}</ul>"
