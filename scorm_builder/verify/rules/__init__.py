"""Every rule that a package is judged by, as data: its code, what it means and how to mend it.

``docs/validation.md`` and the rules of a SARIF log are made from this table; a finding whose code
is not here cannot be made.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

#: ``doubt``: a warning in another tool's package, an error in one of ours. ``refused``: what one
#: LMS cannot take though the standard allows it; an error once that LMS is named, or in our own.
Weight = Literal["error", "warning", "doubt", "refused"]


class Rule(NamedTuple):
    """``basis`` names the section, the program or the thread that the rule stands on."""

    weight: Weight
    meaning: str
    remedy: str
    basis: str = ""


def _all() -> dict[str, Rule]:
    from scorm_builder.verify.rules import (
        archive,
        cartridge,
        cmi5,
        lms,
        manifest,
        pages,
        sequencing,
    )

    found: dict[str, Rule] = {}
    for part in (archive, manifest, sequencing, cmi5, cartridge, pages, lms):
        found |= part.RULES
    return found


RULES = _all()
