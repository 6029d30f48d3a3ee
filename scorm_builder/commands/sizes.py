"""Sizes on the command line: ``50MB``."""

from __future__ import annotations

import re
from typing import Any

import click

_UNITS = {
    "": 1,
    "k": 1000,
    "m": 1000**2,
    "g": 1000**3,
    "ki": 1 << 10,
    "mi": 1 << 20,
    "gi": 1 << 30,
}
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*([kmg]i?)?b?", re.IGNORECASE | re.ASCII)


class Size(click.ParamType[int]):
    """A number of bytes: ``50MB``, ``1.5 GB``, ``800kB``, ``52428800``; ``MiB`` is 1,048,576."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = _SIZE.fullmatch(str(value).strip())
        size = float(found[1]) * _UNITS[(found[2] or "").lower()] if found else 0
        if size < 1:
            self.fail(f"{value!r} is not a size; write it as 50MB.", param, ctx)
        return int(size)


SIZE = Size()
