"""What becomes of an order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scorm_builder.errors import BuildError

if TYPE_CHECKING:
    from scorm_builder.order import Order


@dataclass(frozen=True, slots=True)
class BuiltPackage:
    """What ``build --json`` says of a package. ``unit`` is None for a whole course; ``contents`` is
    the SHA-256 of its list of checksums, and so of all that it holds; ``notes`` tell what else to
    know of it; ``signature`` lies beside it where there is no place inside."""

    path: Path
    format: str
    language: str
    unit: str | None
    bytes: int
    contents: str
    entries: int
    notes: tuple[str, ...] = ()
    signature: Path | None = None

    def as_dict(self) -> dict[str, object]:
        return {
            "path": str(self.path),
            "format": self.format,
            "language": self.language,
            "unit": self.unit,
            "bytes": self.bytes,
            "contents": self.contents,
            "entries": self.entries,
            "notes": list(self.notes),
            "signature": str(self.signature) if self.signature else None,
        }


@dataclass(frozen=True, slots=True)
class FailedOutput:
    """An output that could not be made; the others of the same build are."""

    order: Order
    error: BuildError

    def as_dict(self) -> dict[str, object]:
        return {
            "format": self.order.form.name,
            "language": self.order.language_tag,
            "unit": self.order.unit.id if self.order.unit else None,
            **self.error.as_dict(),
        }
