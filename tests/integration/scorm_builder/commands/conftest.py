"""The starter course, to be built and broken."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.scorm_commands import run


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("courses") / "small"
    assert run("new", folder).exit_code == 0
    return folder


@pytest.fixture
def course(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "small"))
