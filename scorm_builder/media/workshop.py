"""Has media decoded in worker processes, and keeps what comes out by content.

Workers start with the first file that needs one, and end with the workshop.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from scorm_builder.media.recipes import VERSION
from scorm_builder.media.store import Kept, Store
from scorm_builder.media.unfit import UnfitError, damaged, too_costly

Kind = Literal["picture", "recording", "sound"]
_Work = Callable[[Path], Mapping[str, Any]]

_SECONDS: Mapping[Kind, float] = {"picture": 120, "recording": 120, "sound": 3600}
_LIBRARY: Mapping[Kind, tuple[str, ...]] = {
    "picture": ("pillow",),
    "recording": ("av", "pillow"),
    "sound": ("av",),
}
_ENDS = 1 << 20


class Workshop:
    """One build's access to workers and store. ``hands`` is how many work at once at most."""

    def __init__(self, store: Store, hands: int | None = None) -> None:
        self._store = store
        self._hands = hands or min(4, os.cpu_count() or 1)
        self._free: list[_Worker] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers."""
        for worker in self._free:
            worker.end()
        self._free.clear()

    def make(
        self, kind: Kind, source: Path, how: Mapping[str, object], container: str = ""
    ) -> Kept:
        """The result for the file as it is now, from the store or made anew.

        Raises ``UnfitError``, ``OSError`` where the file cannot be read, and ``NoRoomError``.
        """
        key = _key(kind, source, how)
        found = self._store.find(key)
        if found is None:
            found = self._store.make(key, self._make(kind, source, how, container))
        unfit = found.facts.get("unfit")
        if unfit:
            raise UnfitError(**unfit)
        return found

    def all(self, tasks: Iterable[Callable[[], object]]) -> None:
        """Run ``tasks``, which call ``make``, side by side."""
        waiting = list(tasks)
        if len(waiting) < 2:
            for task in waiting:
                task()
            return
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(self._hands) as pool:
            for future in [pool.submit(task) for task in waiting]:
                future.result()

    def _make(self, kind: Kind, source: Path, how: Mapping[str, object], container: str) -> _Work:
        """What has the file decoded into a folder, for ``Store.make``."""

        def work(folder: Path) -> Mapping[str, Any]:
            task = {
                "kind": kind,
                "source": str(source.absolute()),
                "how": dict(how),
                "container": container,
                "folder": str(folder),
            }
            with self._lock:
                worker = self._free.pop() if self._free else None
            worker = worker or _Worker()
            try:
                answer = worker.ask(task, _SECONDS[kind])
            except BaseException:
                worker.end()
                raise
            if answer is None:
                worker.end()
                # Not kept: another machine, or a quieter hour, may manage.
                raise too_costly("file") if worker.timed_out else damaged("file")
            with self._lock:
                self._free.append(worker)
            if full := answer.get("full"):
                raise OSError(full["errno"], full["why"])
            return answer.get("facts") or {"unfit": answer["unfit"]}

        return work


class _Worker:
    def __init__(self) -> None:
        root = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        # -P: what lies in the folder where the builder was called must not be imported.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "scorm_builder.media.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
            text=True,
            encoding="utf-8",
        )
        self.timed_out = False

    def ask(self, task: Mapping[str, object], seconds: float) -> dict[str, Any] | None:
        """The answer; None where the worker died over it or was ended for taking too long."""
        process = self._process
        if process.stdin is None or process.stdout is None:
            return None

        def end() -> None:
            self.timed_out = True
            process.kill()

        timer = threading.Timer(seconds, end)
        timer.start()
        try:
            process.stdin.write(json.dumps(task) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except (BrokenPipeError, OSError):
            line = ""
        finally:
            timer.cancel()
        answer: dict[str, Any] | None = json.loads(line) if line.endswith("\n") else None
        return answer

    def end(self) -> None:
        process = self._process
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _key(kind: Kind, source: Path, how: Mapping[str, object]) -> str:
    """Everything that the result depends on. Recordings, which may be huge, are known by their
    size and both their ends, where the index stands."""
    with source.open("rb") as file:
        if kind == "picture":
            content = hashlib.file_digest(file, "sha256").hexdigest()
        else:
            digest = hashlib.sha256(file.read(_ENDS))
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _ENDS))
            digest.update(file.read(_ENDS) + size.to_bytes(8, "big"))
            content = digest.hexdigest()
    recipe = json.dumps([VERSION, kind, content, _made_by(kind), dict(how)], sort_keys=True)
    return hashlib.sha256(recipe.encode()).hexdigest()


@cache
def _made_by(kind: Kind) -> list[str]:
    """The libraries whose versions change the bytes."""
    from importlib.metadata import version

    return [f"{name} {version(name)}" for name in _LIBRARY[kind]]
