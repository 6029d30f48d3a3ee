"""How sizes are written for people, everywhere alike."""

from __future__ import annotations

_MEGABYTE = 1_000_000


def readable(size: int) -> str:
    """“1.2 MB”, “34 kB”."""
    if size >= _MEGABYTE:
        return f"{size / _MEGABYTE:,.1f} MB"
    return f"{-(-size // 1000)} kB"


def room_for(size: int) -> str:
    """What to give ``--max-size`` so that ``size`` is allowed."""
    unit, name = (_MEGABYTE, "MB") if size >= _MEGABYTE else (1000, "kB")
    return f"{-(-size // unit)}{name}"
