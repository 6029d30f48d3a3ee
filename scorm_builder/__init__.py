"""Courses as plain files → packages for learning platforms: check, build, validate, preview.

This is the interface for other programs (docs/python-api.md): what ``scorm_builder.api`` has in
``__all__``. Nothing of it is loaded before it is asked for: ``scorm-builder --help`` needs none.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scorm_builder.api import *  # noqa: F403


def __getattr__(name: str) -> Any:
    """PEP 562. The import system asks for modules here too, before it looks for their files."""
    if name != "__all__" and (name.startswith("_") or find_spec(f"{__name__}.{name}")):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    api = import_module("scorm_builder.api")
    if name == "__all__":
        return api.__all__
    if name not in api.__all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(api, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *import_module("scorm_builder.api").__all__})
