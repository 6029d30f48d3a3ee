"""``validate`` on packages of other tools: each known fault is found, named and placed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from content.problems import Problem
from scorm_builder.verify import Report, verify_package
from tests.scorm_packages.making import MANIFESTS, files, package, zipped

BOTH = list(MANIFESTS)


def judged(folder: Path, entries: dict[str, bytes]) -> Report:
    return verify_package(package(folder, entries))


def codes(report: Report, severity: str = "error") -> set[str]:
    return {problem.code for problem in report.problems if problem.severity == severity}


def manifest_with(kind: str, old: str, new: str) -> dict[str, bytes]:
    assert old in MANIFESTS[kind]
    return files(kind, imsmanifest__xml=MANIFESTS[kind].replace(old, new, 1))


@pytest.mark.parametrize("kind", BOTH)
def test_a_sound_package_is_valid_and_says_its_format(tmp_path: Path, kind: str) -> None:
    report = judged(tmp_path, files(kind))
    assert report == Report(kind, ())
    assert report.valid


@pytest.mark.parametrize(
    ("version", "format_name"),
    [
        ("CAM 1.3", "scorm2004-2nd"),
        ("2004 3rd Edition", "scorm2004-3rd"),
        ("2004 4th Edition", "scorm2004"),
    ],
)
def test_the_edition_is_told_by_schemaversion(
    tmp_path: Path, version: str, format_name: str
) -> None:
    report = judged(tmp_path, manifest_with("scorm2004", "2004 4th Edition", version))
    assert (report.format, report.valid) == (format_name, True)


ORGANIZATIONS_12 = MANIFESTS["scorm12"].partition("<organizations")[2].partition("<resources>")[0]

RULES = [
    ("manifest.schema", BOTH, "ADL SCORM", "ADL"),
    ("manifest.default", BOTH, 'default="o1"', 'default="nowhere"'),
    ("manifest.no-organization", ["scorm12"], ORGANIZATIONS_12, "/>"),
    ("manifest.title", BOTH, "<title>Course</title>", ""),
    ("manifest.title", BOTH, "<title>Lesson</title>", "<title> </title>"),
    ("manifest.leaf", BOTH, ' identifierref="r1"', ""),
    ("manifest.reference", BOTH, ' identifierref="r1"', ' identifierref="r9"'),
    (
        "manifest.dependency",
        BOTH,
        '<dependency identifierref="r2"',
        '<dependency identifierref="r9"',
    ),
    ("manifest.no-href", BOTH, 'sco" href="index.html"', 'sco"'),
    ("manifest.scormtype", ["scorm12"], ' adlcp:scormtype="sco"', ""),
    ("manifest.scormtype", ["scorm2004"], ' adlcp:scormType="sco"', ""),
    ("manifest.time-limit", ["scorm12"], 'scormtype="sco"', 'scormtype="asset"'),
    ("manifest.parameters", ["scorm12"], "?lang=en", "lang en?x"),
    ("manifest.mastery", ["scorm12"], "masteryscore>70", "masteryscore>170"),
    ("manifest.mastery", ["scorm12"], "masteryscore>70", "masteryscore>most"),
    ("manifest.too-long", BOTH, "<title>Lesson</title>", f"<title>{'x' * 256}</title>"),
    ("manifest.too-long", ["scorm2004"], "some data", "x" * 4001),
    ("manifest.duplicate-id", BOTH, 'identifier="r2"', 'identifier="r1"'),
    ("manifest.parts", BOTH, "</manifest>", "<resources/></manifest>"),
    ("manifest.href-not-listed", BOTH, '<file href="index.html"/>', '<file href="style.css"/>'),
    ("manifest.schemaversion", BOTH, "schemaversion>", "schemaversion>9"),
    (
        "manifest.schemaversion",
        ["scorm12"],
        "<schemaversion>1.2",
        "<schemaversion>2004 4th Edition",
    ),
    ("reference.missing", BOTH, 'href="style.css"', 'href="other.css"'),
    ("reference.case", BOTH, 'href="style.css"', 'href="Style.css"'),
    ("reference.path", BOTH, 'href="style.css"', 'href="..\\style.css"'),
    ("reference.path", BOTH, 'href="style.css"', 'href="../style.css"'),
    ("reference.path", BOTH, 'href="style.css"', 'href="/style.css"'),
    ("schema.invalid", BOTH, "<resources>", "<resources><thing/>"),
    (
        "manifest.objective-writers",
        ["scorm2004"],
        '<imsss:objective objectiveID="second"/>',
        '<imsss:objective objectiveID="a"><imsss:mapInfo targetObjectiveID="g" '
        'writeSatisfiedStatus="true"/></imsss:objective><imsss:objective objectiveID="b">'
        '<imsss:mapInfo targetObjectiveID="g" writeNormalizedMeasure="true"/></imsss:objective>',
    ),
    (
        "manifest.objective-id",
        ["scorm2004"],
        ' objectiveID="p1" satisfiedByMeasure="true">'
        "\n              <imsss:minNormalizedMeasure>0.7</imsss:minNormalizedMeasure>",
        '><imsss:mapInfo targetObjectiveID="g"/>',
    ),
]


@pytest.mark.parametrize(
    ("code", "kind", "old", "new"),
    [(code, kind, old, new) for code, kinds, old, new in RULES for kind in kinds],
)
def test_each_broken_rule_is_found(
    tmp_path: Path, code: str, kind: str, old: str, new: str
) -> None:
    report = judged(tmp_path, manifest_with(kind, old, new))
    assert not report.valid
    assert code in codes(report)
    for problem in report.problems:
        assert problem.message
        assert problem.hint


def test_a_problem_has_its_place(tmp_path: Path) -> None:
    report = judged(tmp_path, manifest_with("scorm12", 'href="style.css"', 'href="other.css"'))
    found = next(p for p in report.problems if p.code == "reference.missing")
    lines = MANIFESTS["scorm12"].splitlines()
    assert (found.path, found.severity) == ("imsmanifest.xml", "error")
    assert 'href="style.css"' in lines[found.line - 1]


MAPPED = '<imsss:objective objectiveID="s"><imsss:mapInfo targetObjectiveID="g"/></imsss:objective>'
SUB_ITEM = '<item identifier="i2" identifierref="r1"><title>Sub</title></item>'
WARNINGS = [
    ("lms.prefix", "scorm12", [("adlcp:", "adl:"), ("xmlns:adlcp=", "xmlns:adl=")]),
    ("lms.moodle-edition", "scorm2004", [("2004 4th Edition", "2004 2nd Edition")]),
    ("lms.moodle-mapinfo", "scorm2004", [('<imsss:objective objectiveID="second"/>', MAPPED)]),
    ("manifest.branch", "scorm12", [("<title>Lesson</title>", f"<title>L</title>{SUB_ITEM}")]),
    ("manifest.extension", "scorm12", [("index.html", "index")]),
]


@pytest.mark.parametrize(("code", "kind", "changes"), WARNINGS)
def test_what_only_some_lms_trips_over_is_a_warning(
    tmp_path: Path, code: str, kind: str, changes: list[tuple[str, str]]
) -> None:
    manifest = MANIFESTS[kind]
    for old, new in changes:
        assert old in manifest
        manifest = manifest.replace(old, new)
    report = judged(tmp_path, files(kind, imsmanifest__xml=manifest) | {"index": b"<p>"})
    assert code in codes(report, "warning")
    assert report.valid


def test_xml_base_counts_and_moodle_ignores_it(tmp_path: Path) -> None:
    entries = manifest_with("scorm12", "<resources>", '<resources xml:base="content/">')
    for name in ("index.html", "style.css"):
        entries[f"content/{name}"] = entries.pop(name)
    report = judged(tmp_path, entries)
    assert report.valid
    assert codes(report, "warning") == {"lms.moodle-base"}


def test_schemas_must_lie_at_the_root(tmp_path: Path) -> None:
    entries = files("scorm2004")
    del entries["imsss_v1p0.xsd"]
    report = judged(tmp_path, entries)
    problem = next(p for p in report.problems if p.code == "schema.missing")
    assert "imsss_v1p0.xsd" in problem.message


def test_a_package_without_any_schema_names_those_it_goes_by(tmp_path: Path) -> None:
    """Even where the manifest has no schemaLocation at all (ADL's fifth check)."""
    manifest = MANIFESTS["scorm12"].replace("xsi:schemaLocation", "xsi:x")
    entries = {"imsmanifest.xml": manifest.encode(), "index.html": b"<p>", "style.css": b""}
    problem = next(p for p in judged(tmp_path, entries).problems if p.code == "schema.missing")
    assert "adlcp_rootv1p2.xsd" in problem.message
    assert "imscp_rootv1p1p2.xsd" in problem.message


def test_files_outside_the_manifest_are_warned_of(tmp_path: Path) -> None:
    report = judged(tmp_path, files() | {"notes/extra.txt": b"x"})
    assert report.valid
    assert [p.path for p in report.problems if p.code == "file.undeclared"] == ["notes/extra.txt"]


def test_the_manifest_in_a_folder_or_another_case_is_pointed_at(tmp_path: Path) -> None:
    for name in ("course/imsmanifest.xml", "IMSManifest.xml"):
        entries = files(imsmanifest__xml=None) | {name: MANIFESTS["scorm12"].encode()}
        report = judged(tmp_path, entries)
        assert report.format is None
        assert [p.path for p in report.problems if p.code == "manifest.place"] == [name]


def test_other_kinds_of_package_are_named(tmp_path: Path) -> None:
    report = judged(tmp_path, {"tincan.xml": b"<tincan/>", "index.html": b"<p>"})
    assert codes(report) == {"manifest.missing"}
    assert "xAPI" in report.problems[0].message
    cartridge = b'<manifest xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"/>'
    assert codes(judged(tmp_path, {"imsmanifest.xml": cartridge})) == {"manifest.not-scorm"}


CALLS = [
    ("index.html", '<script src="https://cdn.example/x.js"></script>', 1),
    ("index.html", "<p>\n<img src='//cdn.example/x.png'>", 2),
    ("index.html", '<img srcset="a.png 1x, https://cdn.example/b.png 2x">', 1),
    ("index.html", '<p style="background:url(http://x.example/y.png)">', 1),
    ("index.html", "<style>\n@import 'https://fonts.example/css';</style>", 2),
    ("index.html", '<iframe src="https://video.example/embed"></iframe>', 1),
    ("index.html", '<link rel="stylesheet" href="https://x.example/a.css">', 1),
    ("index.html", '<form action="https://x.example/collect">', 1),
    ("index.html", '<meta http-equiv="refresh" content="0; url=https://x.example/">', 1),
    (
        "index.html",
        '<script type="application/json">{"a": ["<img src=\\"https://x.example/p.png\\">"]}</script>',
        1,
    ),
    ("style.css", "p{}\n@font-face { src: url(https://fonts.example/a.woff2) }", 2),
    ("app.js", "x;\nfetch('https://api.example/collect')", 2),
    ("app.js", 'new WebSocket("wss://live.example/")', 1),
    ("app.js", 'image.src = "https://x.example/pixel.gif"', 1),
    ("picture.svg", '<svg><image href="https://x.example/a.png"/></svg>', 1),
]


@pytest.mark.parametrize(("name", "text", "line"), CALLS)
def test_what_calls_out_is_found(tmp_path: Path, name: str, text: str, line: int) -> None:
    path = package(tmp_path, files() | {name: text.encode()})
    found = [p for p in verify_package(path).problems if p.code == "callout"]
    assert [(p.path, p.line, p.severity) for p in found] == [(name, line, "warning")]
    assert any(p.code == "callout" and p.severity == "error" for p in own(path))


@pytest.mark.parametrize(
    "text",
    [
        '<a href="https://example.org/read-more">Read more</a>',
        '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
        '<link rel="license" href="https://creativecommons.org/licenses/by-sa/4.0/">',
        '<img src="data:image/png;base64,AAAA">',
        "<script>document.createElementNS('http://www.w3.org/2000/svg', 'svg')</script>",
        '<script type="application/json">{"a": "<a href=\\"https://x.example\\">x</a>"}</script>',
    ],
)
def test_links_and_namespaces_are_no_calls(tmp_path: Path, text: str) -> None:
    report = judged(tmp_path, files(index__html=text))
    assert "callout" not in codes(report, "warning") | codes(report)


def test_a_page_that_names_a_missing_file_is_found(tmp_path: Path) -> None:
    path = package(tmp_path, files(index__html='<img src="Style.css"><a href="gone.pdf">x</a>'))
    found = {p.message for p in verify_package(path).problems if p.code == "link.missing"}
    assert len(found) == 2
    assert any(p.code == "link.missing" and p.severity == "error" for p in own(path))


def own(path: Path) -> tuple[Problem, ...]:
    return verify_package(path, own=True).problems


def test_a_flood_of_findings_is_cut(tmp_path: Path) -> None:
    report = judged(tmp_path, files() | {f"extra/{n}.txt": b"x" for n in range(100)})
    assert len(report.problems) < 40
    assert "75 further findings" in next(
        p.message for p in report.problems if p.code == "findings.more"
    )


def test_messages_cannot_act_on_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "odd.zip"
    path.write_bytes(zipped([*files().items(), ("ev\x1b[2Jil.txt", b"x")]))
    for problem in verify_package(path).problems:
        assert str(problem).isprintable()


def test_every_code_is_documented() -> None:
    root = Path(__file__).parents[3]
    sources = "".join(p.read_text("utf-8") for p in (root / "scorm_builder/verify").glob("*.py"))
    spoken = set(re.findall(r'^\s*"((?:[a-z]+\.)[a-z-]+|callout)",$', sources, re.MULTILINE))
    documented = (root / "docs/cli-scorm-builder.md").read_text("utf-8")
    assert len(spoken) > 40
    assert {code for code in spoken if f"`{code}`" not in documented} == set()
