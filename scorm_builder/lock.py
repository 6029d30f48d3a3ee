"""``scorm-builder.lock``: the identifiers given out so far, in the author's folder.

The author keeps it with the course. One identifier stands on a line, sorted, so that a diff shows
what comes and goes, and two people's additions merge. Decision 13 says why.
"""

from __future__ import annotations

import json
import os
import re
import stat
import tempfile
from pathlib import Path
from typing import Any

from content.ids import is_id
from content.problems import Problem
from scorm_builder.errors import BuildError
from scorm_builder.id_places import Places
from scorm_builder.identifiers import PARTS, Changes, Identifiers, Kind, Sco

NAME = "scorm-builder.lock"
_FORMAT = 1
_ABOUT = "Identifiers by which LMSs know this course. Written by scorm-builder: keep it with it."
_SCOS: tuple[Sco, ...] = ("course", "unit")
_MAX_BYTES = 4 << 20
_MERGE = re.compile(r"^(<{7}|={7}|>{7})( |$)", re.MULTILINE)
_REMEDY = f"restore {NAME} from an earlier version; or delete it and build, to begin anew"


class LockError(BuildError):
    """The lock file forbids this build, or cannot be read. ``code`` says which."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        self.code = code
        super().__init__(message, hint)


def read_lock(folder: Path) -> Identifiers | None:
    """What stands in the lock file; None where there is none.

    Raises ``LockError`` ``lock.unreadable``, with the line, where it is not what a build wrote.
    """
    path = folder / NAME
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(0, f"it cannot be opened: {error.strerror or error}") from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise _unreadable(0, "it is not a plain file")
        with os.fdopen(handle, "rb", closefd=False) as file:
            data = file.read(_MAX_BYTES + 1)
    finally:
        os.close(handle)
    if len(data) > _MAX_BYTES:
        raise _unreadable(0, "it is larger than any lock file")
    return _parse(data)


def write_lock(folder: Path, identifiers: Identifiers) -> None:
    """Put the lock file in place, whole or not at all, whoever else is writing it. Raises
    ``OSError`` where the folder cannot be written to."""
    handle, name = tempfile.mkstemp(".part", f".{NAME}-", folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(lock_text(identifiers).encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        draft = Path(name)
        draft.chmod(0o644)
        draft.replace(folder / NAME)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def lock_text(identifiers: Identifiers) -> str:
    """The file's text: the same identifiers, the same bytes."""
    units = {
        unit: {name: sorted(parts.get(kind, ())) for name, kind in PARTS}
        for unit, parts in identifiers.units.items()
    }
    content = {"about": _ABOUT, "course": identifiers.course, "format": _FORMAT, "units": units}
    if identifiers.scos:
        content["sco"] = sorted(identifiers.scos)
    return json.dumps(content, indent=2, sort_keys=True) + "\n"


def check_lock(
    folder: Path, identifiers: Identifiers, *, accept: bool = False, locked: bool = False
) -> Changes:
    """What a build of ``identifiers`` would change in the lock file.

    Raises ``LockError``: ``lock.vanished`` where something given out would vanish and the author
    does not ``accept`` that; with ``locked``, ``lock.outdated`` where anything would change at all.
    Both say where in the author's files it can be mended.
    """
    known = read_lock(folder)
    changes = Changes.between(known or Identifiers("", {}), identifiers)
    if known is None:
        changes = Changes((), changes.appeared)
    if locked and changes:
        missing = f"there is no {NAME}" if known is None else f"{NAME} does not fit the course"
        diff = changes.diff(Places(folder))
        raise LockError("lock.outdated", f"{missing}:\n{diff}\n", _unlocked(changes))
    if changes.vanished and not accept:
        raise LockError(
            "lock.vanished",
            f"identifiers that were given out would vanish:\n{changes.diff(Places(folder))}\n",
            "or, if all this may go with what learners did there, build with --accept-changes",
        )
    return changes


def _unlocked(changes: Changes) -> str:
    """What to do where nothing may change: to keep the file helps only where nothing is lost."""
    if changes.vanished:
        return (
            "mend what is marked with -; or, if it may go with what learners did there, build once "
            "with --accept-changes instead of --locked"
        )
    return f"build once without --locked, and keep the {NAME} that it writes with the course"


def inspect_lock(folder: Path, identifiers: Identifiers) -> tuple[Problem, ...]:
    """What a build of ``identifiers`` would stop at: a warning for each that would vanish, or the
    error that makes the lock file unreadable."""
    try:
        known = read_lock(folder)
    except LockError as error:
        return (Problem(NAME, 0, 0, "error", error.code, error.message, error.hint),)
    if known is None:
        return ()
    changes, places = Changes.between(known, identifiers), Places(folder)
    return tuple(
        Problem(
            NAME,
            0,
            0,
            "warning",
            "lock.vanished",
            f"the {gone} was given out and would vanish: {gone.loss}",
            f"{places.back(gone, changes.renamed(gone))}; "
            "if it may go, build with --accept-changes",
        )
        for gone in changes.vanished
    )


def _parse(data: bytes) -> Identifiers:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _unreadable(line, "it is not UTF-8") from error
    if merge := _MERGE.search(text):
        line = text.count("\n", 0, merge.start()) + 1
        raise LockError(
            "lock.unreadable",
            f"{NAME}:{line}: two versions were merged, and the marks of that are still there",
            "keep the identifiers of both sides and remove the marks",
        )
    try:
        content = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise _unreadable(error.lineno, f"it is not JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(1, f"it is not JSON as a build writes it: {error}"[:200]) from error
    return _Reader(text).identifiers(content)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one place")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no identifier")


class _Reader:
    """Takes from the parsed file only what has the shape and the letters of identifiers."""

    def __init__(self, text: str) -> None:
        self._text = text

    def identifiers(self, content: object) -> Identifiers:
        whole = self._object(content, "the file")
        if whole.get("format") != _FORMAT:
            raise _unreadable(
                self._line('"format"'),
                f"its format is not {_FORMAT}",
                "build with the version of scorm-builder that wrote it, or a later one",
            )
        units = self._object(whole.get("units"), '"units"')
        return Identifiers(
            self._id(whole.get("course"), '"course"'),
            {self._id(name, '"units"'): self._parts(name, parts) for name, parts in units.items()},
            self._scos(whole.get("sco", [])),
        )

    def _scos(self, content: object) -> frozenset[Sco]:
        if not isinstance(content, list) or any(one not in _SCOS for one in content):
            raise _unreadable(self._line('"sco"'), "sco is no list of course and unit")
        return frozenset(way for way in _SCOS if way in content)

    def _parts(self, unit: str, content: object) -> dict[Kind, frozenset[str]]:
        parts = self._object(content, json.dumps(unit))
        known: dict[Kind, frozenset[str]] = {}
        for name, kind in PARTS:
            names = parts.get(name)
            if not isinstance(names, list):
                raise _unreadable(self._line(json.dumps(unit)), f"unit {unit} has no list {name}")
            known[kind] = frozenset(self._id(one, json.dumps(unit)) for one in names)
        return known

    def _object(self, value: object, near: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _unreadable(self._line(near), f"what stands at {near} is no object")
        return value

    def _id(self, value: object, near: str) -> str:
        if not isinstance(value, str) or not is_id(value):
            shown = ascii(value)[:80]
            raise _unreadable(
                self._line(json.dumps(value)) or self._line(near), f"{shown} is no id"
            )
        return value

    def _line(self, near: str) -> int:
        """The line on which ``near`` first stands; 0 where it does not."""
        at = self._text.find(near)
        return self._text.count("\n", 0, at) + 1 if at >= 0 else 0


def _unreadable(line: int, message: str, hint: str = _REMEDY) -> LockError:
    place = f"{NAME}:{line}" if line else NAME
    return LockError("lock.unreadable", f"{place}: {message}", hint)
