"""``validate`` on packages of other tools: each known fault is found, named and placed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from content.problems import Problem
from scorm_builder.verify import Report, verify_package
from scorm_builder.verify.profiles import PROFILES
from scorm_builder.verify.rules import RULES
from tests.scorm_packages.making import MANIFESTS, files, package, zipped


def judged(folder: Path, entries: dict[str, bytes]) -> Report:
    return verify_package(package(folder, entries))


def codes(report: Report, severity: str = "error") -> set[str]:
    return {problem.code for problem in report.problems if problem.severity == severity}


def manifest_with(kind: str, old: str, new: str) -> dict[str, bytes]:
    assert old in MANIFESTS[kind]
    return files(kind, imsmanifest__xml=MANIFESTS[kind].replace(old, new, 1))


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
    entries = manifest_with("scorm2004", "2004 4th Edition", version)
    if version != "2004 4th Edition":
        # Written in another way until the 4th.
        entries["imsmanifest.xml"] = entries["imsmanifest.xml"].replace(
            b' completedByMeasure="true" minProgressMeasure="0.5"/>',
            b">0.5</adlcp:completionThreshold>",
        )
    report = judged(tmp_path, entries)
    assert (report.format, report.valid) == (format_name, True)


def test_a_problem_has_its_place(tmp_path: Path) -> None:
    report = judged(tmp_path, manifest_with("scorm12", 'href="style.css"', 'href="other.css"'))
    found = next(p for p in report.problems if p.code == "reference.missing")
    lines = MANIFESTS["scorm12"].splitlines()
    assert (found.path, found.severity) == ("imsmanifest.xml", "error")
    assert found.element == "/manifest/resources/resource[2]/file"
    assert 'href="style.css"' in lines[found.line - 1]


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


CALLS = [
    ("index.html", '<script src="https://cdn.example/x.js"></script>', 1),
    ("index.html", "<p>\n<img src='//cdn.example/x.png'>", 2),
    ("index.html", '<img src="/&#9;/cdn.example/x.png">', 1),
    ("index.html", '<img src="\\\\cdn.example/x.png">', 1),
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


def test_every_rule_is_documented() -> None:
    """docs/validation.md has the table as the code has it."""
    document = (Path(__file__).parents[3] / "docs/validation.md").read_text("utf-8")
    rows = [
        f"| `{code}` | {rule.weight} | {rule.meaning} | {rule.remedy} | {rule.basis} |"
        for code, rule in sorted(RULES.items())
    ]
    lacking = [row.replace("||", "| |") for row in rows if row not in document]
    assert lacking == [], "\n".join(lacking)
    assert len(
        re.findall(r"^\| `[a-z.0-9-]+` \| (?:err|warn|doubt|ref)", document, re.MULTILINE)
    ) == len(rows)


def test_every_fact_about_an_lms_has_its_source() -> None:
    from_profiles = {"lms.format", "lms.names", "lms.extensions"}
    traps = {code: rule for code, rule in RULES.items() if code.startswith("lms.")}
    assert {code for code, rule in traps.items() if not rule.basis} == from_profiles
    for profile in PROFILES.values():
        assert bool(profile.takes) == bool(profile.source)
        assert bool(profile.bad_names) == bool(profile.names_source)
        assert bool(profile.bad_endings) == bool(profile.endings_source)
