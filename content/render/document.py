"""One or more units → one HTML document that works from ``file://`` too; further languages of it
are scripts, each loaded when the learner wants it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from content.markup import ENDONYMS
from content.model import Course, MediaFile, Theme, Unit, direction
from content.render import frames
from content.render.assets import HEAD_SCRIPT, STYLE_SHEET, Medium, body_script
from content.render.edition import Edition, edition_of
from content.showing import ORIGINALS, Showing
from content.theming.palette import light_colour
from content.theming.style import theme_style

#: Version of the JSON in ``#course-data``.
DATA_VERSION = 1
#: Where the scripts of further languages lie, below the document's folder.
LANGUAGES_BASE = "lang/"


class PlacedPage(NamedTuple):
    """From ``start`` to ``end`` of a document stands the page that its sections call ``view``.
    ``blocks`` and ``urls`` are those of ``content.markup.RenderedPage``."""

    view: str
    start: int
    end: int
    blocks: tuple[str, ...]
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RenderedDocument:
    """``media`` are the files that the document shows, each once, in order of appearance;
    ``scripts`` its further languages: the name below the document's folder, and the text."""

    html: str
    media: tuple[MediaFile, ...]
    scripts: tuple[tuple[str, str], ...] = ()
    pages: tuple[PlacedPage, ...] = ()


def render_document(
    course: Course,
    *,
    language: str,
    units: Sequence[Unit],
    medium: Medium,
    player_base: str,
    media_url: Callable[[str], str],
    keys: bool,
    config: Mapping[str, object],
    languages: Sequence[str] = (),
    languages_base: str = LANGUAGES_BASE,
    nonce: str | None = None,
    banner: str = "",
    places: bool = False,
    showing: Showing = ORIGINALS,
) -> RenderedDocument:
    """The document of ``units`` of ``course`` in ``language``, and in the further ``languages``,
    among which its readers switch.

    ``player_base`` stands before the names of ``player_files``, ``languages_base`` before those of
    the further languages' scripts, ``media_url`` gives the address of a media path. With ``keys``
    the document holds what it needs to grade by itself. ``banner`` is HTML that the medium puts
    above everything; nobody cleans it. With ``places`` each block tells in ``data-line`` on which
    line of its page's file it was written. ``showing`` chooses the files of each picture and
    recording.
    """
    used: dict[str, None] = {}

    def noted_url(path: str) -> str:
        used.setdefault(path)
        return media_url(path)

    tags = tuple(dict.fromkeys((language, *languages)))
    first, *others = [
        edition_of(
            course,
            units,
            tag,
            media_url=noted_url,
            keys=keys,
            accepted=tags,
            places=places,
            showing=showing,
        )
        for tag in tags
    ]
    switch = [
        {
            "tag": tag,
            "name": ENDONYMS.get(tag, tag),
            "src": None if tag == language else f"{languages_base}{tag}.js",
        }
        for tag in tags
    ]
    data = {
        "version": DATA_VERSION,
        "digest": course.text_digest,
        "languages": list(course.languages),
        "switch": switch,
        "medium": medium,
        "config": dict(config),
        **first.data,
    }
    html, positions = frames.document(
        first,
        script_json(data),
        {
            "language": language,
            "direction": direction(language),
            "title": first.data["title"],
            "print_title": first.data["print_title"],
            "medium": medium,
            "player_base": player_base,
            "nonce": nonce,
            "style_sheet": STYLE_SHEET,
            "head_script": HEAD_SCRIPT,
            "script": body_script(medium),
            "switch": switch,
            "banner": banner,
            "theme": _theme(course.theme, language, noted_url),
            "accent": light_colour(course.theme, "accent"),
        },
    )
    files = {media.path: media for media in (*course.media, *showing.made())}
    media = tuple(files[path] for path in used if path in files)
    scripts = tuple((f"{languages_base}{one.language}.js", _script(one)) for one in others)
    shown = [page for view in first.views for page in view["pages"]]
    pages = tuple(
        PlacedPage(page["view"], *place, page["blocks"], page["urls"])
        for page, place in zip(shown, positions, strict=True)
    )
    return RenderedDocument(html, media, scripts, pages)


def _theme(
    theme: Theme | None, language: str, media_url: Callable[[str], str]
) -> dict[str, object] | None:
    """What the template shows of the course's own look."""
    if theme is None:
        return None
    logo = theme.logo
    return {
        "style": theme_style(theme, media_url),
        "logo": logo
        and {
            "url": media_url(logo.path),
            "alt": logo.alt[language],
            "width": logo.width,
            "height": logo.height,
        },
    }


def script_json(data: object) -> str:
    """JSON that may stand in a ``<script>`` element: it cannot end it, whatever the data."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _script(edition: Edition) -> str:
    """Hands an edition to the player: the data that change, and what stands in each section."""
    inside = frames.views(edition)
    return f"SSE.languages.take({script_json({'data': edition.data, 'views': inside})});\n"
