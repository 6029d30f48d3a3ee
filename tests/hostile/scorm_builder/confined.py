"""Judging a package in a process that cannot do harm: bounded memory and time, no file written.

The limits are the system's, not a clock's: what goes over them dies, and the test fails.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

#: Address space: the interpreter with lxml takes some 300 MB of it before anything is read.
MEMORY = 1 << 30
#: Seconds of the processor.
CPU = 60
_JUDGE = """
import json, sys
from pathlib import Path
from scorm_builder.verify import verify_package
report = verify_package(Path(sys.argv[1]), profiles=("all",))
json.dump([report.format, [p.as_dict() for p in report.problems]], sys.stdout)
"""


def _confine() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    # Not one byte into any file; pipes are none.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def judged(path: Path) -> tuple[str | None, list[dict[str, Any]]]:
    """Format and problems of the package at ``path``."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", _JUDGE, str(path)],
        preexec_fn=_confine,
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[3],
        text=True,
    )
    assert done.returncode == 0, f"{path.name}: {done.returncode}\n{done.stderr[-2000:]}"
    form, problems = json.loads(done.stdout)
    return form, problems
