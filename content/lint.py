"""Typography that readers notice: French spacing, Arabic punctuation. Always warnings."""

from __future__ import annotations

import re

from content.findings import Findings, Mark

_NOT_PROSE = re.compile(
    r"`[^`]*`|\]\([^)]*\)|<[^<>]*>|https?://\S+|\b\d{1,2}:\d{2}\b|\{[a-z0-9-]+\}"
)
#: A high sign without a space before it, or with one at which the line may break.
_FRENCH = re.compile(
    r"[^\s\u00a0\u202f;:!?»…(\[«*_][;!?»]|[^\W_]:(?=\s|$)|[ \t][;:!?»](?=\s|$|[.,)])|«(?![\u00a0\u202f])"
)
_ARABIC = re.compile(r"[\u0621-\u064a\u064b-\u0652]\s?([,;?])")
_ARABIC_SIGNS = {",": "،", ";": "؛", "?": "؟"}


def lint_text(text: str, language: str, mark: Mark, findings: Findings) -> None:
    """Warn once for each kind of slip in ``text``, which begins at ``mark``."""
    primary = language.split("-")[0]
    if primary not in ("fr", "ar"):
        return
    prose = _NOT_PROSE.sub(lambda found: "x" * len(found.group()), text)
    if primary == "fr" and (found := _FRENCH.search(prose)):
        _warn_french(found, prose, mark, findings)
    if primary == "ar" and (found := _ARABIC.search(prose)):
        sign = found.group(1)
        findings.warning(
            _place(mark, prose, found.start(1)),
            "style.arabic-punctuation",
            f"“{sign}” is not the Arabic sign",
            f"write “{_ARABIC_SIGNS[sign]}”",
        )


def _warn_french(found: re.Match[str], prose: str, mark: Mark, findings: Findings) -> None:
    sign = found.group().strip()[-1]
    where = "after" if sign == "«" else "before"
    findings.warning(
        _place(mark, prose, found.end() - 1),
        "style.french-spacing",
        f"French wants a no-break space {where} “{sign}”",
        "type U+202F (before ; ! ?) or U+00A0 (before : and », after «)",
    )


def _place(mark: Mark, text: str, index: int) -> Mark:
    """The place of ``text[index]``; exact on later lines, and on the first for unquoted text."""
    line = text.count("\n", 0, index)
    column = index - (text.rfind("\n", 0, index) + 1)
    return mark.at(mark.line + line, column + (mark.column if line == 0 else 1))
