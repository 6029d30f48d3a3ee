"""Courses as plain files → packages for learning platforms: check, build, validate, preview.

This is the interface for other programs (docs/python-api.md); ``scorm_builder.api`` has what stands
here. Nothing of it is loaded before it is asked for: ``scorm-builder --help`` needs none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scorm_builder.api import (
        BuildError,
        BuiltPackage,
        CheckReport,
        ContentError,
        Course,
        FolderInUseError,
        LockError,
        PackageReport,
        Problem,
        UnknownNameError,
        VerificationError,
        build_course,
        check_course,
        format_names,
        load_course,
        new_course,
        preview_course,
        validate_package,
    )

__all__ = [
    "BuildError",
    "BuiltPackage",
    "CheckReport",
    "ContentError",
    "Course",
    "FolderInUseError",
    "LockError",
    "PackageReport",
    "Problem",
    "UnknownNameError",
    "VerificationError",
    "build_course",
    "check_course",
    "format_names",
    "load_course",
    "new_course",
    "preview_course",
    "validate_package",
]


def __getattr__(name: str) -> Any:
    """PEP 562."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from scorm_builder import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
