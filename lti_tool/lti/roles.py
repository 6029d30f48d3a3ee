"""Rights from roles (LTI Core 1.3 §A.2)."""

from __future__ import annotations

from collections.abc import Iterable


def is_instructor(roles: Iterable[str]) -> bool:
    """May see who has done what: instructors, their sub-roles, administrators of the context."""
    raise NotImplementedError


def may_place(roles: Iterable[str]) -> bool:
    """May put units into the course: instructors and content developers."""
    raise NotImplementedError
