"""Common Cartridges, which LMSs take apart into pages, quizzes and links of their own."""

from __future__ import annotations

from dataclasses import replace

from scorm_builder.formats.model import Format

CC11 = Format(
    name="cc11",
    title="Common Cartridge 1.1",
    family="cartridge",
    medium="local",
    suffix=".imscc",
)
CC13 = replace(CC11, name="cc13", title="Common Cartridge 1.3")
#: Links to a tool, and nothing else: no further file may be in it (Thin CC 1.0, 2).
THINCC = replace(CC11, name="thincc", title="Thin Common Cartridge 1.3", listed=False)

CARTRIDGES = (CC11, CC13, THINCC)
