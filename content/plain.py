"""Texts in which Markdown and HTML find nothing to do: most prompts, choices and sentences."""

from __future__ import annotations

import re

#: What means something to a parser: spaces at the ends, entities, controls, byte order marks.
_MEANT = r"\x00-\x1f\x7f-\xa0\\`*_\[\]<>&\ud800-\udfff\ufeff\ufffe\uffff"
_PLAIN = re.compile(rf"([^ {_MEANT}]([^{_MEANT}]*[^ {_MEANT}])?)?")
_LONGEST = 10_000


def is_plain(text: str) -> bool:
    return len(text) < _LONGEST and _PLAIN.fullmatch(text) is not None
