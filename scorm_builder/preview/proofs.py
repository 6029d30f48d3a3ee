"""What else a build would refuse, shown while the course is written: a learner's work that does not
fit into what an LMS keeps, and requests to the network."""

from __future__ import annotations

from collections.abc import Iterator

from content.loaded import Loaded
from content.model import Unit
from content.problems import Problem
from scorm_builder.errors import BuildError
from scorm_builder.formats import FORMATS
from scorm_builder.order import Order
from scorm_builder.outside import inspect_requests
from scorm_builder.plan.room import check_state_fits

NO_ROOM = "room.suspend-data"


def lack_of_room(
    loaded: Loaded, form: str, languages: tuple[str, ...], unit: Unit | None
) -> Problem | None:
    """Why a document of ``unit``, or of the whole course, is no activity of the format ``form``: a
    learner may fill more than it has room for. A warning, as other formats have more."""
    course = loaded.course
    units = (unit,) if unit else course.units
    if form not in FORMATS or not units:
        return None
    order = Order(course=course, form=FORMATS[form], languages=languages, unit=unit)
    try:
        check_state_fits(order, units)
    except BuildError as error:
        bases = [one.base for one in loaded.units if one.unit.id == units[0].id]
        path = f"{bases[0]}/unit.yaml" if len(units) == 1 and bases else "course.yaml"
        return Problem(path, 0, 0, "warning", NO_ROOM, error.message, error.hint)
    return None


def lacks_of_room(loaded: Loaded) -> Iterator[Problem]:
    """``lack_of_room`` of the course in each format, and of each unit that by itself has none."""
    course = loaded.course
    units = course.units if len(course.units) > 1 else ()
    for form in FORMATS:
        for unit in (None, *units):
            if found := lack_of_room(loaded, form, course.languages[:1], unit):
                yield found
            elif unit is None:
                break


def requests_of(loaded: Loaded, known: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """What the course would load from the network; what is ``known`` of that already where a file
    has vanished since the course was read."""
    try:
        return inspect_requests(loaded.course)
    except (BuildError, OSError):
        return known
