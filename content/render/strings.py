"""The player's own words, in the language of the document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

from content.page_context import Words
from content.render.assets import PLAYER

#: A text, or texts by plural category (zero, one, two, few, many, other).
Phrase = str | Mapping[str, str]
FALLBACK = "en"


@cache
def player_strings(language: str) -> Mapping[str, Phrase]:
    """All words for ``language``; English where it, or its primary subtag, is not translated."""
    for name in (language, language.split("-")[0]):
        path = PLAYER / "locale" / f"{name}.json"
        if path.is_file():
            own: dict[str, Phrase] = json.loads(path.read_text(encoding="utf-8"))
            return own if name == FALLBACK else {**player_strings(FALLBACK), **own}
    return player_strings(FALLBACK)


def plural_category(language: str, n: int) -> str:
    """The CLDR category of whole number ``n``; what ``Intl.PluralRules`` says in the player."""
    primary = language.split("-")[0]
    if primary == "ar":
        if n <= 2:
            return ("zero", "one", "two")[n]
        rest = n % 100
        return "few" if 3 <= rest <= 10 else "many" if rest >= 11 else "other"
    if primary == "fr":
        return "one" if n <= 1 else "other"
    return "one" if n == 1 else "other"


@cache
def words_in(language: str) -> Words:
    """The words of ``language`` by key, with ``{name}`` filled; ``n`` chooses the plural."""
    strings = player_strings(language)

    def words(key: str, /, **values: str | int) -> str:
        found = strings[key]
        if isinstance(found, str):
            text = found
        else:
            n = values.get("n", 0)
            category = plural_category(language, n) if isinstance(n, int) else "other"
            text = (found.get("zero") if n == 0 else None) or found.get(category, found["other"])
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    return words
