"""What the archive writer writes, as programs of others read it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from content.load import load_course
from scorm_builder import in_place
from scorm_builder.archive import Parts, write_archive, write_behind, write_folder
from scorm_builder.entries import Entry
from scorm_builder.errors import BuildError
from scorm_builder.formats import FORMATS
from scorm_builder.identity import Identity
from scorm_builder.ledger import Ledger
from scorm_builder.order import Order
from scorm_builder.plan import PackagePlan
from scorm_builder.signing import SUMS, compare, read_sums
from scorm_builder.starter import make_course
from scorm_builder.zip_records import STORED, Record, directory

UNZIP = shutil.which("unzip")
JAR = shutil.which("jar")
PHP = shutil.which("php")
SHA256SUM = shutil.which("sha256sum")


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> Order:
    folder = tmp_path_factory.mktemp("course") / "small"
    make_course(folder)
    return Order(course=load_course(folder), form=FORMATS["scorm12"], languages=("en",))


@pytest.fixture
def plan(order: Order, tmp_path: Path) -> PackagePlan:
    """Every kind of entry: texts and media, small and large, empty, in memory and on disk."""
    sources = {
        "media/large.bin": os.urandom(300_001),
        "media/aligned.bin": os.urandom(1 << 17),
        "media/small.bin": b"x",
        "media/empty.bin": b"",
        "media/empty.txt": b"",
        "media/text.css": b"a { color: red }\n" * 400,
        "media/noise.txt": os.urandom(400).hex().encode(),
    }
    entries = [Entry("imsmanifest.xml", data=b"<manifest/>" * 50)]
    for name, data in sources.items():
        path = tmp_path / name.replace("/", "-")
        path.write_bytes(data)
        entries.append(Entry(name, source=path))
    return PackagePlan(order, "a.zip", (*entries, Entry(SUMS)))


def written(plan: PackagePlan, target: Path, ledger: Ledger | None = None) -> Path:
    write_archive(Parts(plan, ledger), target)
    return target


def contents(plan: PackagePlan) -> dict[str, bytes]:
    return {
        entry.name: entry.data if entry.data is not None else entry.source.read_bytes()
        for entry in plan.entries
        if entry.data is not None or entry.source is not None
    }


def test_python_reads_every_entry(plan: PackagePlan, tmp_path: Path) -> None:
    with zipfile.ZipFile(written(plan, tmp_path / "a.zip")) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [entry.name for entry in plan.entries]
        for name, data in contents(plan).items():
            assert archive.read(name) == data
        for info in archive.infolist():
            assert (info.date_time, info.external_attr >> 16) == ((1980, 1, 1, 0, 0, 0), 0o100644)
            assert (info.create_system, info.extra, info.flag_bits) == (3, b"", 0)


def test_large_media_begin_where_file_systems_can_share_blocks(
    plan: PackagePlan, tmp_path: Path
) -> None:
    target = written(plan, tmp_path / "a.zip")
    whole = target.read_bytes()
    for name in ("media/large.bin", "media/aligned.bin"):
        assert whole.index(contents(plan)[name]) % 4096 == 0


@pytest.mark.skipif(UNZIP is None, reason="unzip is not installed")
def test_unzip_reads_it_without_a_warning(plan: PackagePlan, tmp_path: Path) -> None:
    target = written(plan, tmp_path / "a.zip")
    tested = subprocess.run([str(UNZIP), "-t", target], capture_output=True, text=True)
    assert tested.returncode == 0, tested.stdout + tested.stderr


@pytest.mark.skipif(JAR is None, reason="no Java is installed")
def test_java_reads_it(plan: PackagePlan, tmp_path: Path) -> None:
    written(plan, tmp_path / "a.zip")
    (tmp_path / "out").mkdir()
    subprocess.run([str(JAR), "xf", tmp_path / "a.zip"], cwd=tmp_path / "out", check=True)
    for name, data in contents(plan).items():
        assert (tmp_path / "out" / name).read_bytes() == data


@pytest.mark.skipif(PHP is None, reason="no PHP is installed")
def test_php_reads_it_strictly(plan: PackagePlan, tmp_path: Path) -> None:
    written(plan, tmp_path / "a.zip")
    code = "$z = new ZipArchive; exit($z->open($argv[1], ZipArchive::CHECKCONS) === true ? 0 : 1);"
    subprocess.run([str(PHP), "-r", code, "--", tmp_path / "a.zip"], check=True)


@pytest.mark.skipif(SHA256SUM is None, reason="sha256sum is not installed")
def test_the_checksums_inside_are_right(plan: PackagePlan, tmp_path: Path) -> None:
    with zipfile.ZipFile(written(plan, tmp_path / "a.zip")) as archive:
        archive.extractall(tmp_path / "out")
        sums = read_sums(archive.read(SUMS))
    found = {name: hashlib.sha256(data).digest() for name, data in contents(plan).items()}
    assert not compare(sums, found)
    checked = subprocess.run([str(SHA256SUM), "-c", "--strict", SUMS], cwd=tmp_path / "out")
    assert checked.returncode == 0


def test_a_folder_holds_the_same(plan: PackagePlan, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    contents_of_folder = write_folder(Parts(plan), tmp_path / "out")
    assert contents_of_folder == write_archive(Parts(plan), tmp_path / "a.zip").contents
    for name, data in contents(plan).items():
        assert (tmp_path / "out" / name).read_bytes() == data
        assert (tmp_path / "out" / name).stat().st_mode & 0o777 == 0o644


def without_kernel_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "copy_file_range")


def kernel_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: int) -> int:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "copy_file_range", refuse)


def kernel_copies_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "copy_file_range", lambda *_: 0)


@pytest.mark.parametrize("system", [without_kernel_copy, kernel_refuses, kernel_copies_nothing])
def test_systems_that_cannot_copy_by_themselves_make_the_same_bytes(
    plan: PackagePlan,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    system: Callable[[pytest.MonkeyPatch], None],
) -> None:
    expected = written(plan, tmp_path / "a.zip").read_bytes()
    system(monkeypatch)
    assert written(plan, tmp_path / "b.zip").read_bytes() == expected


def test_media_stand_first_and_stay_for_the_next_version(
    plan: PackagePlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.zip"
    block = write_archive(Parts(plan), target).media
    expected = target.read_bytes()
    assert expected.index(b"imsmanifest.xml") > block.length
    target.write_bytes(expected[: block.length] + os.urandom(100_000))
    monkeypatch.setattr(in_place, "_LEAST", 1)
    with in_place.edited(target, Identity.of(target.stat()), block.length) as last:
        assert last is not None
        assert write_behind(Parts(plan), last).media == block
        assert last.path.read_bytes() == expected


def test_what_a_ledger_knows_changes_no_byte(plan: PackagePlan, tmp_path: Path) -> None:
    expected = written(plan, tmp_path / "a.zip").read_bytes()
    ledger = Ledger()
    for name in ("b.zip", "c.zip"):
        assert written(plan, tmp_path / name, ledger).read_bytes() == expected


def test_a_file_that_changes_while_it_is_packed_is_noticed(
    plan: PackagePlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = next(e.source for e in plan.entries if e.name == "media/large.bin")
    assert source is not None
    fact = Ledger.fact

    def and_change(self: Ledger, path: Path) -> object:
        if path == source:  # It has been copied by now.
            source.write_bytes(bytes(300_001))
        return fact(self, path)

    monkeypatch.setattr(Ledger, "fact", and_change)
    with pytest.raises(BuildError, match="changed while"):
        write_archive(Parts(plan), tmp_path / "a.zip")


def test_archives_beyond_four_gigabytes_have_wide_fields(tmp_path: Path) -> None:
    """Sparse: five gigabytes of nothing, then one entry more and seventy thousand names."""
    size = 5 << 30
    first = Record("media/video.mp4", STORED, 0, size, size, 0, aligned=True)
    header = first.local()
    target = tmp_path / "wide.zip"
    records = [first]
    with target.open("wb") as file:
        file.write(header)
        file.seek(size, os.SEEK_CUR)
        for number in range(70_000):
            offset = file.tell()
            record = Record(f"{number}.txt", STORED, 0x8C736521, 3, 3, offset)
            file.write(record.local() + b"foo")
            records.append(record)
        file.write(directory(records, file.tell()))
    with zipfile.ZipFile(target) as archive:
        assert len(archive.namelist()) == 70_001
        assert archive.getinfo("media/video.mp4").file_size == size
        assert archive.read("0.txt") == archive.read("69999.txt") == b"foo"
        with archive.open("media/video.mp4") as video:
            assert video.read(10) == bytes(10)
    if UNZIP is not None:
        shown = subprocess.run(
            [UNZIP, "-p", target, "69999.txt"], capture_output=True, text=True, check=True
        )
        assert shown.stdout == "foo"
