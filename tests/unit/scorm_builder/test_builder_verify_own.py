"""Outputs that we have just built: stricter than others', and never read twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest

from scorm_builder.verify import Report, verify_package
from tests.scorm_packages.making import MANIFESTS, files, package
from tests.scorm_packages.others import cartridge, cmi5

PAGE = '<!doctype html><link rel="stylesheet" href="style.css"><p>Hello</p>'


def codes(report: Report) -> set[str]:
    return {problem.code for problem in report.problems if problem.severity == "error"}


def test_what_is_doubtful_in_others_is_a_fault_in_ours(tmp_path: Path) -> None:
    path = package(tmp_path, files() | {"extra.txt": b"x"})
    assert verify_package(path).valid
    assert codes(verify_package(path, own=True)) == {"file.undeclared"}


def test_media_of_ours_are_not_read(tmp_path: Path) -> None:
    """A changed bit in a film is not found: it was checked as it was written."""
    manifest = MANIFESTS["scorm12"].replace(
        '<file href="style.css"/>', '<file href="style.css"/><file href="film.mp4"/>'
    )
    entries = files(imsmanifest__xml=manifest) | {"film.mp4": b"frame" * 1000}
    path = tmp_path / "package.zip"
    with ZipFile(path, "w", ZIP_STORED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    data = bytearray(path.read_bytes())
    data[data.find(b"frameframe")] ^= 1
    path.write_bytes(data)
    assert codes(verify_package(path)) == {"archive.damaged"}
    assert verify_package(path, own=True) == Report("scorm12", ())


@pytest.mark.parametrize(
    ("family", "entries"),
    [("scorm", cmi5()), ("cmi5", cartridge(1)), ("cartridge", files()), ("cmi5", files())],
    ids=["scorm", "cmi5", "cartridge", "cmi5-of-scorm"],
)
def test_what_was_ordered_must_be_there(
    tmp_path: Path, family: str, entries: dict[str, bytes]
) -> None:
    report = verify_package(package(tmp_path, entries), own=True, family=family)  # type: ignore[arg-type]
    assert codes(report) == {"manifest.missing"}


def test_a_site_has_no_manifest_but_all_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text(PAGE)
    assert codes(verify_package(folder, own=True, family="site")) == {"link.missing"}
    (folder / "style.css").write_text("p {}")
    assert verify_package(folder, own=True, family="site") == Report("site", ())
    assert codes(verify_package(folder, own=True, family="scorm")) == {"manifest.missing"}
    zipped = package(tmp_path, {"index.html": PAGE.encode(), "style.css": b"p {}"})
    assert verify_package(zipped, own=True, family="site") == Report("site", ())


def test_a_site_is_told_by_what_makes_it_one(tmp_path: Path) -> None:
    site = {"index.html": PAGE.encode(), "style.css": b"p {}", "manifest.webmanifest": b"{}"}
    path = package(tmp_path, site)
    assert verify_package(path) == Report("site", ())
    assert codes(verify_package(path, profiles=("moodle",))) == {"lms.format"}
    alone = tmp_path / "course.html"
    alone.write_text("<p>Hello</p>")
    assert verify_package(alone) == Report("single", ())


def test_a_single_file_holds_everything(tmp_path: Path) -> None:
    """Whatever its draft is called, and however large its pictures are."""
    path = tmp_path / "course.html.part"
    picture = "data:image/png;base64," + "iVBORw0KGgo" * 2_000_000
    path.write_text(f'<!doctype html><p>Hello</p><img src="{picture}" alt="">')
    assert verify_package(path, own=True, family="single") == Report("single", ())
    after = '<img src="//cdn.example/x.png" alt=""><img src="gone.png" alt="">'
    path.write_text(f'<!doctype html><img src="{picture}" alt="">\n{after}')
    report = verify_package(path, own=True, family="single")
    assert [(p.code, p.line) for p in report.problems] == [("callout", 2), ("link.missing", 2)]


def test_markup_in_a_script_calls_out_as_well(tmp_path: Path) -> None:
    """As of a language that a script brings in."""
    script = 'SSE.add("fr", "<p>Bonjour</p>\\n<img alt=\\"\\" src=\\"https://x.example/p.png\\">")'
    path = package(tmp_path, files() | {"lang.js": script.encode()})
    assert "callout" in {problem.code for problem in verify_package(path).problems}
    calm = 'SSE.add("fr", "<a href=\\"https://x.example/\\">lire</a>")'
    path = package(tmp_path, files() | {"lang.js": calm.encode()})
    assert "callout" not in {problem.code for problem in verify_package(path).problems}


def test_heavy_libraries_are_not_loaded_for_it() -> None:
    program = (
        "import sys, scorm_builder.verify;"
        "heavy = {'xmlschema', 'pydantic', 'PIL', 'av', 'cryptography', 'jinja2', 'markdown_it'};"
        "print(sorted(heavy & {name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert done.stdout == "[]\n"
