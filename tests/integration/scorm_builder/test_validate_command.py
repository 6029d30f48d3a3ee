"""``scorm-builder validate``, from outside: what it prints, and how it ends."""

from __future__ import annotations

import gzip
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from string import ascii_letters, digits
from typing import Any
from urllib.parse import unquote_to_bytes

import jsonschema
import pytest
from click.testing import CliRunner, Result
from lxml import etree

from content.load import load_course
from scorm_builder.api import build_course
from scorm_builder.cli import main
from scorm_builder.minisign import SecretKey
from scorm_builder.signing import SIGNATURE, SUMS, beside, write_sums
from scorm_builder.starter import make_course
from scorm_builder.verify.profiles import PROFILE_NAMES
from tests.scorm_packages.faults import all_faults
from tests.scorm_packages.making import files, package
from tests.scorm_packages.others import CMI5

KEYS = ["severity", "code", "path", "line", "column", "message", "hint", "element"]
SARIF_SCHEMA = (
    Path(__file__).parents[2]
    / "node/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["validate", *map(str, arguments)])


def test_each_package_has_a_line_of_json(tmp_path: Path) -> None:
    good = package(tmp_path, files(), "good.zip")
    bad = package(tmp_path, files(index__html=None), "bad.zip")
    result = run(good, bad, "--json")
    first, second = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert list(first) == ["path", "format", "valid", "problems", "seals"]
    assert first == {
        "path": str(good),
        "format": "scorm12",
        "valid": True,
        "problems": [],
        "seals": [],
    }
    assert (second["valid"], second["format"]) == (False, "scorm12")
    assert list(second["problems"][0]) == KEYS


def test_lines_for_people_name_the_place_and_the_element(tmp_path: Path) -> None:
    bad = package(tmp_path, files(index__html=None), "bad.zip")
    lines = run(bad).stdout.splitlines()
    assert lines[0] == f"{bad}: not valid (scorm12)"
    assert lines[1].startswith("  imsmanifest.xml:23:1: error reference.missing: «index.html»")
    assert "[/manifest/resources/resource[1]" in lines[1]


def test_all_is_well(tmp_path: Path) -> None:
    result = run(package(tmp_path, files()))
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_folder_and_a_structure_alone(tmp_path: Path) -> None:
    folder = tmp_path / "course"
    folder.mkdir()
    for name, data in files("scorm2004").items():
        (folder / name).write_bytes(data)
    structure = tmp_path / "cmi5.xml"
    structure.write_text(CMI5.replace("index.html", "https://courses.example/lesson"))
    result = run(folder, structure)
    assert result.exit_code == 0
    assert result.stdout == f"{folder}: valid (scorm2004)\n{structure}: valid (cmi5)\n"


@pytest.mark.parametrize(
    "arguments", [(), ("nowhere.zip",), (".", "--json", "--sarif"), (".", "--profile", "nobody")]
)
def test_called_wrongly(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_what_might_never_end_is_not_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.zip"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        result = run(path)
        assert result.exit_code == 2
        assert "neither a file nor a folder" in result.stderr
    result = run(package(tmp_path, signed(files(), SecretKey.new())), "--public-key", pipe)
    assert result.exit_code == 2
    assert "this is no file" in result.stderr


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda whole: b"", "it is empty"),
        (lambda whole: whole[: len(whole) // 2], "it begins as one, but its end is cut off"),
        (lambda whole: b"7z\xbc\xaf\x27\x1c" + whole[:50], "it is a 7z archive"),
        (lambda whole: b"Rar!\x1a\x07\x01\0" + whole[:50], "it is a RAR archive"),
        (lambda whole: gzip.compress(whole), "it is a gzip archive"),
    ],
)
def test_what_is_no_zip_is_called_by_its_name(
    tmp_path: Path, make: Callable[[bytes], bytes], says: str
) -> None:
    path = package(tmp_path, files())
    path.write_bytes(make(path.read_bytes()))
    result = run(path)
    assert result.exit_code == 1
    assert f"archive.not-a-zip: this is not a readable zip archive: {says}" in result.stdout


def test_a_course_is_told_from_a_package(tmp_path: Path) -> None:
    make_course(tmp_path / "my-course")
    result = run(tmp_path / "my-course")
    assert result.exit_code == 1
    assert "this is a course" in result.stdout
    assert "check or build it" in result.stdout


def test_a_profile_makes_a_fault_of_what_its_lms_refuses(tmp_path: Path) -> None:
    path = package(tmp_path, files("scorm2004"))
    assert run(path).exit_code == 0
    assert run(path, "--profile", "openedx").exit_code == 0
    assert run(path, "--profile", "chamilo").exit_code == 1
    assert "lms.format" in run(path, "--profile", "all").stdout


def test_the_profiles_offered_are_those_there_are(tmp_path: Path) -> None:
    assert f"[{'|'.join(PROFILE_NAMES)}]" in run("--help").stdout.replace("\n", "").replace(" ", "")
    path = package(tmp_path, files("scorm2004"))
    refused = run(path, "--profile", "moodel")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "choose from moodle, moodle-app" in refused.stderr


# -- SARIF


def sarif_schema() -> dict[str, Any]:
    if not SARIF_SCHEMA.is_file():
        pytest.fail("SARIF's schema is missing: run `make test`, or npm ci in tests/node")
    schema: dict[str, Any] = json.loads(SARIF_SCHEMA.read_text("utf-8"))
    return schema


def sarif(*arguments: object) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(run(*arguments, "--sarif").stdout)
    jsonschema.validate(log, sarif_schema(), jsonschema.Draft4Validator)
    return log


def test_every_fault_makes_a_log_that_fits_the_schema(tmp_path: Path) -> None:
    slow = ("a-hundred-thousand", "million", "lies", "huge", "bomb")
    faults = [fault for fault in all_faults() if not any(word in fault.name for word in slow)]
    log = sarif(*[fault.write(tmp_path) for fault in faults], "--profile", "all")
    told = log["runs"][0]
    assert {rule["id"] for rule in told["tool"]["driver"]["rules"]} >= {f.first for f in faults}
    for result in told["results"]:
        assert told["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_log_leads_to_the_place_inside_the_package(tmp_path: Path) -> None:
    path = package(tmp_path, files(index__html=None), "bad course.zip")
    told = sarif(path)["runs"][0]
    location = told["results"][0]["locations"][0]
    artifact = told["artifacts"][location["physicalLocation"]["artifactLocation"]["index"]]
    assert artifact["location"]["uri"] == "/imsmanifest.xml"
    assert told["artifacts"][artifact["parentIndex"]]["location"]["uri"] == path.as_uri()
    assert location["physicalLocation"]["region"] == {"startLine": 23, "startColumn": 1}
    assert location["logicalLocations"][0]["fullyQualifiedName"].startswith("/manifest/resources")


@pytest.mark.parametrize("name", [b"a b#c%.zip", b"caf\xe9:1.zip"])
def test_a_log_of_any_name_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: bytes
) -> None:
    """Given as it lies beside: names from other systems need not be UTF-8."""
    monkeypatch.chdir(tmp_path)
    path = Path(os.fsdecode(name))
    package(tmp_path, files(index__html=None), "course.zip").rename(path)
    [artifact, *_] = sarif(path)["runs"][0]["artifacts"]
    assert unquote_to_bytes(artifact["location"]["uri"]) == name
    assert set(artifact["location"]["uri"]) <= set(ascii_letters + digits + "%.-_~/")


def test_a_log_of_nothing(tmp_path: Path) -> None:
    assert sarif(package(tmp_path, files()))["runs"][0]["results"] == []


# -- Checksums and signatures


def summed(entries: dict[str, bytes]) -> dict[str, bytes]:
    import hashlib

    digests = {name: hashlib.sha256(data).digest() for name, data in entries.items()}
    return entries | {SUMS: write_sums(digests)}


def signed(entries: dict[str, bytes], key: SecretKey) -> dict[str, bytes]:
    with_sums = summed(entries)
    return with_sums | {SIGNATURE: key.sign(with_sums[SUMS], "test").encode()}


def codes(result: Result) -> set[str]:
    return {p["code"] for line in result.stdout.splitlines() for p in json.loads(line)["problems"]}


def test_the_list_of_checksums_is_checked_wherever_there_is_one(tmp_path: Path) -> None:
    entries = summed(files())
    assert run(package(tmp_path, entries)).exit_code == 0
    changed = run(package(tmp_path, entries | {"style.css": b"p { color: red }"}), "--json")
    assert (changed.exit_code, codes(changed)) == (1, {"sums.wrong"})
    gone = {name: data for name, data in entries.items() if name != "ims_xml.xsd"}
    assert codes(run(package(tmp_path, gone), "--json")) == {"sums.wrong", "schema.missing"}
    more = run(package(tmp_path, entries | {"lom.xsd": b"<xsd/>"}), "--json")
    assert (more.exit_code, codes(more)) == (0, {"sums.missing"})
    broken = run(package(tmp_path, files() | {SUMS: b"nonsense"}), "--json")
    assert (broken.exit_code, codes(broken)) == (1, {"sums.malformed"})


def test_a_signature_is_checked_by_the_key_that_is_given(tmp_path: Path) -> None:
    key, other = SecretKey.new(), SecretKey.new()
    public = tmp_path / "key.pub"
    public.write_text(key.public.text())
    path = package(tmp_path, signed(files(), key))
    assert run(path).exit_code == 0
    assert run(path, "--public-key", public).exit_code == 0
    unsigned = run(package(tmp_path, summed(files())), "--public-key", public, "--json")
    assert (unsigned.exit_code, codes(unsigned)) == (1, {"signature.missing"})
    foreign = run(package(tmp_path, signed(files(), other)), "--public-key", public, "--json")
    assert (foreign.exit_code, codes(foreign)) == (1, {"signature.wrong"})
    entries = signed(files(), key)
    resummed = summed(files(index__html='<link href="style.css">')) | {
        SIGNATURE: entries[SIGNATURE]
    }
    assert codes(run(package(tmp_path, resummed), "--public-key", public, "--json")) == {
        "signature.wrong"
    }


def seals(result: Result) -> list[tuple[str, str]]:
    (line,) = result.stdout.splitlines()
    return [(seal["name"], seal["state"]) for seal in json.loads(line)["seals"]]


def test_what_is_there_is_checked_and_said(tmp_path: Path) -> None:
    key, other = SecretKey.new(), SecretKey.new()
    for name, one in (("key", key), ("other", other)):
        (tmp_path / f"{name}.pub").write_text(one.public.text())
    path = package(tmp_path, signed(files(), key))
    told = run(path).stdout
    assert f"SHA256SUMS: all {len(files())} files are as it lists them" in told
    assert f"SHA256SUMS.minisig: signed with the key {key.public.name}, which was not given" in told
    told = run(path, "--public-key", tmp_path / "key.pub").stdout
    assert f"SHA256SUMS.minisig: signed with the key {key.public.name}, and unchanged since" in told
    foreign = run(path, "--public-key", tmp_path / "other.pub", "--json")
    assert seals(foreign) == [(SUMS, "good"), (SIGNATURE, "unchecked")]
    assert codes(foreign) == {"signature.wrong"}
    changed = signed(files(), key) | {"style.css": b"p { color: red }"}
    told = run(package(tmp_path, changed)).stdout
    assert "SHA256SUMS: files differ from it" in told
    assert seals(run(package(tmp_path, files()), "--json")) == []


def test_a_signed_package_holds_nothing_that_its_list_leaves_out(tmp_path: Path) -> None:
    key = SecretKey.new()
    (tmp_path / "key.pub").write_text(key.public.text())
    path = package(tmp_path, signed(files(), key) | {"lom.xsd": b"<xsd/>"})
    assert run(path).exit_code == 0
    judged = run(path, "--public-key", tmp_path / "key.pub", "--json")
    assert (judged.exit_code, codes(judged)) == (1, {"sums.missing"})


def test_signatures_named_beside_their_packages_are_no_packages(tmp_path: Path) -> None:
    """As ``dist/*`` names them."""
    key = SecretKey.new()
    path = package(tmp_path, files())
    seal = beside(path)
    seal.write_text(key.sign(path.read_bytes(), "a comment"))
    result = run(path, seal, "--json")
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1)
    assert run(seal).exit_code == 1


@pytest.mark.parametrize("kind", ["page.html", "package.zip"])
def test_a_signature_beside_a_file_is_of_the_whole_file(tmp_path: Path, kind: str) -> None:
    key, other = SecretKey.new(), SecretKey.new()
    public = tmp_path / "key.pub"
    public.write_text(key.public.text())
    path = tmp_path / kind
    if kind.endswith(".html"):
        path.write_text("<!doctype html><title>Course</title><p>Hello</p>")
    else:
        path = package(tmp_path, files())
    seal = path.with_name(path.name + ".minisig")
    missing = run(path, "--public-key", public, "--json")
    assert (missing.exit_code, codes(missing)) == (1, {"signature.missing"})
    assert seal.name in missing.stdout

    seal.write_text(key.sign(path.read_bytes(), f"file:{path.name}"))
    assert seals(run(path, "--json")) == [(seal.name, "unchecked")]
    good = run(path, "--public-key", public, "--json")
    assert (good.exit_code, codes(good), seals(good)) == (0, set(), [(seal.name, "good")])

    seal.write_text(other.sign(path.read_bytes(), f"file:{path.name}"))
    assert codes(run(path, "--public-key", public, "--json")) == {"signature.wrong"}
    seal.write_text(key.sign(path.read_bytes() + b" ", f"file:{path.name}"))
    wrong = run(path, "--public-key", public, "--json")
    assert (wrong.exit_code, codes(wrong)) == (1, {"signature.wrong"})
    assert seals(wrong) == [(seal.name, "wrong")]
    seal.write_bytes(b"\xff\0 no signature")
    for arguments in ((), ("--public-key", public)):
        broken = run(path, *arguments, "--json")
        assert (broken.exit_code, seals(broken)) == (1, [])
        assert codes(broken) == {"signature.wrong"} | (
            {"signature.missing"} if arguments else set()
        )


@pytest.mark.parametrize("form", ["cc11", "cc13", "thincc", "single", "scorm12"])
def test_what_was_signed_and_changed_since_is_told(tmp_path: Path, form: str) -> None:
    key = SecretKey.new()
    (tmp_path / "key.pub").write_text(key.public.text())
    (tmp_path / "key").write_text(key.text())
    make_course(tmp_path / "my", languages=["en"])
    (built,) = build_course(
        load_course(tmp_path / "my"),
        tmp_path / "out",
        formats=[form],
        tool="https://campus.example.org",
        sign=tmp_path / "key",
    )
    public = ("--public-key", tmp_path / "key.pub", "--json")
    assert run(built.path, *public).exit_code == 0
    assert (built.signature is None) is (form not in ("single", "thincc"))
    before = built.path.read_bytes()
    if form in ("cc11", "cc13"):
        assert seals(run(built.path, *public)) == [(SUMS, "good"), (SIGNATURE, "good")]
        with zipfile.ZipFile(built.path) as archive:
            root = etree.fromstring(archive.read("imsmanifest.xml"))
            assert {SUMS, SIGNATURE} <= set(archive.namelist())
        [resource] = [
            one for one in root.iterfind(".//{*}resource") if one.get("identifier") == "checksums"
        ]
        assert [one.get("href") for one in resource] == [SUMS, SIGNATURE]
        shown = {one.get("identifierref") for one in root.iterfind(".//{*}item")}
        assert "checksums" not in shown
    if form == "single":
        built.path.write_bytes(before.replace(b"</html>", b"<p>more</p></html>"))
    else:
        with zipfile.ZipFile(built.path, "a") as archive:
            archive.writestr("more.txt", "more")
    changed = run(built.path, *public)
    assert changed.exit_code == 1
    assert codes(changed) & {"signature.wrong", "sums.missing"}


def test_an_old_signature_beside_an_unsigned_build_is_told(tmp_path: Path) -> None:
    make_course(tmp_path / "my", languages=["en"])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "my-en-single.html.minisig").write_text("of before")
    course = load_course(tmp_path / "my")
    (built,) = build_course(course, tmp_path / "out", formats=["single"])
    assert built.notes == (
        "my-en-single.html.minisig is of an earlier build: sign this one too, or delete it",
    )


def test_what_is_no_key_is_a_wrong_call(tmp_path: Path) -> None:
    public = tmp_path / "key.pub"
    public.write_text("no key")
    assert run(package(tmp_path, files()), "--public-key", public).exit_code == 2
