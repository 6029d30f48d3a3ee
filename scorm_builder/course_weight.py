"""What the outputs of a course would weigh, without building them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from content.model import Course
from scorm_builder.course_build import look_into_media
from scorm_builder.media.room import MediaRoom
from scorm_builder.order import Order
from scorm_builder.plan import plan_package
from scorm_builder.plan.single import LIMIT
from scorm_builder.request import Chosen
from scorm_builder.weighing import Weights, weigh


@dataclass(frozen=True, slots=True)
class OutputWeight:
    """What an output would weigh: ``weights`` by file, page and kind; ``light_bytes`` is the whole
    light edition, None where ``light`` says that this is it. ``max_bytes`` is the most that it may
    weigh, where there is such."""

    output: str
    format: str
    language: str
    unit: str | None
    light: bool
    max_bytes: int | None
    light_bytes: int | None
    weights: Weights

    @property
    def bytes(self) -> int:
        return self.weights.total

    @property
    def too_large(self) -> bool:
        return self.max_bytes is not None and self.bytes > self.max_bytes

    def as_dict(self) -> dict[str, Any]:
        """What ``weigh --json`` says of it."""
        return {
            "output": self.output,
            "format": self.format,
            "language": self.language,
            "unit": self.unit,
            "light": self.light,
            "max_bytes": self.max_bytes,
            "too_large": self.too_large,
            "light_bytes": self.light_bytes,
        } | self.weights.as_dict()


def weigh_orders(
    course: Course, chosen: Chosen, *, tell: Callable[[str], None]
) -> Iterator[OutputWeight]:
    """Each output that is meant. Raises ``BuildError`` where one cannot even be planned, and
    ``UnfitMediaError``."""
    for note in chosen.notes:
        tell(note)
    with MediaRoom() as media:
        look_into_media(course, chosen.orders, media, tell)
        for order in chosen.orders:
            yield _weight(order, media)


def _weight(order: Order, media: MediaRoom) -> OutputWeight:
    # Up to here a single file can be planned, and so told of even where it is too large.
    bounded = replace(order, max_bytes=max(order.max_bytes, LIMIT) if order.max_bytes else None)
    plan = plan_package(media.prepared(bounded))
    light = None
    if not order.light:
        light = weigh(plan_package(media.prepared(replace(bounded, light=True)))).total
    return OutputWeight(
        output=plan.file_name,
        format=order.form.name,
        language=order.language_tag,
        unit=order.unit.id if order.unit else None,
        light=order.light,
        max_bytes=order.max_bytes,
        light_bytes=light,
        weights=weigh(plan),
    )
