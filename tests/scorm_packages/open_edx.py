"""Open edX's blocks as their LMS: ``tests/scorm_xblock``, which runs in ``.venv-xblock``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import requests

from tests import venv_xblock


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
    options = ("--kind", kind, "--data", folder / "media")
    with venv_xblock.serving("scorm_xblock", *options, log=folder / "edx.log") as told:
        yield str(told["url"])
