"""A course and a cache of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from content.memo import KNOWN
from scorm_builder import in_place
from scorm_builder.starter import make_course
from tests.scorm_builds import PAGE


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "cache"
    monkeypatch.setenv("SCORM_BUILDER_CACHE", str(folder))
    monkeypatch.setattr(in_place, "_LEAST", 1)
    yield folder
    KNOWN.forget()


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    make_course(folder)
    media = folder / "units/01-first-steps/media"
    (media / "sheet.pdf").write_bytes(b"%PDF-1.4 first" + bytes(200_000))
    page = folder / PAGE
    download = "\n::: download sheet.pdf\ntitle: A sheet\ncredit: Nobody\n:::\n"
    page.write_text(page.read_text("utf-8") + download, "utf-8")
    french = folder / PAGE.replace(".en.", ".fr.")
    french.write_text(french.read_text("utf-8") + download, "utf-8")
    arabic = folder / PAGE.replace(".en.", ".ar.")
    if arabic.exists():
        arabic.write_text(arabic.read_text("utf-8") + download, "utf-8")
    return folder
