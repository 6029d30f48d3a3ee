"""What is only visible across files."""

from __future__ import annotations
from content.loaded import Loaded


def check_course(loaded: Loaded) -> None: ...
