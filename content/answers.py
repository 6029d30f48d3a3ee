"""What learners type, as values to compare. The player's twin does the same in JavaScript."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

#: Longer answers are wrong unread. No accepted answer comes near.
MAX_TEXT_LENGTH = 10_000
MAX_NUMBER_LENGTH = 64

# Zero-width signs and direction marks: keyboards and pasting leave them behind unseen.
_INVISIBLE = re.compile("[\u200b-\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff\u0640]")
_SPACES = re.compile("[ \\t\\n\\v\\f\\r\u1680\u2028\u2029]+")
_END = " .!?\u061f"
_FOLDED = str.maketrans({"ى": "ي", "ة": "ه", "’": "'", "‘": "'", "ʼ": "'"})


def fold_text(text: str) -> str:
    """``text`` in the form in which short answers are compared.

    In this order: NFKD; drop combining marks (``\\p{M}``), invisible signs (U+200B–200F, U+061C,
    U+202A–202E, U+2060, U+2066–2069, U+FEFF) and tatweel (U+0640); lower case; ى → ي, ة → ه and
    ’ ‘ ʼ → '; runs of space, tab, line end, U+1680, U+2028 and U+2029 to one space; trim; strip
    spaces and . ! ? ؟ from the end. NFKD and the marks also make أ إ آ → ا, ؤ → و and ئ → ي.
    """
    text = unicodedata.normalize("NFKD", text)
    text = "".join(char for char in text if unicodedata.category(char)[0] != "M")
    text = _INVISIBLE.sub("", text).lower().translate(_FOLDED)
    return _SPACES.sub(" ", text).strip(" ").rstrip(_END)


_DIGITS = str.maketrans(
    "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹\u2212\u060c\u00a0\u202f\u2009\u066b",
    "01234567890123456789-,   .",
)
_PLAIN = re.compile(r"([+-]?)(\d*)(?:[.,](\d*))?", re.ASCII)
_GROUPED = re.compile(
    r"([+-]?)(\d{1,3}(?:(?: \d{3})+|(?:٬\d{3})+|(?:,\d{3})+(?=\.|$)|(?:\.\d{3})+(?=,|$)))"
    r"(?:[.,](\d*))?",
    re.ASCII,
)
_AMBIGUOUS = re.compile(r"([+-]?)([1-9]\d{0,2})[.,](\d{3})", re.ASCII)


def number_readings(text: str) -> tuple[Fraction, ...]:
    """Every value that ``text`` may stand for: none, one, or two.

    Two where one lone comma or point stands before exactly three digits: ``5,000`` is five to one
    reader and five thousand to another, and neither made a mistake.
    """
    value = parse_number(text)
    if value is None:
        return ()
    grouped = _AMBIGUOUS.fullmatch(_plain(text))
    return (value, value * 1000) if grouped else (value,)


def parse_number(text: str) -> Fraction | None:
    """The exact value of a number as people write it, or None.

    In this order: more than 64 characters is None; drop direction marks (as ``fold_text``); trim;
    Arabic-Indic and Persian digits to ASCII, − (U+2212) to -, ٫ to the point, ، to the comma,
    U+00A0, U+202F and U+2009 to spaces. Then a sign, digits, and one comma or point with decimals;
    one lone comma or point is the decimal sign (but see ``number_readings``). Groups of three may
    be set apart by spaces, by ٬, or by commas or points where the other one, or a second group,
    shows that they are groups.
    No exponents, percent signs or units.
    """
    if len(text) > MAX_NUMBER_LENGTH:
        return None
    plain = _plain(text)
    found = _PLAIN.fullmatch(plain) or _GROUPED.fullmatch(plain)
    if found is None:
        return None
    sign, whole, decimals = found.group(1), re.sub(r"\D", "", found.group(2)), found.group(3) or ""
    if not whole and not decimals:
        return None
    value = Fraction(int(whole + decimals), 10 ** len(decimals))
    return -value if sign == "-" else value


def _plain(text: str) -> str:
    return _INVISIBLE.sub("", text).translate(_DIGITS).strip(" \t\n\r")
