"""Open edX's blocks as their LMS: ``tests/scorm_xblock``, which runs in ``.venv-xblock``."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import requests

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-xblock" / "bin" / "python"


class Block:
    """One block, and one learner in front of it."""

    def __init__(self, host: str, name: str) -> None:
        self.url, self._host = f"{host}/blocks/{name}/lea", host

    def upload(self, package: Path, **fields: str) -> dict[str, Any]:
        """Import the package as Studio does, with the form of the block's editor."""
        common = {
            "display_name": "A unit",
            "has_score": "1",
            "weight": "10",
            "width": "",
            "height": "700",
        }
        with package.open("rb") as stream:
            answer = requests.post(
                f"{self.url}/handler/studio_submit",
                data=common | fields,
                files={"file": (package.name, stream, "application/zip")},
                timeout=120,
            )
        return dict(answer.json())

    def state(self) -> dict[str, Any]:
        """What the block keeps of the learner."""
        return dict(requests.get(f"{self.url}/state", timeout=60).json())

    def grades(self) -> list[float]:
        """The marks that the block told Open edX, in their order."""
        told = requests.get(f"{self._host}/told", timeout=60).json()
        return [one["data"]["value"] for one in told if one["event"] == "grade"]


@contextmanager
def open_edx(kind: Literal["scorm", "cmi5"], folder: Path) -> Iterator[str]:
    """A host of such blocks; its address. Packages are unpacked in ``folder``."""
    assert PYTHON.exists(), "run `make test`, which makes .venv-xblock"
    with (folder / "edx.log").open("w") as log:
        process = subprocess.Popen(
            [PYTHON, "-m", "scorm_xblock", "--kind", kind, "--data", folder / "media"],
            env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, (folder / "edx.log").read_text()[-2000:]
        yield str(json.loads(line)["url"])
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()
