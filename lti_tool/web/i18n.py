"""The interface's languages. Texts are written in English where they are used, through the names
that gettext has, and looked up in ``locale/<language>.json``: catalogues of another form can take
its place without a change to a template."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from importlib import resources

from content.model import direction

LANGUAGES = {"en": "English", "fr": "Français", "ar": "العربية"}

#: Which form of a plural a number takes, as gettext's Plural-Forms of the language.
_PLURALS: dict[str, Callable[[int], int]] = {
    "en": lambda n: int(n != 1),
    "fr": lambda n: int(n > 1),
    "ar": lambda n: n if n < 3 else 3 if 3 <= n % 100 <= 10 else 4 if n % 100 >= 11 else 5,
}
_MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}


@cache
def _catalogue(language: str) -> dict[str, str | list[str]]:
    if language == "en":
        return {}
    file = resources.files("lti_tool.web") / "locale" / f"{language}.json"
    catalogue: dict[str, str | list[str]] = json.loads(file.read_text(encoding="utf-8"))
    return catalogue


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language."""

    language: str
    direction: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "direction", direction(self.language))

    def gettext(self, text: str) -> str:
        found = _catalogue(self.language).get(text, text)
        return found if isinstance(found, str) else found[0]

    def ngettext(self, one: str, many: str, count: int) -> str:
        form = _PLURALS[self.language](count)
        forms = _catalogue(self.language).get(one)
        if isinstance(forms, list):
            return forms[min(form, len(forms) - 1)]
        return one if form == 0 else many

    def date(self, moment: datetime | None) -> str:
        """A date and time, UTC, short: "21 Nov 2026, 20:24"."""
        if moment is None:
            return ""
        utc = moment.astimezone(UTC)
        month = _MONTHS[self.language].split()[utc.month - 1]
        comma = "، " if self.language == "ar" else ", "
        return f"{utc.day} {month} {utc.year}{comma}{utc:%H:%M}"

    def number(self, value: Decimal | int | float) -> str:
        """A number without needless zeros, with the language's decimal sign."""
        text = f"{value:.2f}".rstrip("0").rstrip(".")
        return text if self.language == "en" else text.replace(".", ",")

    def percent(self, value: Decimal | int | float) -> str:
        space = "\u202f" if self.language == "fr" else ""
        return f"{self.number(value)}{space}%"


def choose(wish: str | None, offered: tuple[str, ...], default: str) -> str:
    """The language of ``offered`` nearest to a tag such as ``fr-CA``; ``default`` if none is."""
    wanted = (wish or "").replace("_", "-").lower()
    by_tag = {item.lower(): item for item in offered}
    if wanted in by_tag:
        return by_tag[wanted]
    primary = wanted.split("-")[0]
    for tag, item in by_tag.items():
        if tag.split("-")[0] == primary:
            return item
    return default


def words(wish: str | None, default: str = "en") -> Words:
    """The interface in the language nearest to ``wish``."""
    return Words(choose(wish, tuple(LANGUAGES), default))
