"""Bytes from one open file to another, by the kernel where the system can."""

from __future__ import annotations

import errno
import os

_CHUNK = 1 << 18
#: What systems say that cannot copy between these two files by themselves.
_CANNOT = {errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EBADF, errno.EPERM}


class ChangedError(OSError):
    """A file became another one while it was read."""

    def __init__(self) -> None:
        super().__init__(0, "it changed while the course was built")


def copy_bytes(source: int, out: int, left: int) -> None:
    """``left`` bytes; whole blocks are shared where the file system can do that."""
    by_kernel = hasattr(os, "copy_file_range")
    while left:
        if by_kernel:
            try:
                copied = os.copy_file_range(source, out, left)
            except OSError as error:
                if error.errno not in _CANNOT:
                    raise
                copied = 0
            if not copied:
                by_kernel = False
                continue
        else:
            piece = os.read(source, min(left, _CHUNK))
            if not piece:
                raise ChangedError
            write_bytes(out, piece)
            copied = len(piece)
        left -= copied


def write_bytes(out: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(out, rest) :]


def write_at(out: int, data: bytes, offset: int) -> None:
    """Over what stands there; where the file goes on being written stays as it is."""
    rest = memoryview(data)
    while rest:
        written = os.pwrite(out, rest, offset)
        rest, offset = rest[written:], offset + written
