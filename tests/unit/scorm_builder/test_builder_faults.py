"""Each known fault is called by exactly its code; what is sound passes without a word."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from scorm_builder.verify import Report, verify_package
from scorm_builder.verify.rules import RULES
from tests.scorm_packages.faults import Fault, all_faults
from tests.scorm_packages.making import MANIFESTS, files, package
from tests.scorm_packages.others import CMI5, cartridge, cmi5, thin

FAULTS = all_faults()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_called_by_its_code_and_no_other(tmp_path: Path, fault: Fault) -> None:
    report = verify_package(fault.write(tmp_path), profiles=fault.profiles)
    assert {problem.code for problem in report.problems} == fault.codes, report.problems
    severities = {problem.severity for problem in report.problems if problem.code == fault.first}
    assert severities == {fault.severity}
    assert report.valid == (fault.severity == "warning")
    for problem in report.problems:
        assert problem.message
        assert problem.hint
        assert str(problem).isprintable()


IN_FOLDERS = [f for f in FAULTS if not f.name.startswith("archive-") and f.suffix == ".zip"]


@pytest.mark.parametrize("fault", IN_FOLDERS, ids=lambda fault: fault.name)
def test_a_folder_is_judged_as_its_zip(tmp_path: Path, fault: Fault) -> None:
    built = fault.make()
    assert isinstance(built, dict)
    folder = tmp_path / "unpacked"
    for name, data in built.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    assert verify_package(folder, profiles=fault.profiles) == verify_package(
        fault.write(tmp_path), profiles=fault.profiles
    )


def test_every_rule_has_a_package_that_breaks_it() -> None:
    # This one needs a key beside the package: test_validate_command.py has it.
    with_a_key = {"signature.missing"}
    assert set(RULES) - {code for fault in FAULTS for code in fault.codes} == with_a_key


SOUND = {
    **{kind: files(kind) for kind in MANIFESTS},
    "cmi5": cmi5(),
    "cc11": cartridge(1),
    "cc12": cartridge(2),
    "cc13": cartridge(3),
    "thincc": thin(),
}


@pytest.mark.parametrize("kind", SOUND)
def test_a_sound_package_is_valid_and_says_its_format(tmp_path: Path, kind: str) -> None:
    path = package(tmp_path, SOUND[kind])
    assert verify_package(path) == Report(kind, ())
    assert verify_package(path, own=True) == Report(kind, ())


def test_a_course_structure_may_come_alone(tmp_path: Path) -> None:
    path = tmp_path / "my-course.xml"
    path.write_text(CMI5.replace("index.html", "https://courses.example/lesson"))
    assert verify_package(path) == Report("cmi5", ())


def test_a_manifest_may_come_alone(tmp_path: Path) -> None:
    path = tmp_path / "imsmanifest.xml"
    path.write_text(MANIFESTS["scorm2004"])
    assert verify_package(path) == Report("scorm2004", ())


def test_a_sound_zip64_is_valid(tmp_path: Path) -> None:
    """Sizes and places in the 64-bit fields, as a tool writes that streams."""
    path = tmp_path / "far.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files().items():
            with archive.open(name, "w", force_zip64=True) as stream:
                stream.write(data)
    assert verify_package(path) == Report("scorm12", ())


def test_a_streamed_zip_is_valid(tmp_path: Path) -> None:
    """Sizes after the data, as where the tool could not go back."""

    class Pipe:
        def __init__(self) -> None:
            self.written = bytearray()

        def write(self, data: bytes) -> int:
            self.written += data
            return len(data)

        def flush(self) -> None:
            pass

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name, data in files().items():
            archive.writestr(name, data)
    path = tmp_path / "streamed.zip"
    path.write_bytes(pipe.written)
    assert verify_package(path) == Report("scorm12", ())
