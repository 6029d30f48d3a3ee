"""``.venv-xblock``, the environment in which Open edX's blocks and judges by others run."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_PYTHON = ROOT / ".venv-xblock" / "bin" / "python"


def run(*command: str | Path, cwd: Path | None = None, said: str = "") -> str:
    """What its Python answers to ``command`` and ``said``."""
    done = subprocess.run(
        [_python(), *command],
        cwd=cwd,
        input=said,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@contextmanager
def serving(module: str, *options: str | Path, log: Path) -> Iterator[dict[str, Any]]:
    """A server of ours in it; what it says of itself in its first line."""
    with log.open("w") as errors:
        process = subprocess.Popen(
            [_python(), "-m", module, *options],
            env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, log.read_text()[-2000:]
        yield dict(json.loads(line))
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()


def _python() -> Path:
    assert _PYTHON.exists(), "run `make test`, which makes .venv-xblock"
    return _PYTHON
