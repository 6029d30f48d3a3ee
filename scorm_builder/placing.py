"""Outputs take their place whole, or not at all: drafts lie beside it, and are renamed."""

from __future__ import annotations

import glob
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scorm_builder.errors import BuildError
from scorm_builder.in_place import put_back
from scorm_builder.signing import SUMS

#: Drafts so old are nobody's: no build takes a day.
_STALE_AFTER = 24 * 60 * 60
#: Another build may be about to put its draft where it has moved something away.
_EXCHANGED_BY = 60
#: From here on, ext4 writes so much of a file to the disk when it takes another's place
#: (auto_da_alloc) that it is to be waited for.
_LARGE = 64 << 20


@contextmanager
def draft_file(target: Path) -> Iterator[Path]:
    """A temporary file in the folder of ``target``, for a rename that cannot cross file systems.

    Gone at the end, unless ``put_in_place`` has renamed it.
    """
    sweep(target)
    with _writable(target.parent):
        handle, name = tempfile.mkstemp(".part", f".{target.name}-", target.parent)
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def draft_folder(target: Path) -> Iterator[Path]:
    """As ``draft_file``, an empty folder."""
    sweep(target)
    with _writable(target.parent):
        path = Path(tempfile.mkdtemp(".part", f".{target.name}-", target.parent))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def put_in_place(draft: Path, target: Path) -> None:
    """Let ``draft`` take the place of ``target`` or of what is there, if that was built before.

    Raises ``BuildError``. A folder that no build has made is never replaced.
    """
    folder = draft.is_dir()
    draft.chmod(0o755 if folder else 0o644)
    try:
        if folder and target.is_dir():
            _check_ours(target)
            _exchange(draft, target)
        elif not folder and _is_large(target):
            _exchange(draft, target)
        else:
            draft.replace(target)
    except OSError as error:
        raise BuildError(
            f"{target} cannot be put in place: {error.strerror or error}",
            "is there a folder of that name, or is the file open elsewhere?",
        ) from error


def _check_ours(target: Path) -> None:
    if any(target.iterdir()) and not (target / SUMS).is_file():
        raise BuildError(
            f"{target} is there already, and was not built by this program",
            "remove it, or choose another folder with --output",
        )


def _is_large(target: Path) -> bool:
    return target.is_file() and not target.is_symlink() and target.stat().st_size >= _LARGE


def _exchange(draft: Path, target: Path) -> None:
    """Folders cannot be exchanged in one go, and large files not soon: at each moment, one of the
    two is whole and has the name of ``target``, or one by which ``sweep`` knows it."""
    old = target.with_name(f".{target.name}-{secrets.token_hex(4)}.old")
    with suppress(FileNotFoundError):
        target.replace(old)
    try:
        draft.replace(target)
    except OSError:
        with suppress(OSError):
            old.replace(target)
        raise
    _remove([old])


def sweep(target: Path) -> None:
    """Put back what a build that was killed has moved away from ``target``, and remove what others
    have left that were killed long ago."""
    with suppress(OSError):
        put_back(target)
    with suppress(OSError):
        name = glob.escape(f".{target.name}-")
        moved = sorted(target.parent.glob(f"{name}????????.old"), key=_moved_for)
        whole = [one for one in moved if _is_whole(one) and _moved_for(one) > _EXCHANGED_BY]
        if whole and not os.path.lexists(target):
            whole[0].replace(target)
        elif os.path.lexists(target):
            _remove(one for one in moved if _moved_for(one) > _STALE_AFTER)
        drafts = target.parent.glob(f"{name}????????.part")
        _remove(one for one in drafts if time.time() - one.lstat().st_mtime > _STALE_AFTER)
        lost = target.parent.glob(f"{name}????????.edited")
        _remove(one for one in lost if _moved_for(one) > _STALE_AFTER)


def _is_whole(output: Path) -> bool:
    return (output / SUMS).is_file() if output.is_dir() else output.is_file()


def _moved_for(path: Path) -> float:
    """Seconds since it got its name, whatever the times of what is in it."""
    return time.time() - path.lstat().st_ctime


def _remove(found: Iterable[Path]) -> None:
    for left in found:
        with suppress(OSError):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink()


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise BuildError(
            f"nothing can be written to {folder}: {error.strerror or error}",
            "choose another folder with --output, or make this one writable",
        ) from error
