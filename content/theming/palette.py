"""The colours of one scheme, light or dark: which must be read on which, and those not chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from content.model import Theme
from content.theming.colours import WHITE, Colour, better_text, contrast, mix, nearest, read_colour

#: What an author chooses → the player's variable.
VARIABLES = {
    "accent": "accent",
    "accent_text": "on-accent",
    "background": "paper",
    "surface": "surface",
    "tint": "accent-soft",
}
#: WCAG 2.2, 1.4.3 (text) and 1.4.11 (controls).
TEXT, CONTROLS = 4.5, 3.0


def _colours(**given: str) -> dict[str, Colour]:
    found = {name.replace("_", "-"): read_colour(text) for name, text in given.items()}
    return {name: colour for name, colour in found.items() if colour}


#: As in player/styles/look.css; a test compares them.
LIGHT = _colours(
    accent="#0f6455",
    accent_strong="#0a4a3f",
    on_accent="#ffffff",
    accent_soft="#e3efe9",
    paper="#fbf8f3",
    surface="#ffffff",
    sunken="#f3ede3",
    ink="#29231d",
    ink_soft="#635a50",
    control="#8a7f72",
    right="#1d6b34",
    wrong="#a32a1c",
    partly="#80500a",
)
DARK = _colours(
    accent="#7cc9b4",
    accent_strong="#a3dfce",
    on_accent="#0c2a24",
    accent_soft="#1d3832",
    paper="#1b1815",
    surface="#25211d",
    sunken="#2d2823",
    ink="#efe8de",
    ink_soft="#b9aea1",
    control="#978b7d",
    right="#8fd19e",
    wrong="#f2a497",
    partly="#ecc27c",
)
_GROUNDS = ("paper", "surface")
#: Foreground, grounds it stands on, and how much contrast it needs there. What is written on
#: grounds of its own (right, wrong and partly on their softs) no theme changes.
PAIRS: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("accent", (*_GROUNDS, "accent-soft"), TEXT),
    ("accent-strong", (*_GROUNDS, "accent-soft"), TEXT),
    ("on-accent", ("accent", "accent-strong"), TEXT),
    ("ink", (*_GROUNDS, "accent-soft", "sunken"), TEXT),
    ("ink-soft", (*_GROUNDS, "sunken"), TEXT),
    ("right", _GROUNDS, TEXT),
    ("wrong", _GROUNDS, TEXT),
    ("partly", _GROUNDS, TEXT),
    ("control", _GROUNDS, CONTROLS),
)
_WORDS = {
    "accent": "the accent",
    "accent-strong": "the accent, darker or lighter under the pointer,",
    "on-accent": "the text on the accent",
    "ink": "text",
    "ink-soft": "small text",
    "right": "“right”",
    "wrong": "“wrong”",
    "partly": "“partly right”",
    "control": "the border of fields",
    "paper": "the background",
    "surface": "the surface",
    "accent-soft": "the tint",
    "sunken": "the darker background",
}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A pair that is read badly. ``chosen`` names the author's colour that brings it about;
    ``better`` is the nearest one in its place that would do."""

    chosen: str
    foreground: str
    ground: str
    ratio: float
    needed: float
    better: Colour | None

    @property
    def message(self) -> str:
        return (
            f"{_WORDS[self.foreground]} on {_WORDS[self.ground]} has a contrast of "
            f"{self.ratio:.2f}; {self.needed:g} is needed"
        )


def light_colour(theme: Theme | None, name: str) -> str:
    """The colour of ``name``, one of the player's variables, by day."""
    return (theme.light if theme else {}).get(name, str(LIGHT[name]))


def complete(chosen: Mapping[str, Colour], defaults: Mapping[str, Colour]) -> dict[str, Colour]:
    """The whole scheme by the player's variables: what the author chose, what follows from it, and
    the player's own."""
    scheme = dict(defaults) | {VARIABLES[name]: colour for name, colour in chosen.items()}
    accent, ink = scheme["accent"], scheme["ink"]
    if "accent" in chosen:
        scheme["accent-strong"] = mix(accent, ink, 0.3)
        if "tint" not in chosen:
            scheme["accent-soft"] = _tint(scheme)
        if "accent_text" not in chosen:
            scheme["on-accent"] = better_text(accent)
    if "background" in chosen:
        scheme["sunken"] = mix(scheme["paper"], ink, 0.05)
    return scheme


def dark_from(light: Mapping[str, Colour]) -> dict[str, Colour]:
    """The author's accent as it can be read on the player's dark pages."""
    if "accent" not in light:
        return {}
    grounds = (DARK["paper"], DARK["surface"], DARK["sunken"])

    def read_well(colour: Colour) -> bool:
        # A little more than needed: the tint is made of it.
        return all(contrast(colour, ground) >= TEXT + 1.5 for ground in grounds)

    for step in range(101):
        tried = mix(light["accent"], WHITE, step / 100)
        if read_well(tried):
            return {"accent": tried}
    return {}


def _tint(scheme: Mapping[str, Colour]) -> Colour:
    """A little of the accent in the surface: as much as lets both accent and text be read."""
    accent, surface = scheme["accent"], scheme["surface"]
    over = [scheme["accent"], scheme["accent-strong"], scheme["ink"]]
    for share in range(14, 0, -1):
        tried = mix(surface, accent, share / 100)
        if all(contrast(colour, tried) >= TEXT for colour in over):
            return tried
    return surface


def shortfalls(
    chosen: Mapping[str, Colour], defaults: Mapping[str, Colour]
) -> tuple[Shortfall, ...]:
    """What is read badly in the scheme that ``complete`` makes: of each of the author's colours the
    worst pair, with what would mend all of them."""
    scheme = complete(chosen, defaults)
    worst: dict[str, Shortfall] = {}
    for foreground, grounds, needed in PAIRS:
        for ground in grounds:
            ratio = contrast(scheme[foreground], scheme[ground])
            name = _blame(foreground, ground, chosen)
            if ratio >= needed or name is None:
                continue
            before = worst.get(name)
            if before is None or ratio / needed < before.ratio / before.needed:
                better = before.better if before else _mended(name, chosen, defaults)
                worst[name] = Shortfall(name, foreground, ground, ratio, needed, better)
    return tuple(worst.values())


def _blame(foreground: str, ground: str, chosen: Mapping[str, Colour]) -> str | None:
    """What the author chose of a pair: the foreground first, since grounds carry more."""
    made_of = {"accent-strong": "accent", "sunken": "paper"}
    for part in (foreground, ground):
        variable = made_of.get(part, part)
        for name in chosen:
            if VARIABLES[name] == variable:
                return name
    return "accent" if "accent" in chosen else None


def _mended(
    name: str, chosen: Mapping[str, Colour], defaults: Mapping[str, Colour]
) -> Colour | None:
    """The nearest colour for ``name`` with which every pair that hangs on it is read."""

    def passes(tried: Colour) -> bool:
        scheme = complete({**chosen, name: tried}, defaults)
        return all(
            contrast(scheme[foreground], scheme[ground]) >= needed
            for foreground, grounds, needed in PAIRS
            for ground in grounds
            if _blame(foreground, ground, chosen) == name
        )

    return nearest(chosen[name], passes)
