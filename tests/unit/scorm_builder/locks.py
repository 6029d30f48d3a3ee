"""Locks of the small course, and what is said of changes against them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from content.model import Course
from scorm_builder.identifiers import Identifiers
from scorm_builder.lock import LockError, check_lock


def changed(course: Course, **fields: object) -> Identifiers:
    unit = replace(course.units[0], **fields)  # type: ignore[arg-type]
    return Identifiers.of(replace(course, units=(unit,)))


def refusal(folder: Path, identifiers: Identifiers, **options: bool) -> LockError:
    with pytest.raises(LockError) as caught:
        check_lock(folder, identifiers, **options)
    return caught.value
