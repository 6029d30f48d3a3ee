"""Common Cartridges, which LMSs take apart into pages, quizzes and links of their own."""

from __future__ import annotations

from scorm_builder.formats.model import Format

CC11 = Format(
    name="cc11",
    title="Common Cartridge 1.1",
    family="cartridge",
    medium="local",
    suffix=".imscc",
)
CC13 = Format(
    name="cc13",
    title="Common Cartridge 1.3",
    family="cartridge",
    medium="local",
    suffix=".imscc",
)
THINCC = Format(
    name="thincc",
    title="Thin Common Cartridge 1.3",
    family="cartridge",
    medium="local",
    suffix=".imscc",
)

CARTRIDGES = (CC11, CC13, THINCC)
