"""Packages made to exhaust: judged in a process with little memory and time, and no disk."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.scorm_builder.confined import judged
from tests.scorm_packages.faults import Fault, all_faults
from tests.scorm_packages.making import MANIFESTS, files, zipped
from tests.scorm_packages.others import cartridge, cmi5

ARCHIVES = [fault for fault in all_faults() if fault.name.startswith("archive-")]


@pytest.mark.parametrize("fault", ARCHIVES, ids=lambda fault: fault.name)
def test_a_hostile_archive_stays_within_its_bounds(tmp_path: Path, fault: Fault) -> None:
    """And what is told is the same as anywhere else."""
    path = fault.write(tmp_path)
    _, problems = judged(path)
    assert fault.codes <= {problem["code"] for problem in problems}
    assert list(tmp_path.iterdir()) == [path]


def stored(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def in_manifest(old: str, new: str, kind: str = "scorm12") -> bytes:
    manifest = MANIFESTS[kind]
    assert old in manifest
    return stored(files(kind, imsmanifest__xml=manifest.replace(old, new, 1)))


RED = '<item colour="red"/>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol" * 10}">' for n in range(12))


def laughs() -> bytes:
    doctype = f"?>\n<!DOCTYPE manifest [{LAUGHS}]>"
    manifest = MANIFESTS["scorm12"].replace("?>", doctype, 1).replace("Lesson", "&l11;")
    return stored(files(imsmanifest__xml=manifest))


def laughs_in_an_attribute() -> bytes:
    doctype = f"?>\n<!DOCTYPE manifest [{LAUGHS}]>"
    manifest = MANIFESTS["scorm12"].replace("?>", doctype, 1).replace("?lang=en", "&l11;")
    return stored(files(imsmanifest__xml=manifest))


def long_entity_often() -> bytes:
    """Quadratic blow-up: no nesting, so that no counter of nesting helps."""
    doctype = f'?>\n<!DOCTYPE manifest [<!ENTITY l "{"x" * 50_000}">]>'
    manifest = MANIFESTS["scorm12"].replace("?>", doctype, 1).replace("Lesson", "&l;" * 50_000)
    return stored(files(imsmanifest__xml=manifest))


def nested() -> bytes:
    return stored(files(imsmanifest__xml="<item>" * 190_000))


def nested_items() -> bytes:
    deep = '<item identifier="d"><title>t</title>' * 240 + "</item>" * 240
    return in_manifest("</organization>", deep + "</organization>")


def attributes() -> bytes:
    many = " ".join(f'a{n}="x"' for n in range(300_000))
    return in_manifest("<organizations ", f"<organizations {many} ")


def namespaces() -> bytes:
    many = " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(20_000))
    items = "<n1:x/>" * 50_000
    return in_manifest("<organizations ", f"<organizations {many} ").replace(
        b"</organization>", f"{items}</organization>".encode()
    )


def bases() -> bytes:
    """Each reference would be as long as the base."""
    manifest = MANIFESTS["scorm12"].replace(
        "<resources>", f'<resources xml:base="{"b" * 2_000_000}">'
    )
    many = "".join(f'<file href="{n}"/>' for n in range(50_000))
    return stored(files(imsmanifest__xml=manifest.replace("<dependency", many + "<dependency", 1)))


def identifiers() -> bytes:
    items = '<item identifier="i1"/>' * 100_000
    return in_manifest("</organization>", items + "</organization>")


def faults_side_by_side() -> bytes:
    """libxml2 counts its way to each of them."""
    folders = "".join(
        f'<item identifier="f{n}"><title>t</title>{RED * 24_000}</item>' for n in range(8)
    )
    return in_manifest("</organization>", folders + "</organization>")


def references() -> bytes:
    many = "".join(f'<file href="gone/{n}.html"/>' for n in range(150_000))
    return in_manifest("<dependency", many + "<dependency")


def objectives() -> bytes:
    many = "".join(f'<imsss:objective objectiveID="o{n}"/>' for n in range(100_000))
    return in_manifest('<imsss:objective objectiveID="second"/>', many, "scorm2004")


def scripts() -> bytes:
    return in_manifest('aicc_script">i1', 'aicc_script">' + "i1&amp;" * 500_000)


def long_values() -> bytes:
    return in_manifest("?lang=en", "?" + "a=b&amp;" * 500_000)


def pages() -> bytes:
    return stored(
        files()
        | {
            "a.css": b"url(" * 200_000,
            "b.js": b"fetch(" * 200_000 + b"'" * 200_000,
            "c.html": b"<p " * 200_000,
            "d.html": b"<div>" * 200_000,
            "e.html": b'<img srcset="' + b"a," * 200_000 + b'">',
            "f.js": b"\n" * 400_000 + b"x.src='//y.example/';" * 2_000,
            "g.js": b"<a " * 500_000 + b"<a" + b" x" * 500_000,
            "h.html": b"<b>" * 999_999,
            "i.html": b"data:x;base64," + b"A" * (12 << 20),
            "j.html": b"base64,base64," * 300_000,
            "k.svg": b"<svg xmlns='x'>" + b"<g/>" * 500_000,
            "l.html": b'<script type="application/json">' + b"[" * 500_000,
        }
    )


def course_structure() -> bytes:
    entries = cmi5()
    blocks = "".join(
        f'<objective id="https://e.example/{n}"><title><langstring lang="en">t</langstring></title>'
        '<description><langstring lang="en">d</langstring></description></objective>'
        for n in range(30_000)
    )
    text = entries["cmi5.xml"].decode().replace("<objectives>", f"<objectives>{blocks}", 1)
    return stored(entries | {"cmi5.xml": text.encode()})


def cartridge_items() -> bytes:
    entries = cartridge(3)
    many = "".join(
        f'<item identifier="x{n}" identifierref="page"><title>t</title></item>'
        for n in range(60_000)
    )
    manifest = entries["imsmanifest.xml"].decode()
    changed = manifest.replace('<item identifier="i1"', many + '<item identifier="i1"', 1)
    return stored(entries | {"imsmanifest.xml": changed.encode()})


def names() -> bytes:
    """As many and as deep as the directory may be."""
    deep = "a/" * 450
    return zipped((f"{deep}{n}.txt", b"") for n in range(15_000))


def sums() -> bytes:
    listed = "".join(f"{n:064x}  file-{n}\n" for n in range(50_000))
    return stored(files() | {"SHA256SUMS": listed.encode()})


def bombs_within() -> bytes:
    """Archives in archives, of nothing in the end: what is not unpacked cannot hurt."""
    data = zipped([("zeros", b"\0" * (20 << 20))])
    for level in range(3):
        data = zipped((f"{level}-{n}.zip", data) for n in range(16))
    return stored(files() | {"media/more.zip": data})


def a_count_of_64_bits() -> bytes:
    """The far end record says a trillion entries."""
    data = bytearray(zipped(files().items()))
    end = data.rfind(b"PK\x05\x06")
    start = struct.unpack_from("<I", data, end + 16)[0]
    trillion = 1 << 40
    far = struct.pack(
        "<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, trillion, trillion, end - start, start
    )
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    struct.pack_into("<HHI", data, end + 8, 0xFFFF, 0xFFFF, 0xFFFFFFFF)
    return bytes(data[:end]) + far + locator + bytes(data[end:])


EXHAUSTING = [
    bombs_within,
    a_count_of_64_bits,
    laughs,
    laughs_in_an_attribute,
    long_entity_often,
    nested,
    nested_items,
    attributes,
    namespaces,
    bases,
    identifiers,
    faults_side_by_side,
    references,
    objectives,
    scripts,
    long_values,
    pages,
    course_structure,
    cartridge_items,
    names,
    sums,
]


@pytest.mark.parametrize("make", EXHAUSTING, ids=lambda make: make.__name__)
def test_what_would_exhaust_stays_within_its_bounds(
    tmp_path: Path, make: Callable[[], bytes]
) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(make())
    _, problems = judged(path)
    assert problems
    assert len(problems) < 1_500
    assert "root:" not in str(problems)


def test_what_entities_would_show_is_not_looked_at(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the-secret")
    for number, declared in enumerate(
        (
            f'<!ENTITY f SYSTEM "{secret.as_uri()}">',
            f'<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;',
            '<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;',
        )
    ):
        manifest = MANIFESTS["scorm12"].replace("?>", f"?>\n<!DOCTYPE manifest [{declared}]>", 1)
        path = tmp_path / f"{number}.zip"
        path.write_bytes(
            zipped(files(imsmanifest__xml=manifest.replace("Lesson", "&f;", 1)).items())
        )
        _, problems = judged(path)
        assert {p["code"] for p in problems} & {"xml.entities", "xml.malformed"}
        assert "the-secret" not in str(problems)
