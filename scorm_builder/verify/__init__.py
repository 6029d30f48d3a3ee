"""Reopen a package, ours or another tool's, and say everything that is wrong with it.

Loaded when it is asked for: a revision looks at a page alone, and needs no rules on manifests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scorm_builder.verify.judging import Report, verify_package

__all__ = ["Report", "verify_package"]


def __getattr__(name: str) -> Any:
    """PEP 562."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from scorm_builder.verify import judging

    return getattr(judging, name)
