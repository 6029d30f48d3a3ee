"""The templates, filled in but for what changes with every edit: the pages and the data.

A frame depends on titles and order alone, so that it is kept; where it is known, the template
engine is not even loaded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from content.memo import KNOWN, key_of
from content.render.edition import Edition

if TYPE_CHECKING:
    from jinja2 import Environment

#: Where something is to be put in. No text of a course holds these characters.
_PLACE = re.compile("\x02(\\d+)\x03")


def document(
    edition: Edition, data: str, context: Mapping[str, Any]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The document of ``edition``, and where each page begins and ends in it. ``data`` is its JSON;
    ``context`` is what else the template shows, of plain values."""
    insides = [data, *_insides(edition.views)]
    key = key_of("document", _about(edition), json.dumps(context, sort_keys=True))
    frame: list[str] | None = KNOWN.get(key)
    if frame is None:
        template = environment().get_template("document.html")
        html = template.render(
            **{
                **context,
                "banner": Markup(context["banner"]),  # noqa: S704 - the medium's own
                "theme": _theme(context["theme"]),
            },
            nonce_attribute=_nonce_attribute(context["nonce"]),
            units=_with_places(edition.views),
            glossary=edition.glossary,
            word=edition.words,
            data=_place(0),
        )
        frame = _PLACE.split(html)
        KNOWN.put(key, frame, len(html))
    return _filled(frame, insides), _places(frame, insides)


def views(edition: Edition) -> dict[str, str]:
    """What stands inside each section of the document, by its name."""
    insides = ["", *_insides(edition.views)]
    key = key_of("views", _about(edition))
    frames: dict[str, list[str]] | None = KNOWN.get(key)
    if frames is None:
        frames = {name: _PLACE.split(html) for name, html in _views(edition).items()}
        KNOWN.put(key, frames, sum(len(part) for frame in frames.values() for part in frame))
    return {name: _filled(frame, insides) for name, frame in frames.items()}


@cache
def environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("content.render"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


def _views(edition: Edition) -> dict[str, str]:
    macros: Any = environment().get_template("views.html").module
    words = edition.words
    inside: dict[str, str] = {}
    for unit in _with_places(edition.views):
        for page in unit["pages"]:
            inside[page["view"]] = str(macros.page(words, page))
        if unit["quiz"]:
            inside[f"{unit['id']}/quiz"] = str(macros.quiz(words, unit))
            inside[f"{unit['id']}/result"] = str(macros.result(words, unit))
    if edition.glossary:
        inside["glossary"] = str(macros.glossary(words, edition.glossary))
    return inside


def _about(edition: Edition) -> str:
    """Everything that the templates show of an edition, but for the pages."""
    shown = ("id", "view", "title", "place", "outcomes")
    units = [
        {**unit, "pages": [{key: page[key] for key in shown} for page in unit["pages"]]}
        for unit in edition.views
    ]
    return json.dumps([edition.language, units, list(edition.glossary)], ensure_ascii=False)


def _insides(units: Sequence[Mapping[str, Any]]) -> list[str]:
    return [page["html"] for unit in units for page in unit["pages"]]


def _with_places(units: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """``units`` with places for the pages; the first place is the data's."""
    number = 0
    open_units = []
    for unit in units:
        pages = []
        for page in unit["pages"]:
            number += 1
            pages.append({**page, "html": _place(number)})
        open_units.append({**unit, "pages": pages})
    return open_units


def _place(number: int) -> Markup:
    return Markup(f"\x02{number}\x03")  # noqa: S704 - ours


def _filled(frame: Sequence[str], insides: Sequence[str]) -> str:
    """Every second part of a frame is the number of what belongs there."""
    parts = list(frame)
    parts[1::2] = [insides[int(number)] for number in frame[1::2]]
    return "".join(parts)


def _places(frame: Sequence[str], insides: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where the pages stand, in their order, once a frame is filled."""
    found: dict[int, tuple[int, int]] = {}
    at = 0
    for literal, number in zip(frame[::2], map(int, frame[1::2]), strict=False):
        start = at + len(literal)
        at = start + len(insides[number])
        found[number] = (start, at)
    return tuple(found[number] for number in range(1, len(insides)))


def _theme(theme: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    # Made of numbers and names of our own: content.theming.style.
    return theme and {**theme, "style": Markup(theme["style"])}  # noqa: S704


def _nonce_attribute(nonce: str | None) -> Markup:
    return Markup(' nonce="{}"').format(nonce) if nonce else Markup()
