"""Fonts of a course: only what an output shows travels, and Arabic is still shaped."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from content.load import load_course
from scorm_builder.build import build_package
from scorm_builder.errors import BuildError
from scorm_builder.fonts import characters_of, subset
from scorm_builder.formats import FORMATS
from scorm_builder.order import Order
from scorm_builder.starter import make_course
from tests.fonts import small_font


@pytest.mark.parametrize("flavor", [None, "woff2"])
def test_what_is_not_shown_is_left_out_and_joined_forms_stay(flavor: str | None) -> None:
    font = TTFont(BytesIO(subset(small_font(flavor), "Aب", "a.ttf")))
    assert font.flavor == flavor
    assert set(font.getBestCmap()) == {0x41, 0x628}
    assert len(font.getGlyphOrder()) == 5, "the sign that stands for none, A, and three forms"
    assert "GSUB" in font
    assert font["name"].getDebugName(1) == "Small"


def test_the_same_font_and_characters_give_the_same_bytes() -> None:
    assert subset(small_font(), "Ab", "a") == subset(small_font(), "Ab", "a")


def test_all_of_arabic_comes_where_there_is_some() -> None:
    assert "ب" not in characters_of(["plain"])
    assert {"ب", "ي", "\u064e", "٣"} <= set(characters_of(["ا"]))
    assert {"A", "z", "0", "é", "☃"} <= set(characters_of(["☃"]))
    assert "\n" not in characters_of(["a\nb"])


@pytest.mark.parametrize("damaged", [b"", b"\0\1\0\0", small_font()[:200], b"wOF2" + b"x" * 99])
def test_a_damaged_font_is_told_and_not_a_crash(damaged: bytes) -> None:
    with pytest.raises(BuildError, match=r"the font media/a\.ttf cannot be read"):
        subset(damaged, "A", "media/a.ttf")


@pytest.fixture
def themed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCORM_BUILDER_CACHE", str(tmp_path / "cache"))
    make_course(tmp_path / "my", languages=["en"])
    (tmp_path / "my/media").mkdir()
    (tmp_path / "my/media/small.ttf").write_bytes(small_font())
    (tmp_path / "my/theme.yaml").write_text(
        "fonts:\n  heading: {file: small.ttf, licence: OFL-1.1}\n", "utf-8"
    )
    return tmp_path / "my"


@pytest.mark.parametrize("name", ["scorm12", "web", "cmi5"])
def test_packages_carry_the_small_font(themed: Path, tmp_path: Path, name: str) -> None:
    course = load_course(themed)
    order = Order(course=course, form=FORMATS[name], languages=("en",))
    for _ in range(2):  # The second takes what the first has kept.
        built = build_package(order, tmp_path / "out")
        with zipfile.ZipFile(built.path) as archive:
            (entry,) = [one for one in archive.namelist() if one.endswith("small.ttf")]
            font = TTFont(BytesIO(archive.read(entry)))
            page = archive.read("index.html").decode("utf-8")
        assert 0x2603 not in font.getBestCmap()
        assert {0x41, 0x62} <= set(font.getBestCmap())
        assert f'src:url("{entry}")' in page
    assert (themed / "media/small.ttf").read_bytes() == small_font()


def test_one_file_has_the_font_inside(themed: Path, tmp_path: Path) -> None:
    order = Order(course=load_course(themed), form=FORMATS["single"], languages=("en",))
    page = build_package(order, tmp_path / "out").path.read_text("utf-8")
    assert 'src:url("data:font/ttf;base64,' in page


def test_fonttools_is_loaded_for_fonts_alone(tmp_path: Path) -> None:
    import subprocess
    import sys

    make_course(tmp_path / "plain", languages=["en"])
    code = (
        "import sys; from pathlib import Path; from content.load import load_course\n"
        "from scorm_builder.order import Order; from scorm_builder.formats import FORMATS\n"
        "from scorm_builder.plan import plan_package\n"
        f"course = load_course(Path({str(tmp_path / 'plain')!r}))\n"
        "plan_package(Order(course=course, form=FORMATS['scorm12'], languages=('en',)))\n"
        "sys.exit('fontTools' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=300).returncode == 0
