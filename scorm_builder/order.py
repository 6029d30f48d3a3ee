"""What was asked for: one output, of one course, in one format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from content.model import Course, Unit
from content.showing import ORIGINALS, Showing
from scorm_builder.formats import Format


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One output to be made.

    ``languages`` are those inside it, the first shown first; ``unit`` is None for the whole
    course; ``sco_per_unit`` makes one SCO (or AU) a unit instead of one for everything.
    ``light`` asks for the edition for weak links; ``showing`` is how media are shown, which a build
    chooses; ``max_bytes`` is the most that the output may weigh. ``profile`` names the LMS whose
    traps are looked for in the output (``verify.profiles``). ``tool`` is the address of the LTI
    tool, to which a thin cartridge links. ``signed`` asks for a signature: of the checksums, inside
    the output, or beside it where it has none.
    """

    course: Course
    form: Format
    languages: tuple[str, ...]
    unit: Unit | None = None
    sco_per_unit: bool = False
    light: bool = False
    showing: Showing = ORIGINALS
    max_bytes: int | None = None
    profile: str | None = None
    tool: str | None = None
    signed: bool = False

    @property
    def units(self) -> Sequence[Unit]:
        return (self.unit,) if self.unit else self.course.units

    @property
    def language(self) -> str:
        """The language shown first."""
        return self.languages[0]

    @property
    def language_tag(self) -> str:
        """What names and identifiers say of the languages: the only one, or ``multi``."""
        return self.language if len(self.languages) == 1 else "multi"

    @property
    def divided(self) -> bool:
        """Whether there is an activity a unit, even where the course has but one as yet."""
        return self.sco_per_unit and self.form.divisible and self.unit is None


def orders(
    course: Course,
    *,
    formats: Sequence[Format],
    languages: Sequence[str] = (),
    units: Sequence[Unit] = (),
    together: bool = False,
    sco_per_unit: bool = False,
    light: bool = False,
    max_bytes: int | None = None,
    profile: str | None = None,
    tool: str | None = None,
    signed: bool = False,
) -> list[Order]:
    """An order for each output: every format, of each unit named or of the whole course, in each
    language, or with all of them ``together``. Without ``languages``, in all of the course's.

    ``together`` and ``sco_per_unit`` are for the formats that can, and leave others as they are.
    """
    wanted = tuple(languages) or course.languages
    apart: list[tuple[str, ...]] = [(language,) for language in wanted]
    subjects: Sequence[Unit | None] = list(units) or [None]

    def inside(form: Format) -> list[tuple[str, ...]]:
        return [wanted] if together and form.multilingual else apart

    return [
        Order(
            course=course,
            form=form,
            languages=chosen,
            unit=unit,
            sco_per_unit=sco_per_unit and form.divisible,
            light=light,
            max_bytes=max_bytes,
            profile=profile,
            tool=tool,
            signed=signed,
        )
        for unit in subjects
        for chosen in dict.fromkeys([wanted, *apart])
        for form in formats
        if chosen in inside(form)
    ]
