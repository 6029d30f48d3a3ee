"""Typography and wording that readers notice. Always warnings."""

from __future__ import annotations

import re

from content.findings import Findings, Mark

_NOT_PROSE = re.compile(
    r"`[^`]*`|\]\([^()]*\)|<[^<>]*>|https?://\S+|\b\d{1,2}:\d{2}\b|\{[a-z0-9-]+\}"
)
#: A high sign without a space before it, or with one at which the line may break.
_FRENCH = re.compile(
    r"[^\s\u00a0\u202f;:!?»…(\[«*_][;!?»]"
    r"|[^\W_]:(?=\s|$)"
    r"|[ \t][;:!?»](?=\s|$|[.,)*_])"
    r"|«(?![\u00a0\u202f])"
)
_ARABIC = re.compile(r"[\u0621-\u0652]\s?([,;?])")
_ARABIC_SIGNS = {",": "،", ";": "؛", "?": "؟"}
_EMPTY_WORDS = {
    "en": {"here", "click here", "link", "this link", "more", "read more", "this page"},
    "fr": {
        "ici",
        "cliquez ici",
        "lien",
        "ce lien",
        "en savoir plus",
        "lire la suite",
        "cette page",
    },
    "ar": {"هنا", "اضغط هنا", "انقر هنا", "رابط", "الرابط", "هذا الرابط", "المزيد", "اقرأ المزيد"},
}


def lint_link_text(text: str, language: str, mark: Mark, findings: Findings) -> None:
    """Warn of a link text that says nothing by itself, as a screen reader reads it in a list."""
    words = text.lower().strip(" .!…>»›→")
    if words in _EMPTY_WORDS.get(language.split("-")[0], _EMPTY_WORDS["en"]):
        findings.warning(
            mark,
            "link.text",
            f"the link text “{text}” does not say where it leads",
            "make the name of the target the link text",
        )


def lint_text(text: str, language: str, mark: Mark, findings: Findings) -> None:
    """Warn once for each kind of slip in ``text``, which begins at ``mark``."""
    primary = language.split("-")[0]
    if primary not in ("fr", "ar"):
        return
    prose = _NOT_PROSE.sub(lambda found: "x" * len(found.group()), text)
    if primary == "fr" and (found := _FRENCH.search(prose)):
        sign = found.group().strip()[-1]
        side = "after" if sign == "«" else "before"
        findings.warning(
            _place(mark, prose, found.end() - 1),
            "style.french-spacing",
            f"French wants a no-break space {side} “{sign}”",
            "type U+202F (before ; ! ?) or U+00A0 (before : and », after «)",
        )
    if primary == "ar" and (found := _ARABIC.search(prose)):
        sign = found.group(1)
        findings.warning(
            _place(mark, prose, found.start(1)),
            "style.arabic-punctuation",
            f"“{sign}” is not the Arabic sign",
            f"write “{_ARABIC_SIGNS[sign]}”",
        )


def _place(mark: Mark, text: str, index: int) -> Mark:
    """The place of ``text[index]``; exact on later lines, and on the first for unquoted text."""
    line = text.count("\n", 0, index)
    column = index - (text.rfind("\n", 0, index) + 1)
    return mark.at(mark.line + line, column + (mark.column if line == 0 else 1))
