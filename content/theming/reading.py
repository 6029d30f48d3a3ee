"""``theme.yaml`` → ``Theme``, with every problem at its line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from content.files import CourseFiles
from content.media import FONTS, PICTURES, extension
from content.metadata import read_fields
from content.model import MediaFile, Theme, ThemeFont, ThemeLogo
from content.reader import Fields, Reading
from content.theming.colours import Colour, read_colour
from content.theming.palette import DARK, LIGHT, VARIABLES, complete, dark_from, shortfalls

THEME_FILE = "theme.yaml"
MAX_RADIUS = 24
_FONT_ROLES = ("heading", "text")
_LICENCE = re.compile(r"[A-Za-z0-9.+-]{1,64}", re.ASCII)


def read_theme(files: CourseFiles, reading: Reading, media: Sequence[MediaFile]) -> Theme | None:
    """The course's theme; None where it has none, or none that can be used."""
    if THEME_FILE not in files.entries and THEME_FILE not in files.refused:
        return None
    fields = read_fields(files, reading, THEME_FILE)
    if fields.broken:
        return None
    known = {file.path: file for file in media}
    light = _colours(fields)
    dark_fields = _nested(fields, "dark", "dark scheme")
    dark = _colours(dark_fields) if dark_fields else {}
    _report(fields, light, LIGHT)
    derived = dark or dark_from(light)
    if dark_fields:
        _report(dark_fields, dark, DARK)
        dark_fields.done()
    theme = Theme(
        light=_variables(light, LIGHT),
        dark=_variables(derived, DARK),
        radius=_radius(fields),
        fonts=_fonts(fields, known),
        logo=_logo(fields, known),
    )
    fields.done()
    return theme


def _colours(fields: Fields) -> dict[str, Colour]:
    found = {}
    for name in VARIABLES:
        text = fields.text(name, required=False)
        if not text:
            if name in fields.node.items and not fields.has(name):
                fields.wrong(
                    name,
                    "theme.colour",
                    f"“{name}” has no colour: without quotes, # begins a comment",
                    'write it in quotes, as "#0f6455", or remove the line',
                )
            continue
        colour = read_colour(text)
        if colour is None:
            fields.wrong(
                name,
                "theme.colour",
                f"“{text[:40]}” is not a colour",
                'write it as "#" and six hexadecimal digits, in quotes: "#0f6455"',
            )
        else:
            found[name] = colour
    return found


def _report(fields: Fields, chosen: Mapping[str, Colour], defaults: Mapping[str, Colour]) -> None:
    scheme = "dark" if defaults is DARK else "light"
    for one in shortfalls(chosen, defaults):
        hint = (
            f'the nearest that does: {one.chosen}: "{one.better}"'
            if one.better
            else f"choose another {one.chosen}, or leave it out"
        )
        fields.wrong(one.chosen, "theme.contrast", f"{one.message} ({scheme} scheme)", hint)


def _variables(chosen: Mapping[str, Colour], defaults: Mapping[str, Colour]) -> dict[str, str]:
    """What differs from the player's own scheme."""
    if not chosen:
        return {}
    scheme = complete(chosen, defaults)
    return {name: str(value) for name, value in scheme.items() if value != defaults[name]}


def _radius(fields: Fields) -> int | None:
    if not fields.has("radius"):
        return None
    return fields.integer("radius", 0, MAX_RADIUS, 8)


def _nested(fields: Fields, key: str, kind: str) -> Fields | None:
    node = fields.node_of(key, required=False)
    return Fields(fields.reading, node, fields.at(key), kind) if node else None


def _fonts(fields: Fields, media: Mapping[str, MediaFile]) -> dict[str, ThemeFont]:
    fonts = _nested(fields, "fonts", "list of fonts")
    if fonts is None:
        return {}
    found = {}
    for role in _FONT_ROLES:
        font = _nested(fonts, role, "font")
        if font is None:
            continue
        path = _file(font, media, FONTS, "font")
        licence = font.text("licence")
        if licence and not _LICENCE.fullmatch(licence):
            font.wrong(
                "licence",
                "field.value",
                f"“{licence[:60]}” is not an SPDX licence identifier",
                "write one such as OFL-1.1: a course passes the font on, so its licence must "
                "allow that",
            )
        font.done()
        if path:
            found[role] = ThemeFont(path, licence)
    fonts.done()
    return found


def _logo(fields: Fields, media: Mapping[str, MediaFile]) -> ThemeLogo | None:
    logo = _nested(fields, "logo", "logo")
    if logo is None:
        return None
    path = _file(logo, media, PICTURES, "picture")
    alt = logo.localized("alt")
    logo.done()
    if not path or set(alt) != set(fields.reading.languages):
        return None
    file = media[path]
    return ThemeLogo(path, alt, file.width, file.height)


def _file(
    fields: Fields, media: Mapping[str, MediaFile], endings: frozenset[str], kind: str
) -> str:
    """The path of the media file that ``file`` names; empty after a problem."""
    name = fields.text("file")
    path = f"media/{name}"
    if not name:
        return ""
    if path not in media:
        fields.wrong(
            "file",
            "media.missing",
            f"there is no file “{name[:80]}” in media",
            "put it into the course's media folder, and write its name alone",
        )
        return ""
    if extension(path) not in endings:
        fields.wrong(
            "file",
            "media.wrong-kind",
            f"“{name[:80]}” is not a {kind}",
            f"use a file that ends in {' '.join(sorted(endings))}",
        )
        return ""
    return path
