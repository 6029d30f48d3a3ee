"""What a build leaves behind so that the next one can be a revision (``revision.py``): of each
output how it lies on the disk, and of each page of the course all that other parts depend on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from content.media import FONTS, extension
from content.wording import shape_of
from scorm_builder.results import BuiltPackage

if TYPE_CHECKING:
    from content.loaded import Loaded
    from content.render.document import PlacedPage
    from scorm_builder.archive import WrittenArchive
    from scorm_builder.entries import Entry
    from scorm_builder.plan import PackagePlan

#: Formats whose documents alone change with a page's text: sites list what is in their files,
#: cartridges have a file a page.
_FAMILIES = frozenset({"scorm", "cmi5"})


class Revisable:
    """Notes the outputs of one build."""

    def __init__(self) -> None:
        self._outputs: list[dict[str, Any]] = []
        self._all = True

    def note(self, plan: PackagePlan, built: BuiltPackage, written: WrittenArchive | None) -> None:
        """``plan`` has become ``built``; ``written`` says how it lies in its archive."""
        told = built.notes == plan.notes
        if written is None or not told or not _is_revisable(plan):
            self._all = False
            return
        self._outputs.append(
            {
                **built.as_dict(),
                "most": plan.order.max_bytes,
                "names": [entry.name for entry in plan.entries],
                "length": written.media.length,
                "media": written.media.parts,
                "texts": [tuple(text) for text in written.texts],
                "documents": {
                    entry.name: list(_placed(entry)) for entry in plan.entries if entry.pages
                },
            }
        )

    def record(self, loaded: Loaded, outputs: Sequence[Path]) -> dict[str, Any] | None:
        """All of it as plain values, in the order of ``outputs``, with what is to be known of the
        course; None where some output cannot be revised."""
        course, files = loaded.course, loaded.files
        if not self._all or not self._outputs:
            return None
        places = {str(path): number for number, path in enumerate(outputs)}
        heads = {path: head for unit in loaded.units for path, head in unit.heads.items()}
        pages = {
            page.paths[language]: {
                "view": f"{unit.id}/{page.id}",
                "language": language,
                "head": heads[page.paths[language]],
                "shape": shape_of(body, language, page.body_line[language]),
            }
            for unit in course.units
            for page in unit.pages
            for language, body in page.body.items()
        }
        return {
            "digest": course.text_digest,
            "files": files.texts(),
            "pages": pages,
            # Several are written at once, and noted as they come.
            "outputs": sorted(self._outputs, key=lambda one: places[one["path"]]),
        }


def _is_revisable(plan: PackagePlan) -> bool:
    """Whether a page's text, and the course's digest, stand in documents of it and nowhere else."""
    order = plan.order
    if order.form.family not in _FAMILIES or order.signed:
        return False
    if len(order.languages) > 1:
        return False
    digest = order.course.text_digest.encode("ascii")
    for entry in plan.entries:
        if extension(entry.name) in FONTS:
            return False  # Made of the characters that the pages show.
        if entry.data is not None and entry.data.count(digest) != bool(entry.pages):
            return False
    return True


def _placed(entry: Entry) -> Iterator[tuple[str, int, int, tuple[str, ...], tuple[str, ...]]]:
    """The pages of a document, in bytes instead of characters."""
    text = (entry.data or b"").decode("utf-8")
    at = byte = 0

    def bytes_to(place: int) -> int:
        nonlocal at, byte
        byte += len(text[at:place].encode("utf-8"))
        at = place
        return byte

    pages: Sequence[PlacedPage] = entry.pages
    for page in sorted(pages, key=lambda one: one.start):
        yield page.view, bytes_to(page.start), bytes_to(page.end), page.blocks, page.urls
