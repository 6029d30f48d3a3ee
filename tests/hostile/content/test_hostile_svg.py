"""SVG files that would run script or call out when opened by themselves."""

import pytest

from content.findings import Findings, Mark
from content.svg import read_svg
from tests.unit.content.courses import UNIT, CourseFolder

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {}>{}</svg>'
)


def codes(text: str) -> set[str]:
    findings = Findings()
    read_svg(text, Mark("a.svg"), findings)
    return {problem.code for problem in findings.sorted()}


@pytest.mark.parametrize(
    ("attributes", "inside"),
    [
        ("", "<script>alert(1)</script>"),
        ("", "<SCRIPT>alert(1)</SCRIPT>"),
        ("", '<script href="https://example.org/x.js"/>'),
        ("", '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>'),
        ("", '<h:iframe xmlns:h="http://www.w3.org/1999/xhtml" src="x"/>'),
        ('onload="alert(1)"', ""),
        ('ONLOAD="alert(1)"', ""),
        ("", '<g onclick="alert(1)"/>'),
        ("", "<foreignObject><p/></foreignObject>"),
        ("", '<image href="https://example.org/x.png"/>'),
        ("", '<image xlink:href="//example.org/x.png"/>'),
        ("", '<image href="other.png"/>'),
        ("", '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>'),
        ("", '<image href="data:text/html,x"/>'),
        ("", '<use href="other.svg#a"/>'),
        ("", '<a href="javascript:alert(1)"><rect/></a>'),
        ("", '<a href="java&#10;script:alert(1)"><rect/></a>'),
        ("", '<a xlink:href="https://example.org"><rect/></a>'),
        ("", '<a href="#a"><set attributeName="href" to="javascript:alert(1)"/></a>'),
        ("", '<a href="#a"><animate attributeName="xlink:href" values="x"/></a>'),
        ("", '<style>@import "https://example.org/x.css";</style>'),
        ("", "<style>rect { fill: url(https://example.org/x.svg#a) }</style>"),
        ("", "<style>rect { fill: u\\72l(https://example.org/x) }</style>"),
        ("", "<rect style=\"fill: url('https://example.org/x')\"/>"),
        ("", '<rect fill="url(https://example.org/x#a)"/>'),
        ("", '<rect filter="URL( //example.org/x#a )"/>'),
        ('xml:base="https://example.org/"', ""),
        ("", "<?xml-stylesheet href='https://example.org/x.css'?>"),
        ("", '<handler type="application/ecmascript">alert(1)</handler>'),
        ("", "<iframe/>"),
        ("", '<embed src="x"/>'),
        ("", '<audio src="#x"/>'),
    ],
)
def test_dangerous_pictures(attributes: str, inside: str) -> None:
    assert codes(HEAD.format(attributes, inside)) == {"media.unsafe-svg"}


@pytest.mark.parametrize(
    "text",
    [
        "<?xml-stylesheet href='https://example.org/x.css'?>" + HEAD.format("", ""),
        "<!DOCTYPE svg>" + HEAD.format("", ""),
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + HEAD.format("", "<text>&a;</text>"),
        '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        + HEAD.format("", "<text>&a;</text>"),
        '<!DOCTYPE svg SYSTEM "https://example.org/x.dtd">' + HEAD.format("", ""),
    ],
)
def test_dangerous_prologues(text: str) -> None:
    assert codes(text) == {"media.unsafe-svg"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<svg",
        "<html><body/></html>",
        "<svg><rect/></svg>",
        "GIF89a",
        HEAD.format("", "<text>&undefined;</text>"),
        "<svg xmlns='http://www.w3.org/2000/svg'>" + "<g>" * 5000 + "</g>" * 5000 + "</svg>",
    ],
)
def test_what_is_no_picture(text: str) -> None:
    assert codes(text) == {"media.unreadable"}


@pytest.mark.parametrize(
    "inside",
    [
        '<rect fill="url(#a)" style="stroke: url(#b); fill: url(\'#c\')" id="one"/>',
        "<style>rect { fill: #123456; filter: url(#a) }</style>",
        '<image href="data:image/png;base64,iVBORw0KGgo="/><use xlink:href="#a"/>',
        '<metadata><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata>',
        '<title>Économie</title><desc>a</desc><text direction="rtl">تعاونية</text>',
        '<circle r="2"><animate attributeName="r" values="1;2"/></circle><!-- drawn by hand -->',
        "<text>only url( in a text</text>",
    ],
)
def test_harmless_pictures(inside: str) -> None:
    assert codes(HEAD.format('viewBox="0 0 10 10"', inside)) == set()


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('viewBox="0 0 480 478"', (480, 478)),
        ('viewBox="0,0,480.2,100"', (481, 100)),
        ('width="20px" height="10"', (20, 10)),
        ('width="100%" height="10"', None),
        ('viewBox="0 0 0 10"', None),
        ('viewBox="0 0 -5 10"', None),
        ('viewBox="0 0 1e99 10"', None),
        ("", None),
    ],
)
def test_sizes(attributes: str, size: tuple[int, int] | None) -> None:
    assert read_svg(HEAD.format(attributes, ""), Mark("a.svg"), Findings()) == size


def test_a_dangerous_picture_is_an_error_at_its_line(course: CourseFolder) -> None:
    course.write(f"{UNIT}/media/drawing.svg", HEAD.format("", "\n<script/>\n"))
    problem = course.only("media.unsafe-svg")
    assert (problem.path, problem.line) == (f"{UNIT}/media/drawing.svg", 2)
