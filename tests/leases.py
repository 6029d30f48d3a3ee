"""Whether files in the folder for temporary ones can be leased (fcntl(2)), as on Linux's own file
systems; elsewhere the builder copies."""

from __future__ import annotations

import os
import sys
import tempfile

import pytest

from scorm_builder import in_place


def _granted() -> bool:
    if sys.platform != "linux":
        return False
    import fcntl

    with tempfile.NamedTemporaryFile() as file:
        try:
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        except OSError:
            return False
        return in_place._is_local(os.fstat(file.fileno()).st_dev)


LEASES = pytest.mark.skipif(not _granted(), reason="no leases of files here")
