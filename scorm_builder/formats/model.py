"""What a format is: everything that differs between two of them, as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

#: The media of ``content.render`` that outputs use.
PackageMedium = Literal["scorm12", "scorm2004", "cmi5", "web", "local"]
#: How an output is planned: one module of ``scorm_builder.plan`` each.
Family = Literal["scorm", "cmi5", "cartridge", "site", "single"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """``suffix`` ends the output's name; ``/`` stands for a folder. ``suspend_data`` is the room
    that an LMS leaves a SCO, in characters; None where nothing is that narrow. ``from_disk`` says
    that the document is opened without a server. ``listed`` says that a list of checksums stands in
    it, beside its files; what has none is signed as a whole.

    ``schemas`` are those that the manifest names, each with its namespace; ``imported`` are the
    further files that those import. All of them lie at the package's root; ``schema_folders`` is
    where ours are looked for, an edition's own ones first.
    """

    name: str
    title: str
    family: Family
    medium: PackageMedium
    suffix: str = ".zip"
    suspend_data: int | None = None
    from_disk: bool = False
    listed: bool = True
    schemaversion: str = ""
    schema_folders: tuple[str, ...] = ()
    schemas: tuple[tuple[str, str], ...] = ()
    imported: tuple[str, ...] = ()

    @property
    def divisible(self) -> bool:
        """Whether each unit can be an activity of its own to the LMS (``--sco unit``)."""
        return self.family in ("scorm", "cmi5")

    @property
    def zipped(self) -> bool:
        """Whether its files are packed into an archive, in which texts are compressed."""
        return self.suffix not in ("/", ".html")

    @property
    def multilingual(self) -> bool:
        """Whether learners can switch languages in it: an LMS's own pages have but one."""
        return self.family != "cartridge"

    def schema_files(self) -> Iterator[tuple[str, Traversable]]:
        """Name at the package's root, and where our rendition of it lies."""
        root = files("scorm_builder") / "schemas"
        for name in sorted({name for _, name in self.schemas} | set(self.imported)):
            found = (root / folder / name for folder in self.schema_folders)
            yield name, next(source for source in found if source.is_file())

    @property
    def schema_location(self) -> str:
        """The value of ``xsi:schemaLocation``."""
        return " ".join(f"{namespace} {name}" for namespace, name in self.schemas)
