"""Small fonts made for the tests: Latin and Arabic letters, with joined forms."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

_FEATURES = """
languagesystem arab dflt;
feature init { sub uni0628 by uni0628.init; } init;
feature fina { sub uni0628 by uni0628.fina; } fina;
"""


@cache
def small_font(flavor: str | None = None) -> bytes:
    """A font with A, b, the sign for snowman, and the Arabic letter beh in three forms."""
    names = [".notdef", "A", "b", "snowman", "uni0628", "uni0628.init", "uni0628.fina"]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({0x41: "A", 0x62: "b", 0x2603: "snowman", 0x628: "uni0628"})
    glyphs = {}
    for number, name in enumerate(names):
        pen = TTGlyphPen(None)
        pen.moveTo((0, 0))
        pen.lineTo((500, 0))
        pen.lineTo((500, 300 + 20 * number))
        pen.closePath()
        glyphs[name] = pen.glyph()
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Small", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    addOpenTypeFeaturesFromString(builder.font, _FEATURES)
    builder.font.flavor = flavor
    made = BytesIO()
    builder.font.save(made)
    return made.getvalue()
