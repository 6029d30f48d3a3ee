"""By what a file is known again without reading it: device, inode, size and times of change.

A file whose time is so young that a change could hide behind it is not gone by (“racily clean” in
git's words).
"""

from __future__ import annotations

import os
from typing import NamedTuple

#: File systems that keep no fractions of a second, and those that do, tell changes this far apart.
_COARSE, _FINE = 2.1, 0.05


class Identity(NamedTuple):
    device: int
    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, info: os.stat_result) -> Identity:
        return cls(info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)

    def settled(self, now: float) -> bool:
        """Whether a change after ``now`` would show in the times."""
        coarse = self.changed % 1_000_000 == 0
        return self.changed / 1e9 < now - (_COARSE if coarse else _FINE)
