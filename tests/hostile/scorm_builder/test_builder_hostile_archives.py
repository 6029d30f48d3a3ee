"""Damaged, cut and mutilated packages: never a crash, never a file written, and told for what
they are. Those that would exhaust are in ``test_builder_confined.py``."""

from __future__ import annotations

import copy
import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from scorm_builder.verify import Report, verify_package
from scorm_builder.verify import zipped as zipped_packages
from tests.scorm_packages.making import MANIFESTS, files, package, zipped
from tests.scorm_packages.others import CMI5, cartridge, cmi5, thin

CASES = Path(__file__).parent / "cases"
FUZZED = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "150")),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
#: A package of every kind, and the file in it that says most.
KINDS: dict[str, tuple[dict[str, bytes], str]] = {
    "scorm12": (files("scorm12"), "imsmanifest.xml"),
    "scorm2004": (files("scorm2004"), "imsmanifest.xml"),
    "cmi5": (cmi5(), "cmi5.xml"),
    "cartridge": (cartridge(3), "imsmanifest.xml"),
    "thin": (thin(), "imsmanifest.xml"),
    "test": (cartridge(1), "test.xml"),
    "tool": (cartridge(2), "tool.xml"),
}


def judged(folder: Path, data: bytes) -> Report:
    """``data`` that crashes it is kept: mend that, and give it a name among ``cases``."""
    path = folder / "hostile.zip"
    path.write_bytes(data)
    before = sorted(folder.rglob("*"))
    try:
        report = verify_package(path, profiles=("all",))
    except Exception:
        kept = Path(os.environ.get("FUZZ_KEEP", str(folder)))
        (kept / f"{hashlib.sha256(data).hexdigest()[:12]}.zip").write_bytes(data)
        raise
    assert sorted(folder.rglob("*")) == before, "nothing may be written"
    for problem in report.problems:
        assert str(problem).isprintable()
        assert problem.line >= 0
    return report


def codes(report: Report) -> set[str]:
    return {problem.code for problem in report.problems if problem.severity == "error"}


@pytest.mark.parametrize("case", sorted(CASES.glob("*.zip")), ids=lambda path: path.stem)
def test_a_case_that_was_found_once(tmp_path: Path, case: Path) -> None:
    assert judged(tmp_path, case.read_bytes()).problems


@pytest.mark.parametrize(
    "data",
    [b"PK", b"PK\x05\x06" + b"\xff" * 18, b"\0" * 5000, b"PK\x05\x06" + b"\0" * 18],
    ids=["two-bytes", "end-alone", "zeros", "empty-zip"],
)
def test_what_is_no_package(tmp_path: Path, data: bytes) -> None:
    report = judged(tmp_path, data)
    assert codes(report) & {"archive.not-a-zip", "archive.too-many-entries", "manifest.missing"}
    assert report.format is None


@pytest.mark.parametrize("kind", ["scorm12", "cmi5", "thin"])
def test_a_package_truncated_at_every_byte(tmp_path: Path, kind: str) -> None:
    data = zipped(KINDS[kind][0].items())
    for length in range(len(data)):
        assert not judged(tmp_path, data[:length]).valid, length


def test_every_bit_of_the_directory_matters_or_is_borne(tmp_path: Path) -> None:
    data = zipped(cmi5().items())
    for place in range(data.find(b"PK\x01\x02"), len(data)):
        changed = bytearray(data)
        changed[place] ^= 0xFF
        judged(tmp_path, bytes(changed))


def test_a_folder_leads_nowhere_else(tmp_path: Path) -> None:
    secret = tmp_path / "secret.html"
    secret.write_text("<p>the secret</p>")
    folder = tmp_path / "course"
    folder.mkdir()
    for name, data in files().items():
        (folder / name).write_bytes(data)
    (folder / "index.html").unlink()
    (folder / "index.html").symlink_to(secret)
    (folder / "all").symlink_to("/")
    os.mkfifo(folder / "pipe")
    report = verify_package(folder)
    assert {"archive.symlink", "archive.special", "reference.missing"} <= codes(report)
    assert "secret" not in "".join(map(str, report.problems))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "latin-1", "cp1256"])
def test_declared_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    declared = {
        "utf-8-sig": "UTF-8",
        "utf-16": "UTF-16",
        "utf-16-be": "UTF-16BE",
        "latin-1": "ISO-8859-1",
        "cp1256": "windows-1256",
    }[encoding]
    title = "درس" if encoding == "cp1256" else "Leçon"
    text = MANIFESTS["scorm12"].replace("UTF-8", declared).replace("Lesson", title)
    report = verify_package(package(tmp_path, files(imsmanifest__xml=text.encode(encoding))))
    assert report.valid, report.problems


def test_a_doctype_alone_is_borne(tmp_path: Path) -> None:
    document = MANIFESTS["scorm12"].replace("?>\n", "?>\n<!DOCTYPE manifest>\n", 1)
    assert verify_package(package(tmp_path, files(imsmanifest__xml=document))).valid


def test_films_that_a_tool_deflated_are_no_bomb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What counts is how much more comes out than went in."""
    monkeypatch.setattr(zipped_packages, "MAX_INFLATED", 100_000)
    film = os.urandom(400_000)
    assert "archive.bomb" not in codes(judged(tmp_path, zipped([("film.mp4", film)])))
    text = b"".join(b"%d " % n for n in range(3)) * 150_000
    assert "archive.bomb" in codes(judged(tmp_path, zipped([("text.txt", text)])))


@FUZZED
@given(
    st.sampled_from(sorted(KINDS)),
    st.lists(st.tuples(st.integers(0, 9000), st.binary(max_size=4)), min_size=1, max_size=12),
)
def test_no_change_of_bytes_crashes_it(
    tmp_path: Path, kind: str, changes: list[tuple[int, bytes]]
) -> None:
    data = bytearray(zipped(KINDS[kind][0].items()))
    for place, value in changes:
        at = place % len(data)
        data[at : at + len(value)] = value
    judged(tmp_path, bytes(data))


@FUZZED
@given(st.binary(max_size=400))
def test_no_directory_crashes_it(tmp_path: Path, middle: bytes) -> None:
    """Anything between a sound beginning and a sound end."""
    data = zipped(thin().items())
    cut = data.find(b"PK\x01\x02")
    judged(tmp_path, data[:cut] + middle + data[data.rfind(b"PK\x05\x06") :])


@FUZZED
@given(st.data())
def test_no_text_of_a_manifest_crashes_it(tmp_path: Path, data: st.DataObject) -> None:
    """Any piece of a sound file taken out, doubled or replaced."""
    entries, name = KINDS[data.draw(st.sampled_from(sorted(KINDS)))]
    text = entries[name].decode()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    odd = ["", "&", "<x>", "é" * 9, "\\", "//", "%00", "?", "#", "..", "\u202e", "0" * 999, "-1"]
    new = data.draw(st.sampled_from([*odd, text[start:end] * 2]))
    broken = text[:start] + new + text[end:]
    judged(tmp_path, zipped((entries | {name: broken.encode()}).items()))


VALUES = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30),
    st.sampled_from(["", "//[", "http://[::1", "nan", "1e999999", "-0", "true", "%ff", "i1", "r1"]),
)


@FUZZED
@given(st.data())
def test_no_tree_crashes_it(tmp_path: Path, data: st.DataObject) -> None:
    """Elements of a sound file removed, doubled, moved, renamed; attributes and texts changed."""
    entries, name = KINDS[data.draw(st.sampled_from(sorted(KINDS)))]
    root = etree.fromstring(entries[name])
    for _ in range(data.draw(st.integers(1, 5))):
        elements = list(root.iter(etree.Element))
        element = elements[data.draw(st.integers(0, len(elements) - 1))]
        other = elements[data.draw(st.integers(0, len(elements) - 1))]
        what = data.draw(st.sampled_from(["remove", "copy", "rename", "attribute", "text", "base"]))
        parent = element.getparent()
        if what == "remove" and parent is not None:
            parent.remove(element)
        elif what == "copy":
            other.append(copy.deepcopy(element))
        elif what == "rename":
            element.tag = other.tag
        elif what == "attribute" and other.attrib:
            key = data.draw(st.sampled_from(sorted(map(str, other.attrib))))
            element.set(key, data.draw(VALUES))
        elif what == "text":
            element.text = data.draw(VALUES)
        elif what == "base":
            element.set("{http://www.w3.org/XML/1998/namespace}base", data.draw(VALUES))
    judged(tmp_path, zipped((entries | {name: etree.tostring(root)}).items()))


@FUZZED
@given(
    st.lists(
        st.sampled_from(
            [
                "<a ",
                "<img src=",
                "'",
                '"',
                "//x.example/",
                "http://[",
                "srcset=",
                ",",
                "url(",
                ")",
                ">",
                "<script>",
                "</script>",
                "fetch(",
                "<style>",
                "@import ",
                "<base href=",
                "data:,",
                "\0",
                "%",
                '<script type="application/json">',
                "{",
                "[",
                "$IMS-CC-FILEBASE$/",
                "../",
                "base64,",
                "<svg>",
            ]
        ),
        max_size=40,
    )
)
def test_no_page_crashes_it(tmp_path: Path, pieces: list[str]) -> None:
    page = "".join(pieces).encode()
    odd = {"index.html": page, "style.css": page, "a.js": page, "b.svg": page}
    judged(tmp_path, zipped((files() | odd).items()))


@FUZZED
@given(VALUES)
def test_no_address_of_a_unit_crashes_it(tmp_path: Path, address: str) -> None:
    root = etree.fromstring(CMI5.encode())
    for url in root.iter("{*}url"):
        url.text = address
    judged(tmp_path, zipped((cmi5() | {"cmi5.xml": etree.tostring(root)}).items()))
