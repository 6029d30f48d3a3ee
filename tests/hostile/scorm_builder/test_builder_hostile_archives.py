"""Archives made to hurt: never a crash, never a file written, never much time or memory."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scorm_builder.verify import Report, verify_package
from tests.scorm_packages.making import MANIFESTS, files, package, zipped

FUZZED = settings(
    max_examples=150,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def judged(folder: Path, data: bytes) -> Report:
    path = folder / "hostile.zip"
    path.write_bytes(data)
    before = sorted(folder.rglob("*"))
    report = verify_package(path)
    assert sorted(folder.rglob("*")) == before, "nothing may be written"
    return report


def codes(report: Report) -> set[str]:
    return {problem.code for problem in report.problems if problem.severity == "error"}


def with_entry(name: str | zipfile.ZipInfo, data: bytes = b"x") -> bytes:
    return zipped([*files().items(), (name, data)])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../evil.txt", "archive.escapes"),
        ("a/../../evil.txt", "archive.escapes"),
        ("/etc/passwd", "archive.escapes"),
        ("C:/windows/evil.txt", "archive.escapes"),
        ("..\\evil.txt", "archive.escapes"),
        ("\\\\server\\evil.txt", "archive.escapes"),
        ("a\\b.txt", "archive.backslash"),
        ("a//b.txt", "archive.name"),
        ("a\nb.txt", "archive.name"),
        ("INDEX.html", "archive.case"),
    ],
)
def test_dangerous_names(tmp_path: Path, name: str, code: str) -> None:
    assert code in codes(judged(tmp_path, with_entry(name)))


def test_a_name_cut_by_a_zero_byte(tmp_path: Path) -> None:
    data = with_entry("safe.txtX.exe").replace(b"safe.txtX.exe", b"safe.txt\0.exe")
    assert "archive.name" in codes(judged(tmp_path, data))


def test_symbolic_links(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("link")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    assert "archive.symlink" in codes(judged(tmp_path, with_entry(info, b"/etc/passwd")))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_duplicates(tmp_path: Path) -> None:
    assert "archive.duplicate" in codes(judged(tmp_path, with_entry("index.html")))


def test_encrypted_entries(tmp_path: Path) -> None:
    data = bytearray(zipped(files().items()))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    report = judged(tmp_path, bytes(data))
    assert "archive.encrypted" in codes(report)
    assert report.format is None


def test_unusual_compression(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        for name, content in files().items():
            archive.writestr(name, content)
    assert "archive.method" in codes(judged(tmp_path, buffer.getvalue()))


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    data = with_entry("index2.html", b"\0" * (300 << 20))
    begun = monotonic()
    tracemalloc.start()
    report = judged(tmp_path, data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "archive.bomb" in codes(report)
    assert monotonic() - begun < 2
    assert peak < 20 << 20


def test_entries_that_share_their_bytes(tmp_path: Path) -> None:
    """The quine-like bomb: many directory records over one body."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files().items():
            archive.writestr(name, content)
        archive.writestr("media/a.js", bytes(range(256)) * 400)
        first = archive.getinfo("media/a.js")
        for number in range(300):
            info = zipfile.ZipInfo(f"media/{number}.js")
            info.header_offset, info.CRC = first.header_offset, first.CRC
            info.file_size, info.compress_size = first.file_size, first.compress_size
            info.compress_type = first.compress_type
            archive.filelist.append(info)
            archive.NameToInfo[info.filename] = info
    assert "archive.overlap" in codes(judged(tmp_path, buffer.getvalue()))


def test_a_hundred_thousand_entries(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"f/{number}"), b"")
    begun = monotonic()
    assert codes(judged(tmp_path, buffer.getvalue())) == {"archive.too-many-entries"}
    assert monotonic() - begun < 2


def test_an_end_record_that_lies_about_the_count(tmp_path: Path) -> None:
    data = bytearray(zipped((f"f/{n}", b"") for n in range(30_000)))
    end = data.rfind(b"PK\x05\x06")
    data[end + 8 : end + 12] = struct.pack("<HH", 3, 3)
    assert codes(judged(tmp_path, bytes(data))) == {"archive.too-many-entries"}


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", b"not a zip at all" * 100, b"PK\x05\x06" + b"\xff" * 18, b"\0" * 5000],
    ids=["empty", "two-bytes", "text", "end-alone", "zeros"],
)
def test_what_is_no_zip(tmp_path: Path, data: bytes) -> None:
    report = judged(tmp_path, data)
    assert codes(report) & {"archive.not-a-zip", "archive.too-many-entries"}
    assert report.format is None


def test_a_package_truncated_anywhere(tmp_path: Path) -> None:
    data = zipped(files().items())
    for length in range(0, len(data), 37):
        assert not judged(tmp_path, data[:length]).valid


def test_a_flipped_byte_is_noticed(tmp_path: Path) -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as archive:
        for name, content in (files() | {"picture.png": b"pixel" * 1000}).items():
            archive.writestr(name, content)
    data = bytearray(stored.getvalue())
    data[data.find(b"pixelpixel") + 100] ^= 0xFF
    report = judged(tmp_path, bytes(data))
    assert [p.path for p in report.problems if p.code == "archive.damaged"] == ["picture.png"]


@FUZZED
@given(st.lists(st.tuples(st.integers(0, 8000), st.integers(0, 255)), min_size=1, max_size=12))
def test_no_change_of_bytes_crashes_it(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    data = bytearray(zipped(files("scorm2004").items()))
    for place, value in changes:
        data[place % len(data)] = value
    judged(tmp_path, bytes(data))


@FUZZED
@given(st.data())
def test_no_manifest_crashes_it(tmp_path: Path, data: st.DataObject) -> None:
    """Any piece of a sound manifest taken out, doubled or replaced."""
    manifest = MANIFESTS[data.draw(st.sampled_from(sorted(MANIFESTS)))]
    start = data.draw(st.integers(0, len(manifest)))
    end = data.draw(st.integers(start, min(len(manifest), start + 60)))
    new = data.draw(st.sampled_from(["", "&", "<x>", manifest[start:end] * 2, "é" * 9, "\\", "//"]))
    broken = manifest[:start] + new + manifest[end:]
    judged(tmp_path, zipped(files(imsmanifest__xml=broken).items()))


def entity_documents() -> Iterator[tuple[str, str]]:
    head, body = MANIFESTS["scorm12"].split("\n", 1)
    laughs = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol" * 10}">' for n in range(12)
    )
    yield "laughs", f"{head}<!DOCTYPE manifest [{laughs}]>{body.replace('Lesson', '&l11;')}"
    file = '<!ENTITY f SYSTEM "file:///etc/passwd">'
    yield "file", f"{head}<!DOCTYPE manifest [{file}]>{body.replace('Lesson', '&f;')}"
    parameter = '<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;'
    yield "parameter", f"{head}<!DOCTYPE manifest [{parameter}]>{body}"
    attribute = f"{head}<!DOCTYPE manifest [{laughs}]>" + body.replace("?lang=en", "&l11;")
    yield "attribute", attribute
    yield "deep", head + "<item>" * 100_000


@pytest.mark.parametrize(("name", "document"), list(entity_documents()), ids=lambda v: v[:9])
def test_xml_that_expands_or_reads_files(tmp_path: Path, name: str, document: str) -> None:
    begun = monotonic()
    report = judged(tmp_path, zipped(files(imsmanifest__xml=document).items()))
    assert codes(report) & {"xml.entities", "xml.malformed"}
    assert monotonic() - begun < 2
    assert "root:" not in "".join(map(str, report.problems))


def test_a_doctype_alone_is_borne(tmp_path: Path) -> None:
    document = MANIFESTS["scorm12"].replace("?>\n", "?>\n<!DOCTYPE manifest>\n", 1)
    assert judged(tmp_path, zipped(files(imsmanifest__xml=document).items())).valid


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_declared_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    declared = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "latin-1": "ISO-8859-1"}[encoding]
    text = MANIFESTS["scorm12"].replace("UTF-8", declared).replace("Lesson", "Leçon")
    report = verify_package(package(tmp_path, files(imsmanifest__xml=text.encode(encoding))))
    assert report.valid


def test_a_huge_manifest_is_not_read(tmp_path: Path) -> None:
    noise = b"<!--" + bytes(range(65, 91)) * 400_000 + b"-->"
    report = judged(tmp_path, zipped(files(imsmanifest__xml=noise).items()))
    assert codes(report) & {"archive.too-large", "archive.bomb"}


def test_pages_that_are_slow_to_search(tmp_path: Path) -> None:
    """Nothing in the search for call-outs may take longer than a line with the length of a page."""
    pages = {
        "a.css": b"url(" * 200_000,
        "b.js": b"fetch(" * 200_000 + b"'" * 200_000,
        "c.html": b"<p " * 200_000,
        "d.html": b"<div>" * 200_000,
        "e.html": b'<img srcset="' + b"a," * 200_000 + b'">',
        "f.js": b"\n" * 400_000 + b"x.src='//y.example/';" * 2_000,
    }
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        for name, content in (files() | pages).items():
            archive.writestr(name, content)
    begun = monotonic()
    judged(tmp_path, stored.getvalue())
    assert monotonic() - begun < 20
