"""Colours as numbers: reading them, mixing them, and how well one is read on another."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.I | re.ASCII)
_STEPS = 100


class Colour(NamedTuple):
    """Red, green and blue in sRGB, 0 to 255."""

    red: int
    green: int
    blue: int

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"


BLACK, WHITE = Colour(0, 0, 0), Colour(255, 255, 255)


def read_colour(text: str) -> Colour | None:
    """``#0f6455`` or ``#063``; None for everything else."""
    found = _HEX.fullmatch(text)
    if found is None:
        return None
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    return Colour(int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """``one`` with ``share`` (0 to 1) of ``other`` in it."""
    return Colour(*(round(a + (b - a) * share) for a, b in zip(one, other, strict=True)))


def contrast(one: Colour, other: Colour) -> float:
    """From 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    """Relative luminance (WCAG 2.2, definition)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def nearest(colour: Colour, passes: Callable[[Colour], bool]) -> Colour | None:
    """The least darkened or lightened ``colour`` that passes; None where none does."""
    for step in range(_STEPS + 1):
        for end in (BLACK, WHITE):
            tried = mix(colour, end, step / _STEPS)
            if passes(tried):
                return tried
    return None


def better_text(background: Colour) -> Colour:
    """Black or white, whichever is read better on ``background``: always 4.5 at least."""
    return BLACK if contrast(BLACK, background) > contrast(WHITE, background) else WHITE
