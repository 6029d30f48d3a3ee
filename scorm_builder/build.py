"""One readable build: plan → archive → verify → put in place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from content.model import Course, Unit
from scorm_builder.archive import sha256, temporary_beside, write_archive
from scorm_builder.errors import BuildError, VerificationError
from scorm_builder.formats import Format
from scorm_builder.media.room import MediaRoom
from scorm_builder.order import Order
from scorm_builder.plan import plan_package
from scorm_builder.verify import verify_package


@dataclass(frozen=True, slots=True)
class BuiltPackage:
    """What ``build --json`` says of a package. ``unit`` is None for a whole course."""

    path: Path
    format: str
    language: str
    unit: str | None
    bytes: int
    sha256: str
    entries: int

    def as_dict(self) -> dict[str, str | int | None]:
        return {
            "path": str(self.path),
            "format": self.format,
            "language": self.language,
            "unit": self.unit,
            "bytes": self.bytes,
            "sha256": self.sha256,
            "entries": self.entries,
        }


def build_package(order: Order, output: Path, media: MediaRoom | None = None) -> BuiltPackage:
    """Build one package into ``output``, where it appears whole and verified, or not at all.

    ``media`` is where its media are made to fit: one that several orders share looks at them once.
    """
    if media is None:
        with MediaRoom() as own:
            return build_package(order, output, own)
    plan = plan_package(media.prepared(order))
    target = output.absolute() / plan.file_name
    with temporary_beside(target) as draft:
        write_archive(plan, draft)
        report = verify_package(draft, own=True)
        if not report.valid:
            raise VerificationError(plan.file_name, report.problems)
        built = BuiltPackage(
            path=target,
            format=order.form.name,
            language=order.language,
            unit=order.unit.id if order.unit else None,
            bytes=draft.stat().st_size,
            sha256=sha256(draft),
            entries=len(plan.entries),
        )
        draft.chmod(0o644)
        try:
            draft.replace(target)
        except OSError as error:
            raise BuildError(
                f"{target} cannot be put in place: {error.strerror or error}",
                "is there a folder of that name, or is the file open elsewhere?",
            ) from error
    return built


def build_course(
    course: Course,
    *,
    formats: Sequence[Format],
    languages: Sequence[str],
    units: Sequence[Unit],
    output: Path,
    light: bool = False,
) -> Iterator[BuiltPackage]:
    """Every package asked for, one after the other; without ``units``, of the whole course."""
    subjects: Sequence[Unit | None] = list(units) or [None]
    with MediaRoom() as media:
        for subject in subjects:
            for language in languages:
                for form in formats:
                    order = Order(
                        course=course,
                        form=form,
                        languages=(language,),
                        unit=subject,
                        light=light,
                    )
                    yield build_package(order, output, media)
