"""Packages of other builders: those that npm's simple-scorm-packager makes here, judged by the
standards' own schemas too; what scocli and qti-package-maker pack; and packages in the outlines of
well-known generators.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest

from scorm_builder.verify import verify_package
from tests.scorm_packages import official, outlines
from tests.scorm_packages.making import package
from tests.unit.render.player import node
from tests.venv_xblock import run

ROOT = Path(__file__).parents[3]
MODULE = Path(__file__).parents[2] / "node" / "node_modules" / "simple-scorm-packager"
SCRIPT = """
const [module, options] = process.argv.slice(1);
require(module)(JSON.parse(options), () => process.exit(0));
"""
VERSIONS = {
    "1.2": "scorm12",
    "2004 3rd Edition": "scorm2004-3rd",
    "2004 4th Edition": "scorm2004",
}


def packaged(folder: Path, version: str, **options: object) -> Path:
    """A package of a page and its style, made by the other builder."""
    if not MODULE.is_dir():
        pytest.fail("simple-scorm-packager is missing: run `make test`, or npm ci in tests/node")
    source, output = folder / "source", folder / "output"
    source.mkdir()
    output.mkdir()
    (source / "index.html").write_text('<link rel="stylesheet" href="style.css"><p>Hello</p>')
    (source / "style.css").write_text("p {}")
    wanted = {
        "version": version,
        "organization": "Example",
        "title": "Course",
        "identifier": "course-1",
        "source": str(source),
        "package": {"zip": True, "outputFolder": str(output), "name": "course"},
        **options,
    }
    subprocess.run(
        [node(), "-e", SCRIPT, str(MODULE), json.dumps(wanted)],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return next(output.glob("*.zip"))


@pytest.mark.parametrize("version", VERSIONS)
def test_its_packages_are_told_and_judged_as_the_standards_do(tmp_path: Path, version: str) -> None:
    """The packager puts <metadata> where no schema lets it stand; all else is as it should be."""
    path = packaged(tmp_path, version)
    report = verify_package(path)
    with ZipFile(path) as archive:
        manifest = archive.read("imsmanifest.xml")
    assert report.format == VERSIONS[version]
    assert {problem.code for problem in report.problems} == {"schema.invalid"}
    assert len(report.problems) == len(official.errors(manifest, VERSIONS[version])) == 2
    assert all("metadata" in problem.message for problem in report.problems)


def test_its_mistakes_are_found(tmp_path: Path) -> None:
    path = packaged(tmp_path, "1.2", identifier="1", startingPage="start.html", masteryScore=180)
    codes = {problem.code for problem in verify_package(path).problems}
    assert codes == {
        "schema.invalid",
        "manifest.mastery",
        "manifest.href-not-listed",
        "reference.missing",
    }


BY_SCOCLI = """
import os
from sco.build import create_scorm_project
from sco.bundle import zip_current_directory
create_scorm_project("course")
os.chdir("course")
zip_current_directory()
"""


def test_a_package_of_scocli_is_judged_rightly(tmp_path: Path) -> None:
    """SCORM 2004 3rd edition, as that tool begins each project: its default organization is none,
    schemas and a script are not there, and adlcp has a prefix that LMSs do not look for."""
    run("-c", BY_SCOCLI, cwd=tmp_path)
    report = verify_package(tmp_path / "course" / "course.zip")
    assert report.format == "scorm2004-3rd"
    assert {problem.code: problem.severity for problem in report.problems} == {
        "manifest.default": "error",
        "schema.missing": "error",
        "lms.prefix": "warning",
        "link.missing": "warning",
    }


PACK_QUIZZES = """
import sys
from qti_package_maker.package_interface import QTIPackageInterface
quiz = QTIPackageInterface("sample", verbose=False, allow_mixed=True)
quiz.read_package("bbq-sample-questions.txt", "bbq_text_upload")
for engine in sys.argv[1:]:
    quiz.save_package(engine)
"""


def test_packages_of_quizzes_are_told_from_courses(tmp_path: Path) -> None:
    """IMS content packages as Canvas and Blackboard take them, and Blackboard's own."""
    (tmp_path / "bbq-sample-questions.txt").write_text(
        "MC\tWhat is 2 + 3?\t6\tIncorrect\t5\tCorrect\t4\tIncorrect\n"
        "MA\tWhich are even?\t2\tCorrect\t3\tIncorrect\t4\tCorrect\n"
    )
    engines = {
        "canvas_qti_v1_2": "«IMS Content»",
        "blackboard_qti_v2_1": "«QTIv2.1»",
        "blackboard_export_zip": "the namespace «»",
    }
    run("-c", PACK_QUIZZES, *engines, cwd=tmp_path)
    told = []
    for path in tmp_path.glob("*.zip"):
        report = verify_package(path)
        assert report.format is None
        [problem] = report.problems
        assert problem.code == "manifest.not-scorm"
        told.append(problem.message)
    assert len(told) == len(engines)
    for words in engines.values():
        assert any(words in one for one in told), (words, told)


#: Of each outline: what it is, whether an LMS may rely on it, and all that is to be said.
OUTLINES: dict[str, tuple[str | None, bool, set[str]]] = {
    "storyline": ("scorm12", True, set()),
    "rise": ("scorm12", True, {"file.undeclared"}),
    "xerte": ("scorm12", False, {"file.undeclared", "schema.missing"}),
    "by_a_script": ("scorm12", False, {"schema.missing"}),
    "without_schemas": ("scorm12", False, {"schema.missing"}),
    "mixed_editions": (
        "scorm2004",
        False,
        {"manifest.schemaversion", "manifest.scormtype", "schema.missing"},
    ),
    "folder_in_a_zip": (None, False, {"manifest.place"}),
    "from_a_mac": ("scorm12", True, set()),
    "packages_in_a_zip": (None, False, {"archive.inside"}),
    "tin_can": (None, False, {"manifest.missing"}),
    "h5p": (None, False, {"manifest.missing"}),
    "cmi5_of_an_author_tool": ("cmi5", True, set()),
    "canvas_export": ("cc11", True, set()),
}


@pytest.mark.parametrize("name", OUTLINES)
def test_outlines_of_known_generators_are_classified(tmp_path: Path, name: str) -> None:
    form, valid, codes = OUTLINES[name]
    report = verify_package(package(tmp_path, getattr(outlines, name)()))
    assert (report.format, report.valid) == (form, valid)
    assert {problem.code for problem in report.problems} == codes


def test_a_mark_in_the_manifest_is_told_to_who_builds_for_moodle(tmp_path: Path) -> None:
    path = package(tmp_path, outlines.storyline())
    report = verify_package(path, profiles=("moodle",))
    assert {problem.code for problem in report.problems} == {"lms.moodle-mastery"}
    assert report.valid


def test_a_package_without_manifest_is_told_by_its_kind(tmp_path: Path) -> None:
    [problem] = verify_package(package(tmp_path, outlines.tin_can())).problems
    assert "Tin Can" in problem.message
