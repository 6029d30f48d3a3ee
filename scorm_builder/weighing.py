"""What of an output weighs what: its files, its pages, its kinds of content."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from content.markup import render_page
from content.media import FONTS, PICTURES, SOUNDS, VIDEOS, extension
from content.page_context import PageContext
from content.render.strings import words_in
from scorm_builder.entries import Entry
from scorm_builder.errors import TooLargeError
from scorm_builder.plan import PackagePlan
from scorm_builder.plan.documents import media_name
from scorm_builder.plan.inlining import encoded_size
from scorm_builder.sizes import readable

#: What a zip says of a file, twice, beside its name.
_RECORDS = 76


@dataclass(frozen=True, slots=True)
class Weight:
    """One file of an output; ``bytes`` are those that it takes there, compressed or not. ``pages``
    show or offer it, as ``unit/page``."""

    name: str
    bytes: int
    kind: str
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """``files`` begin with the heaviest. ``pages`` are what a page has of its own and what it
    shows, so that what several show counts in each."""

    files: tuple[Weight, ...]
    pages: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(one.bytes for one in self.files)

    @property
    def kinds(self) -> Mapping[str, int]:
        """Bytes by kind, the heaviest first."""
        found: Counter[str] = Counter()
        for one in self.files:
            found[one.kind] += one.bytes
        return dict(found.most_common())

    def as_dict(self) -> dict[str, Any]:
        return {
            "bytes": self.total,
            "kinds": dict(self.kinds),
            "pages": [{"page": page, "bytes": size} for page, size in self.pages.items()],
            "files": [
                {"name": one.name, "bytes": one.bytes, "kind": one.kind, "pages": list(one.pages)}
                for one in self.files
            ],
        }


_SMALLER = "build the units one by one (--unit), or make pictures and recordings smaller"


class TooHeavyError(TooLargeError):
    """An output is larger than it may be. ``weights`` say what of it weighs what."""

    def __init__(self, plan: PackagePlan, found: int, weights: Weights) -> None:
        self.weights = weights
        self._most = plan.order.max_bytes or 0
        self.details = {"max_bytes": plan.order.max_bytes, "weights": weights.as_dict()}
        self.lines = tuple(report(weights))
        super().__init__(
            f"{plan.file_name} has {readable(found)}, and {readable(self._most)} is the most",
            _SMALLER,
        )

    def with_light(self, light: Weights) -> TooHeavyError:
        """Tell what the light edition would weigh, and to take it where it is small enough."""
        self.details = {**self.details, "light_bytes": light.total}
        self.lines = (*self.lines, light_line(light.total))
        if light.total <= self._most:
            super().__init__(self.message, f"build --light, {_SMALLER}")
        return self


def weigh(plan: PackagePlan) -> Weights:
    """The weights of a plan. Those of texts are near what they will be; nothing is written."""
    shown, own = _pages(plan)
    users: defaultdict[str, list[str]] = defaultdict(list)
    for page, names in shown.items():
        for name in names:
            users[name].append(page)
    inside = _inside(plan, users) if plan.order.form.family == "single" else {}
    zipped = plan.order.form.zipped
    found = {entry.name: _size(entry, zipped=zipped) for entry in plan.entries}
    if inside:
        found[plan.entries[0].name] -= sum(inside.values())
    files = [
        Weight(name, size, _kind(name), tuple(users[name]))
        for name, size in (*found.items(), *inside.items())
    ]
    files.sort(key=lambda one: (-one.bytes, one.name))
    sizes = {one.name: one.bytes for one in files}
    pages = {
        page: own[page] + sum(sizes.get(name, 0) for name in names) for page, names in shown.items()
    }
    heaviest = sorted(pages.items(), key=lambda one: (-one[1], one[0]))
    return Weights(tuple(files), dict(heaviest))


def check_weight(plan: PackagePlan, written: int | None = None) -> None:
    """Raise ``TooHeavyError`` where what was ``written`` is more than the order allows; before it
    is written, where what cannot be compressed alone is."""
    most = plan.order.max_bytes
    if most is None:
        return
    found = written
    if found is None:
        zipped = plan.order.form.zipped
        found = sum(
            _source_size(entry) for entry in plan.entries if not (zipped and entry.deflated)
        )
    if found > most:
        raise TooHeavyError(plan, found, weigh(plan))


def report(weights: Weights, *, most: int = 12) -> Iterator[str]:
    """Lines for a terminal: kinds, the heaviest pages and the heaviest files."""
    yield f"{readable(weights.total):>12}  in all"
    for kind, size in weights.kinds.items():
        yield f"{readable(size):>12}  {kind}"
    for title, rows in (
        ("The heaviest pages:", list(weights.pages.items())),
        ("The heaviest files:", [(one.name, one.bytes) for one in weights.files]),
    ):
        yield title
        yield from (f"{readable(size):>12}  {name}" for name, size in rows[:most])
        if len(rows) > most:
            rest = sum(size for _, size in rows[most:])
            yield f"{readable(rest):>12}  {len(rows) - most} more"


def light_line(light: int) -> str:
    return f"{readable(light):>12}  in all with --light"


def _inside(plan: PackagePlan, shown: Iterable[str]) -> dict[str, int]:
    """The media inside a single file, by name, with the bytes that they take there."""
    files = (*plan.order.course.media, *plan.order.showing.made())
    sizes = {media_name(file.path): encoded_size(file.size) for file in files}
    return {name: sizes[name] for name in shown}


def _size(entry: Entry, *, zipped: bool) -> int:
    packed = _source_size(entry)
    if not zipped:
        return packed
    if entry.deflated:
        data = entry.data if entry.data is not None else _read(entry.source)
        packed = len(zlib.compress(data, 6))
    return packed + _RECORDS + 2 * len(entry.name)


def _source_size(entry: Entry) -> int:
    if entry.data is not None:
        return len(entry.data)
    try:
        return entry.source.stat().st_size if entry.source else 0
    except OSError:
        return 0  # Writing will say so.


def _read(source: Path | None) -> bytes:
    try:
        return source.read_bytes() if source else b""
    except OSError:
        return b""


def _kind(name: str) -> str:
    if name.startswith("player/"):
        return "player"
    if not name.startswith("media/"):
        return "texts" if name.endswith((".html", ".js")) else "package"
    ending = extension(name)
    kinds = (("pictures", PICTURES), ("videos", VIDEOS), ("sounds", SOUNDS), ("fonts", FONTS))
    for kind, endings in kinds:
        if ending in endings:
            return kind
    return "captions" if ending == ".vtt" else "downloads"


def _pages(plan: PackagePlan) -> tuple[dict[str, set[str]], dict[str, int]]:
    """The media that each page shows or offers, and the bytes of its own text, by ``unit/page``."""
    order = plan.order
    shown: dict[str, set[str]] = {}
    own: dict[str, int] = {}
    for unit in order.units:
        for page in unit.pages:
            names: set[str] = set()

            def url(path: str, names: set[str] = names) -> str:
                names.add(media_name(path))
                return path

            texts = [
                render_page(
                    page.body[language],
                    context=PageContext(
                        course=order.course,
                        unit=unit,
                        language=language,
                        page_id=page.id,
                        words=words_in(language),
                        media_url=url,
                        showing=order.showing,
                    ),
                )
                for language in order.languages
            ]
            place = f"{unit.id}/{page.id}"
            shown[place] = names
            text = "".join(texts).encode()
            own[place] = len(zlib.compress(text, 6) if order.form.zipped else text)
    return shown, own
