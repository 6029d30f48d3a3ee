"""The process that decodes: one task a line of JSON in, one answer a line out.

A hostile picture or video can at worst end this process, which has no more memory than its limit;
the builder then knows which file it was.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from scorm_builder.media.unfit import UnfitError, too_costly

MEMORY = 2 << 30


def main() -> None:
    limit()
    # What libraries print must not stand between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        task = json.loads(line)
        try:
            answer = {"facts": _done(task)}
        except UnfitError as error:
            answer = {"unfit": error.as_dict()}
        except MemoryError:
            answer = {"unfit": too_costly("file").as_dict()}
        except OSError as error:
            # Only of what is written: what cannot be read is unfit.
            answer = {"full": {"errno": error.errno, "why": error.strerror}}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def limit() -> None:
    """Leave this process no more memory than ``MEMORY``, and no core dump."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _done(task: dict[str, Any]) -> dict[str, Any]:
    source, folder = Path(task["source"]), Path(task["folder"])
    if task["kind"] == "picture":
        from scorm_builder.media.pictures import fit_picture

        return fit_picture(source, task["how"], folder)
    from scorm_builder.media import recordings

    work = recordings.take_sound if task["kind"] == "sound" else recordings.look_into
    return work(source, task["container"], task["how"], folder)


if __name__ == "__main__":
    main()
