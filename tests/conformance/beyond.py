"""Dates and claims of launches that are wrong in one way."""

from __future__ import annotations

import time
from typing import Any

import pytest

row = pytest.mark.row


class Seconds(int):
    """A time that many seconds from now, when the test runs."""


def dated(changes: dict[str, Any]) -> dict[str, Any]:
    moment = int(time.time())
    return {
        name: moment + value if isinstance(value, Seconds) else value
        for name, value in changes.items()
    }
