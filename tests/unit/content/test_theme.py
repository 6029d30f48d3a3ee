"""A course's own look: what may be chosen, that all can be read, and that nothing gets out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from content.model import Course
from content.render import render_document
from content.render.assets import PLAYER
from content.theming.colours import Colour, better_text, contrast, nearest, read_colour
from content.theming.palette import DARK, LIGHT, VARIABLES, dark_from, shortfalls
from content.theming.style import theme_style
from tests.fonts import small_font
from tests.unit.content.courses import SVG, CourseFolder

colours = st.builds(Colour, *[st.integers(0, 255)] * 3)
LOGO = "logo: {file: logo.svg, alt: {en: The mill, fr: Le moulin}}\n"


def themed(course: CourseFolder, yaml: str) -> CourseFolder:
    return course.write("theme.yaml", yaml)


def document(course: Course, nonce: str | None = None) -> str:
    return render_document(
        course,
        language="en",
        units=course.units,
        medium="lti" if nonce else "scorm12",
        player_base="player/",
        media_url=lambda path: f"/m/{path}",
        keys=False,
        config={},
        nonce=nonce,
    ).html


def test_contrast_is_wcags() -> None:
    black, white, grey = Colour(0, 0, 0), Colour(255, 255, 255), Colour(0x77, 0x77, 0x77)
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(grey, white) == pytest.approx(4.478, abs=0.001)
    assert contrast(grey, grey) == 1


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("#0f6455", Colour(15, 100, 85)),
        ("#0F6", Colour(0, 255, 102)),
        ("red", None),
        ("#0f64551", None),
        ("#0f6455;}", None),
        ("0f6455", None),
        ("", None),
    ],
)
def test_colours_are_hexadecimal(text: str, colour: Colour | None) -> None:
    assert read_colour(text) == colour


def test_the_players_own_colours_are_those_of_its_style_sheet() -> None:
    sheet = (PLAYER / "styles" / "look.css").read_text("utf-8")
    light, dark = sheet.split("@media (prefers-color-scheme: dark)")[:2]
    for scheme, text in ((LIGHT, light), (DARK, dark)):
        for name, colour in scheme.items():
            assert re.search(rf"--sse-{name}: {colour};", text), name
        assert shortfalls({}, scheme) == ()
    assert set(VARIABLES.values()) <= set(LIGHT)


@given(colours)
def test_whatever_accent_passes_by_day_passes_by_night(accent: Colour) -> None:
    found = shortfalls({"accent": accent}, LIGHT)
    for one in found:
        assert one.better
        assert shortfalls({"accent": one.better}, LIGHT) == ()
    chosen = accent if not found else found[0].better
    assert chosen
    assert shortfalls(dark_from({"accent": chosen}), DARK) == ()


@given(colours)
def test_the_nearest_is_not_further_than_needed(colour: Colour) -> None:
    white = Colour(255, 255, 255)
    found = nearest(colour, lambda one: contrast(one, white) >= 4.5)
    assert found
    assert contrast(found, white) >= 4.5
    if contrast(colour, white) >= 4.5:
        assert found == colour
    assert contrast(better_text(colour), colour) >= 4.5


def test_a_theme_is_set_in_the_document(course: CourseFolder) -> None:
    course.write("media/logo.svg", SVG).write("media/own.ttf", small_font())
    themed(
        course,
        'accent: "#8a2be2"\nradius: 2\n' + LOGO + "fonts:\n"
        "  heading: {file: own.ttf, licence: OFL-1.1}\n  text: {file: own.ttf, licence: OFL-1.1}\n",
    )
    assert course.problems() == ()
    page = document(course.load(), nonce="abc")
    style = re.search(r'<style nonce="abc">\n(.*?)\n</style>', page, re.S)
    assert style
    for part in (
        "--sse-accent:#8a2be2",
        "--sse-radius:2px",
        '--sse-heading-first:"Course heading"',
        'src:url("/m/media/own.ttf");font-display:swap',
        "@media (prefers-color-scheme:dark){:root{--sse-accent:#",
    ):
        assert part in style[1], part
    assert re.search(r'<img class="logo" src="/m/media/logo.svg" alt="The mill"', page)
    assert page.index("player.css") < page.index("<style"), "or the player's own would win"


def test_without_a_theme_there_is_no_style(course: CourseFolder) -> None:
    assert "<style" not in document(course.load())


@pytest.mark.parametrize(
    ("yaml", "code", "line", "says"),
    [
        ("accent: purple\n", "theme.colour", 1, "#0f6455"),
        ("accent: #7a1fa2\n", "theme.colour", 1, "in quotes"),
        ("radius: 4\ndark:\n  surface: #7a1fa2\n", "theme.colour", 3, "in quotes"),
        ('accent: "#ffcc00"\n', "theme.contrast", 1, 'accent: "#'),
        ('radius: 4\nbackground: "#777777"\n', "theme.contrast", 2, 'background: "#'),
        ('tint: "#800000"\n', "theme.contrast", 1, 'tint: "#'),
        ('accent: "#0f6455"\naccent_text: "#000000"\n', "theme.contrast", 2, 'accent_text: "#'),
        ('dark:\n  accent: "#222222"\n', "theme.contrast", 2, "dark scheme"),
        ("radius: 90\n", "field.value", 1, "0 to 24"),
        ("shadow: 3\n", "field.unknown", 1, "shadow"),
        ("fonts:\n  heading: {file: own.ttf}\n", "field.missing", 2, "licence"),
        ("fonts:\n  text: {file: nope.ttf, licence: OFL-1.1}\n", "media.missing", 2, "nope.ttf"),
        ("fonts:\n  text: {file: logo.svg, licence: OFL-1.1}\n", "media.wrong-kind", 2, ".woff2"),
        ("fonts:\n  text: {file: ../own.ttf, licence: X}\n", "media.missing", 2, "name alone"),
        ("logo: {file: logo.svg, alt: {en: The mill}}\n", "translation.missing", 1, "fr"),
        ("logo: {file: own.ttf, alt: {en: a, fr: b}}\n", "media.wrong-kind", 1, ".svg"),
        ("just words\n", "field.type", 1, "key: value"),
    ],
)
def test_problems_stand_at_their_line(
    course: CourseFolder, yaml: str, code: str, line: int, says: str
) -> None:
    course.write("media/logo.svg", SVG).write("media/own.ttf", small_font())
    themed(course, yaml)
    found = [one for one in course.problems() if one.path == "theme.yaml" and one.code == code]
    assert found, course.problems()
    assert (found[0].line, found[0].severity) == (line, "error")
    assert says in found[0].message + found[0].hint


def test_the_proposed_colour_mends_it(course: CourseFolder) -> None:
    themed(course, 'accent: "#ffcc00"\n')
    better = re.search(r'accent: ("#\w+")', course.only("theme.contrast").hint)
    assert better
    themed(course, f"accent: {better[1]}\n")
    assert course.problems() == ()


def test_a_file_that_is_no_font_is_an_error(course: CourseFolder) -> None:
    course.write("media/own.woff2", b"GIF89a")
    themed(course, "fonts:\n  text: {file: own.woff2, licence: OFL-1.1}\n")
    assert course.only("media.unreadable").path == "media/own.woff2"


EVIL = '"</style><script>alert(1)</script>'


@pytest.mark.parametrize(
    "yaml",
    [
        f"accent: '{EVIL}'\n",
        f"radius: '{EVIL}'\n",
        'background: "url(https://evil.example/x)"\n',
        'accent: "#fff;} body{display:none"\n',
        f"fonts:\n  text: {{file: '{EVIL}', licence: OFL-1.1}}\n",
        f"fonts:\n  text: {{file: own.ttf, licence: '{EVIL}'}}\n",
        f"fonts:\n  '{EVIL}': {{file: own.ttf, licence: OFL-1.1}}\n",
        f"{LOGO[:-2]}, style: 'x'}}\n",
    ],
)
def test_nothing_hostile_is_taken(course: CourseFolder, yaml: str) -> None:
    course.write("media/logo.svg", SVG).write("media/own.ttf", small_font())
    themed(course, yaml)
    assert any(one.severity == "error" for one in course.problems())


def test_texts_and_addresses_cannot_leave_their_place(course: CourseFolder) -> None:
    course.write("media/logo.svg", SVG).write("media/own.ttf", small_font())
    themed(
        course,
        "logo:\n  file: logo.svg\n  alt: {en: '\" onerror=x y=\"', fr: x}\n"
        "fonts: {text: {file: own.ttf, licence: OFL-1.1}}\n",
    )
    loaded = course.load()
    (logo,) = html.fromstring(document(loaded)).xpath("//img[@class='logo']")
    assert (logo.get("alt"), logo.get("onerror")) == ('" onerror=x y="', None)
    assert loaded.theme
    style = theme_style(loaded.theme, lambda path: '");}</style><script>\\\n' + path)
    (address,) = re.findall(r'url\("([^"]*)"\)', style)
    assert not re.search(r"[<>()\n{}]", address)


def test_its_files_are_used_and_others_are_not(course: CourseFolder) -> None:
    course.write("media/logo.svg", SVG).write("media/other.svg", SVG)
    themed(course, LOGO)
    assert course.only("media.unused").path == "media/other.svg"
