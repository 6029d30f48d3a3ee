"""A theme as a style sheet for the player's document. Only colours, numbers and our own names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from content.model import Theme

_FAMILIES = {"heading": "Course heading", "text": "Course text"}


def theme_style(theme: Theme, media_url: Callable[[str], str]) -> str:
    """CSS that sets the player's variables. ``media_url`` gives the addresses of the fonts."""
    shared: dict[str, str] = {}
    if theme.radius is not None:
        shared["radius"] = f"{theme.radius}px"
    parts = []
    for role, font in theme.fonts.items():
        family = _FAMILIES[role]
        address = _quoted(media_url(font.path))
        parts.append(f'@font-face{{font-family:"{family}";src:url({address});font-display:swap}}')
        shared[f"{role}-first"] = f'"{family}"'
    if shared:
        parts.append(f":root{{{_variables(shared)}}}")
    for scheme, colours in (("light", theme.light), ("dark", theme.dark)):
        if colours:
            # Each in its own scheme: the player's sheet, which comes before, has the other's.
            inside = f":root{{{_variables(colours)}}}"
            parts.append(f"@media (prefers-color-scheme:{scheme}){{{inside}}}")
    return "\n".join(parts)


def _variables(values: Mapping[str, str]) -> str:
    return ";".join(f"--sse-{name}:{value}" for name, value in values.items())


def _quoted(address: str) -> str:
    """As a CSS string (CSS Syntax §4.3.5) that may stand in a ``<style>`` element."""
    safe = "".join(
        char if char.isalnum() or char in "/._-%:;,=+?&~!" else f"\\{ord(char):x} "
        for char in address
    )
    return f'"{safe}"'
