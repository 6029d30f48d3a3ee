"""The wheel holds all that the commands need: courses, player, schemas, templates, migrations."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the unpacked wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    # From a copy: building leaves folders beside the sources.
    subprocess.run(["git", "clone", "--quiet", ROOT, folder / "source"], check=True)
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, folder / "source"]
    subprocess.run([*pip, *build], check=True)
    (wheel,) = folder.glob("*.whl")
    target = folder / "site"
    subprocess.run([*pip, "install", "--no-deps", "--target", target, wheel], check=True)
    return target


def run(installed: Path, module: str, *arguments: object, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"from {module} import main; main()", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(installed), **environment},
        cwd=installed,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_holds_the_three_packages_and_no_tests(installed: Path) -> None:
    folders = {path.name for path in installed.iterdir() if not path.name.endswith("-info")}
    assert folders - {"bin"} == {"content", "scorm_builder", "lti_tool"}


def test_the_builder_makes_and_packs_a_course(installed: Path, tmp_path: Path) -> None:
    run(installed, "scorm_builder.cli", "new", tmp_path / "mine")
    arguments = ["build", tmp_path / "mine", "--output", tmp_path / "dist", "--json"]
    for line in run(installed, "scorm_builder.cli", *arguments).splitlines():
        assert Path(json.loads(line)["path"]).is_file()


def test_the_tool_finds_its_tables_and_the_shipped_course(installed: Path, tmp_path: Path) -> None:
    data = {"LTI_TOOL_DATA_DIR": str(tmp_path), "LTI_TOOL_PUBLIC_URL": "https://tool.example.org"}
    run(installed, "lti_tool.cli", "upgrade", **data)
    invited = json.loads(
        run(installed, "lti_tool.cli", "registrations", "invite", "--json", **data)
    )
    assert invited["url"].startswith("https://tool.example.org/register/")
    found = run(installed, "lti_tool.cli", "keys", "rotate", "--json", **data)
    assert json.loads(found)


def test_the_tool_speaks_its_languages(installed: Path, tmp_path: Path) -> None:
    speak = (
        "from lti_tool.web.i18n import Words\n"
        "def main(): print([Words(tag).gettext('Cancel') for tag in ('en', 'fr', 'ar')])\n"
    )
    (tmp_path / "speak.py").write_text(speak)
    path = f"{installed}{os.pathsep}{tmp_path}"
    assert run(installed, "speak", PYTHONPATH=path).strip() == "['Cancel', 'Annuler', 'إلغاء']"
