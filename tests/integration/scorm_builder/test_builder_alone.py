"""The builder works where nothing is installed but what it needs: no Flask, no database."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def needed(lines: list[str], found: set[str]) -> set[str]:
    """Names of distributions, with all that they need in turn."""
    for line in lines:
        requirement = Requirement(line)
        extras = requirement.extras or {""}
        marker = requirement.marker
        if marker and not any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            continue
        name = canonicalize_name(requirement.name)
        if name in found:
            continue
        found.add(name)
        try:
            inner = requires(name) or []
        except PackageNotFoundError:  # For another system than this one.
            continue
        needed([one for one in inner if _asked_for(one, extras)], found)
    return found


def _asked_for(line: str, extras: set[str]) -> bool:
    marker = Requirement(line).marker
    return marker is None or any(marker.evaluate({"extra": one}) for one in (*extras, ""))


@pytest.fixture(scope="module")
def hidden() -> list[str]:
    """Modules that an installation of the builder alone does not have."""
    there = needed(PROJECT["dependencies"], {"sse-campus", "setuptools", "pip"})
    return [
        module
        for module, owners in packages_distributions().items()
        if not {canonicalize_name(owner) for owner in owners} & there
    ]


GUARD = """
import sys
hidden = set({hidden!r})
class Others:
    def __init__(self, finder):
        self.finder = finder
    def __getattr__(self, name):
        return getattr(self.finder, name)
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            return None
        return self.finder.find_spec(name, path, target)
sys.meta_path[:] = [Others(finder) for finder in sys.meta_path]
from {module}.cli import main
sys.argv[0] = {module!r}
main()
"""


def command(hidden: list[str], *arguments: object, module: str = "scorm_builder") -> list[str]:
    program = GUARD.format(hidden=hidden, module=module)
    return [sys.executable, "-c", program, *map(str, arguments)]


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, timeout=120)


def test_what_the_tool_alone_needs_is_in_its_extra(hidden: list[str]) -> None:
    assert {"flask", "sqlalchemy", "requests", "pylti1p3", "pydantic", "waitress"} <= set(hidden)
    assert not {"click", "lxml", "jinja2", "yaml", "PIL", "av", "cryptography"} & set(hidden)
    extras = PROJECT["optional-dependencies"]
    for name in ("postgresql", "celery"):
        assert "sse-campus[lti]" in extras[name]
    assert not set(extras["lti"]) & set(PROJECT["dependencies"])


def test_every_command_of_the_builder_works(hidden: list[str], tmp_path: Path) -> None:
    key = "key"
    for arguments in (
        ["new", "my", "--language", "en"],
        ["check", "my", "--strict"],
        ["keys", "new", key, "--no-password"],
        ["weigh", "my"],
        ["build", "my", "--format", "all", "--tool", "https://a.example", "--sign", f"{key}.key"],
    ):
        done = run(*command(hidden, *arguments), cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    built = sorted(str(one) for one in (tmp_path / "dist").iterdir() if one.suffix != ".minisig")
    assert len(built) == 11
    judge = ["validate", *built, "--public-key", f"{key}.pub", "--json"]
    done = run(*command(hidden, *judge), cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert all(json.loads(line)["valid"] for line in done.stdout.splitlines())


@pytest.fixture
def preview(hidden: list[str], tmp_path: Path) -> Iterator[str]:
    assert run(*command(hidden, "new", "my"), cwd=tmp_path).returncode == 0
    server = subprocess.Popen(
        command(hidden, "preview", "my", "--port", "0"),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.communicate(timeout=30)


def test_the_preview_works(preview: str) -> None:
    assert preview.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(preview, timeout=30) as answer:
        assert answer.status == 200


def test_the_tool_says_what_it_lacks(hidden: list[str], tmp_path: Path) -> None:
    assert run(*command(hidden, "--help", module="lti_tool"), cwd=tmp_path).returncode == 0
    for arguments in (["serve"], ["doctor"], ["keys", "rotate"]):
        done = run(*command(hidden, *arguments, module="lti_tool"), cwd=tmp_path)
        assert done.returncode == 1
        assert "sse-campus[lti]" in done.stderr
        assert "Traceback" not in done.stderr
