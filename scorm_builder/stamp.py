"""Nothing has changed: a build whose sources, options, code and outputs are as they were left.

Only files' times are looked at; a file so young that its times say nothing is compared by content.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO, cast

from content.layout import COURSE_FOLDERS
from scorm_builder.cache import Cache
from scorm_builder.code_version import code_version
from scorm_builder.identity import Identity

#: Written by builds: taken as it is afterwards.
_LOCK = "scorm-builder.lock"
#: Younger files that are larger than this are waited for: no stamp is left.
_COMPARED = 1 << 20

#: Paths below the course with what they are known by, and for young files their content's digest.
_Sources = dict[str, tuple[tuple[int, ...], bytes | None]]


class Stamp:
    """Of one command: ``options`` are everything that was asked for, ``watched`` other files that
    its outputs depend on."""

    def __init__(
        self,
        cache: Cache,
        course: Path,
        options: Mapping[str, object],
        watched: Iterable[Path] = (),
    ) -> None:
        self._cache = cache
        self._root = course.resolve()
        self._watched = [path.absolute() for path in watched]
        asked = f"{self._root}\0{Path.cwd()}\0{sorted(options.items())!r}"
        self._name = hashlib.sha256(asked.encode("utf-8", "surrogateescape")).hexdigest()
        self._sources: _Sources = {}
        self._kept: Any = None
        #: The sources in which something else stands than before the last build; None where more
        #: than that is different, or there was none.
        self.changed: frozenset[str] | None = None
        #: The outputs of the last build like this one.
        self.before: list[Path] = []
        self._streams = sys.stdout, sys.stderr
        self._said: tuple[io.StringIO, io.StringIO] = (io.StringIO(), io.StringIO())

    def holds(self) -> bool:
        """Whether the outputs are what this build would make; then what it said is said again."""
        self._kept = kept = self._cache.read("stamp", self._name)
        self.before = [Path(path) for path in kept["outputs"]] if kept else []
        self._sources = dict(_scan(self._root, self._watched, _youngest(kept)))
        self.changed = self._changed()
        if kept is None or self.changed != frozenset():
            return False
        sys.stdout.write(kept["stdout"])
        sys.stderr.write(kept["stderr"])
        count = kept["count"]
        sys.stderr.write(f"nothing has changed: {count} output{'s' if count > 1 else ''} as left\n")
        return True

    def _changed(self) -> frozenset[str] | None:
        kept = self._kept
        if kept is None or kept["code"] != code_version():
            return None
        before: _Sources = kept["sources"]
        if self._sources.keys() != before.keys():
            return None
        if any(_known_by(Path(path)) != known for path, known in kept["outputs"].items()):
            return None
        different = set()
        for path, (identity, digest) in self._sources.items():
            known, content = before[path]
            same = digest == content if content is not None else identity == known
            if not same:
                different.add(path)
        return frozenset(different)

    def revision(self) -> dict[str, Any] | None:
        """What the last build left for a revision (``scorm_builder.revisable``), where the outputs
        are still those and nothing but contents of files has changed."""
        if self.changed is None:
            return None
        kept: dict[str, Any] | None = self._cache.read("revision", self._name)
        if kept is None or kept["of"] != self._kept["outputs"]:
            return None
        record: dict[str, Any] = kept["record"]
        for output in record["outputs"]:
            output["known"] = kept["of"][output["path"]]
        return record

    @property
    def warnings(self) -> str:
        """What the last build said beside its results."""
        said: str = self._kept["stderr"] if self._kept else ""
        return said

    def listen(self) -> None:
        """Hear what a build says, on both streams."""
        self._streams = sys.stdout, sys.stderr
        sys.stdout = cast(TextIO, _Tee(sys.stdout, self._said[0]))
        sys.stderr = cast(TextIO, _Tee(sys.stderr, self._said[1]))

    def stop_listening(self) -> None:
        sys.stdout, sys.stderr = self._streams

    def leave(
        self,
        outputs: Sequence[Path],
        beside: Iterable[Path] = (),
        record: dict[str, Any] | None = None,
    ) -> None:
        """Remember that ``outputs``, and what lies ``beside`` them, are what the sources make, as
        they were when we looked; ``record`` is what a revision needs."""
        if any(digest == b"" for _, digest in self._sources.values()):
            return
        lock = self._root / _LOCK
        if lock.is_file():
            self._sources[_LOCK] = (_known_by(lock), hashlib.sha256(lock.read_bytes()).digest())
        # What stays true: warnings, but not how far the build is.
        said = self._said[1].getvalue().splitlines(keepends=True)
        known = {str(path): _known_by(path) for path in (*outputs, *beside)}
        if record is not None:
            self._cache.write("revision", self._name, {"of": known, "record": record})
        self._cache.write(
            "stamp",
            self._name,
            {
                "code": code_version(),
                "sources": self._sources,
                "count": len(outputs),
                "outputs": known,
                "stdout": self._said[0].getvalue(),
                "stderr": "".join(line for line in said if not line.startswith("{")),
            },
        )


def _youngest(kept: Any) -> set[str]:
    """Sources that were known by content, and must be compared so."""
    if kept is None:
        return set()
    return {path for path, (_, digest) in kept["sources"].items() if digest is not None}


def _scan(
    root: Path, watched: Iterable[Path], compared: set[str]
) -> Iterator[tuple[str, tuple[tuple[int, ...], bytes | None]]]:
    """Every file and folder that a course could be made of: hidden ones never are, nor what is in
    folders beside those of a course."""
    now = time.time()
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(root / folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                path = f"{folder}/{entry.name}" if folder else entry.name
                info = entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    if not folder and entry.name not in COURSE_FOLDERS:
                        continue
                    waiting.append(path)
                    yield path, ((info.st_ino,), None)
                else:
                    yield path, _seen(root / path, info, now, path in compared)
    for one in watched:
        yield str(one), _seen(one, one.stat(), now, str(one) in compared)


def _seen(
    path: Path, info: os.stat_result, now: float, compared: bool
) -> tuple[tuple[int, ...], bytes | None]:
    """An empty digest says that nothing is known of the file."""
    identity = Identity.of(info)
    if identity.settled(now) and not compared:
        return tuple(identity), None
    if identity.size > _COMPARED:
        return tuple(identity), b""
    return tuple(identity), hashlib.sha256(path.read_bytes()).digest()


def _known_by(path: Path) -> Any:
    """What an output is known by: a folder, by all that is in it."""
    try:
        info = path.stat()
        if not path.is_dir():
            return tuple(Identity.of(info))
        inside = sorted(path.rglob("*"))
        return [(str(one), tuple(Identity.of(one.lstat()))) for one in inside]
    except OSError:
        return None


class _Tee:
    """Writes to ``stream`` and remembers; progress bars, which rewrite their line, are not."""

    def __init__(self, stream: TextIO, memory: io.StringIO) -> None:
        self._stream = stream
        self._memory = memory

    def write(self, text: str) -> int:
        written = self._stream.write(text)
        if "\r" not in text and "\x1b" not in text:
            self._memory.write(text)
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
