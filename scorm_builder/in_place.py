"""The next version of an archive, made of the last one itself: its media, which are most of it,
stay where they lie, and what follows them is written anew.

Nobody sees that happen. A lease (fcntl(2), F_SETLEASE) is granted only where nobody else has the
file open, and those who open it meanwhile wait until it is whole. What is overwritten is first kept
in a journal beside it, and until it is done the file has the name of a draft: whatever ends the
build, it puts the last version back, or else the next one does. Where any of this is not to be had,
there is no such edit, and media are copied.
"""

from __future__ import annotations

import glob
import hashlib
import os
import signal
import stat
import struct
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scorm_builder.copying import write_bytes
from scorm_builder.identity import Identity

if sys.platform == "linux":
    import fcntl

#: Less than this is soon copied.
_LEAST = 16 << 20
#: What follows the media: more than this is not kept twice.
_MOST_KEPT = 64 << 20
_CHUNK = 1 << 18
#: File systems whose leases hold for everybody: on the others, a file may be open on another
#: machine, or on the other side of a virtual one.
_LOCAL = {"ext2", "ext3", "ext4", "xfs", "f2fs", "tmpfs", "overlay"}
#: Ends a journal: of what file it is, how long its media are, when it was last changed, SHA-256.
_ABOUT = struct.Struct("<8s4Q32s")
_MAGIC = b"SSE tail"


class Edited:
    """The last version, as the draft of the next: at ``path`` and open as ``handle``. All behind
    the first ``length`` bytes is to be replaced; until the end it can be read from ``kept``."""

    def __init__(
        self, target: Path, identity: Identity, handle: int, journal: _Journal, length: int
    ) -> None:
        self.path = journal.draft
        self.identity = identity
        self.handle = handle
        self.kept = journal.handle
        self.length = length
        self._target = target
        self._journal = journal
        self._open = True

    def written(self) -> None:
        """Let others open it."""
        if self._open:
            self._open = False
            os.close(self.handle)

    def close(self) -> None:
        """If it has not been put in place by now, it is the last version again."""
        self.written()
        with suppress(OSError):  # then the next build tries
            self._journal.put_back(self._target)
        os.close(self.kept)


@contextmanager
def edited(target: Path, identity: Identity, length: int) -> Iterator[Edited | None]:
    """``target``, which is known by ``identity``, to be edited behind its first ``length`` bytes.
    None where it must not be touched. It is gone from its place until the draft is put there."""
    try:
        edit = _begun(target, identity, length)
    except OSError:
        edit = None
    try:
        yield edit
    finally:
        if edit is not None:
            edit.close()


def put_back(target: Path) -> None:
    """Finish what builds began that were killed since: ``target`` is again what it was, unless
    there is another by now. Builds that are alive are left alone. Raises ``OSError``."""
    name = glob.escape(f".{target.name}-")
    for path in target.parent.glob(f"{name}????????.tail"):
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            if sys.platform == "linux" and os.fstat(handle).st_uid == os.geteuid():
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _Journal(path, handle).put_back(target)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)


def _begun(target: Path, identity: Identity, length: int) -> Edited | None:
    if sys.platform != "linux" or length < _LEAST:
        return None
    # Not to wait for another build that edits it.
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    handle = os.open(target, flags)
    try:
        # By default, who waits for the file would end this process.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        info = os.fstat(handle)
        fit = Identity.of(info) == identity and info.st_uid == os.geteuid() and _is_alone(info)
        if not fit or not 0 < info.st_size - length <= _MOST_KEPT or not _is_local(info.st_dev):
            os.close(handle)
            return None
        journal = _Journal.keep(target, handle, length)
    except BaseException:
        os.close(handle)
        raise
    edit = Edited(target, identity, handle, journal, length)
    try:
        target.rename(edit.path)
        info = edit.path.lstat()
        same = (info.st_dev, info.st_ino) == identity[:2] and _is_alone(info)
        if same and fcntl.fcntl(handle, fcntl.F_GETLEASE) == fcntl.F_WRLCK:
            return edit
    except BaseException:
        edit.close()
        raise
    edit.close()  # Somebody has come just now.
    return None


def _is_alone(info: os.stat_result) -> bool:
    """A file that has no other name."""
    return stat.S_ISREG(info.st_mode) and info.st_nlink == 1


def _is_local(device: int) -> bool:
    number = f"{os.major(device)}:{os.minor(device)}"
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as mounts:
        for mount in mounts:
            place, _, kind = mount.partition(" - ")
            if place.split()[2] == number:
                return kind.split()[0] in _LOCAL
    return False


class _Journal:
    """What stood behind the media of an archive. Locked as long as its build is alive: ``handle``
    is where the lock hangs."""

    def __init__(self, path: Path, handle: int) -> None:
        self.handle = handle
        self.draft = path.with_suffix(".edited")
        self._path = path

    @classmethod
    def keep(cls, target: Path, archive: int, length: int) -> _Journal:
        """Of the open ``archive``; it has its name once it is whole."""
        handle, name = tempfile.mkstemp(".part", f".{target.name}-", target.parent)
        path = Path(name)
        try:
            if sys.platform == "linux":
                fcntl.flock(handle, fcntl.LOCK_EX)
            info, total, at = os.fstat(archive), hashlib.sha256(), length
            while piece := os.pread(archive, _CHUNK, at):
                write_bytes(handle, piece)
                total.update(piece)
                at += len(piece)
            about = (info.st_dev, info.st_ino, length, info.st_mtime_ns)
            write_bytes(handle, _ABOUT.pack(_MAGIC, *about, total.digest()))
            return cls(path.replace(path.with_suffix(".tail")), handle)
        except BaseException:
            path.unlink(missing_ok=True)
            os.close(handle)
            raise

    def put_back(self, target: Path) -> None:
        """Make the draft the last version again, where it is still there, and ``target`` is not;
        then neither it nor the journal is. Raises ``OSError``, and can be tried again."""
        with suppress(FileNotFoundError):
            if not os.path.lexists(target) and self._restored():
                with suppress(FileExistsError):  # another build's
                    os.link(self.draft, target)
            self.draft.unlink()
        self._path.unlink(missing_ok=True)

    def _restored(self) -> bool:
        """Whether the draft is what it was; False where the machine stopped and lost it."""
        size = os.fstat(self.handle).st_size - _ABOUT.size
        if size < 0:
            return False
        magic, device, inode, length, modified, sha256 = _ABOUT.unpack(
            os.pread(self.handle, _ABOUT.size, size)
        )
        if magic != _MAGIC or self._digest(size) != sha256:
            return False
        out = os.open(self.draft, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            info = os.fstat(out)
            if (info.st_dev, info.st_ino) != (device, inode):
                return True  # Another build's, moved away in the moment when it came.
            if (info.st_size, info.st_mtime_ns) != (length + size, modified):
                os.lseek(out, length, os.SEEK_SET)
                for piece in self._pieces(size):
                    write_bytes(out, piece)
                os.ftruncate(out, length + size)
                os.utime(out, ns=(info.st_atime_ns, modified))
        finally:
            os.close(out)
        return True

    def _digest(self, size: int) -> bytes:
        total = hashlib.sha256()
        for piece in self._pieces(size):
            total.update(piece)
        return total.digest()

    def _pieces(self, size: int) -> Iterator[bytes]:
        for at in range(0, size, _CHUNK):
            yield os.pread(self.handle, min(_CHUNK, size - at), at)
