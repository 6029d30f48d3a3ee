"""A unit made by hand, for what takes a unit and no files."""

from __future__ import annotations

from decimal import Decimal

from content.model import Unit


def plain_unit() -> Unit:
    return Unit(
        id="unit",
        folder="01-unit",
        title={"en": "Unit"},
        summary={"en": "A unit"},
        outcomes=(),
        competences=(),
        target_groups=(),
        workload_minutes=10,
        eqf_level=5,
        licence="CC-BY-SA-4.0",
        authors=("Tests",),
        mastery_score=Decimal(70),
        attempts=2,
        pages=(),
        quiz=(),
        checks=(),
    )
