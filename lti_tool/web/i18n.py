"""The interface in the reader's language: texts from gettext catalogues, dates and numbers as
Babel writes them. Flask-Babel gives the same to templates and to the libraries that have forms of
their own (``lti_tool.web.pages``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.dates import (
    format_skeleton,
    get_datetime_format,
    get_timezone,
    get_timezone_location,
)
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations

from content.model import direction
from lti_tool.languages import LANGUAGES, TRANSLATIONS

#: How dates are written where that differs by country: the day before the month.
_REGIONS = {"en": "en_GB", "pt": "pt_PT"}
#: And numbers: in Arabic as in the Maghreb, with the digits that the player has.
_NUMBER_REGIONS = {**_REGIONS, "ar": "ar_TN"}


def locale_name(language: str) -> str:
    """The locale that ``language`` is written by, as Babel names it."""
    return _REGIONS.get(language, language)


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(TRANSLATIONS, [language])


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(locale_name(language))


@cache
def _number_locale(language: str) -> Locale:
    return Locale.parse(_NUMBER_REGIONS.get(language, language))


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language, and times in one time zone."""

    language: str
    timezone: str = "UTC"
    direction: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "direction", direction(self.language))

    def gettext(self, text: str) -> str:
        return str(_catalogue(self.language).gettext(text)) if text else ""

    def ngettext(self, one: str, many: str, count: int) -> str:
        return str(_catalogue(self.language).ngettext(one, many, count))

    def date(self, moment: datetime | None) -> str:
        """A date and time, short: "21 Nov 2026, 20:24"; ``zone`` says in which zone."""
        if moment is None:
            return ""
        locale, zone = _locale(self.language), get_timezone(self.timezone)
        form = str(get_datetime_format("medium", locale=locale)).replace("'", "")
        time = format_skeleton("Hm", moment, tzinfo=zone, locale=locale)
        return form.replace("{0}", time).replace("{1}", self.day(moment))

    def day(self, moment: datetime | None) -> str:
        """A date alone: "21 Nov 2026"."""
        if moment is None:
            return ""
        zone = get_timezone(self.timezone)
        return format_skeleton("yMMMd", moment, tzinfo=zone, locale=_locale(self.language))

    @property
    def zone(self) -> str:
        """What people call the time zone: "UTC – Coordinated Universal Time", "Tunis"."""
        locale = _locale(self.language)
        if self.timezone == "UTC":
            return f"UTC – {locale.time_zones['Etc/UTC']['long']['standard']}"
        return get_timezone_location(self.timezone, locale=locale, return_city=True)

    def number(self, value: Decimal | int | float) -> str:
        """A number with at most two decimals, none of them needless."""
        return format_decimal(value, format="#,##0.##", locale=_number_locale(self.language))

    def seconds(self, value: float) -> str:
        """A difference between two clocks, with its sign."""
        return format_decimal(value, format="+0.#;-0.#", locale=_number_locale(self.language))

    def percent(self, value: Decimal | int | float) -> str:
        """``value`` of a hundred, as a share."""
        share = round(Decimal(str(value)), 2) / 100
        locale = _number_locale(self.language)
        return format_percent(share, locale=locale, decimal_quantization=False)


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


def words(wish: str | None, default: str = "en", timezone: str = "UTC") -> Words:
    """The interface in the language nearest to ``wish``."""
    return Words(choose(wish, tuple(LANGUAGES), default), timezone)
