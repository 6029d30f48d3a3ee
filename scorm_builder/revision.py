"""An edit that changes nothing but the wording of pages, which most edits are: the pages' new HTML
takes the place of the old in the outputs of the last build, and everything else is taken over.

The result is, byte for byte, what a whole build makes. Where anything else depends on what was
edited (titles, links, figures, problems), or anything is not as the last build left it, there is no
revision, and the course is built as a whole. What this needs, ``revisable.py`` has noted.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from content.cleaning import clean
from content.files import digest_of
from content.headings import raise_titles
from content.wording import reread, with_blocks
from scorm_builder.copying import ChangedError, copy_bytes
from scorm_builder.errors import BuildError
from scorm_builder.identity import Identity
from scorm_builder.in_place import Edited
from scorm_builder.placing import draft_file, put_in_place
from scorm_builder.results import BuiltPackage
from scorm_builder.rewriting import Rewriting
from scorm_builder.signing import beside
from scorm_builder.standing import Standing
from scorm_builder.verify.section import check_section
from scorm_builder.zip_writing import Block, Text

#: With more pages than these a whole build, which has two processes, is as fast.
MOST_PAGES = 12

#: Of a document: a page, where it begins and ends, its blocks' HTML and the addresses it may load.
_Placed = tuple[str, int, int, Sequence[str], Sequence[str]]


class NoRevisionError(Exception):
    """The course is to be built as a whole."""


class _Edited(NamedTuple):
    """A page as it is now."""

    view: str
    language: str
    body: str


def is_likely(record: Mapping[str, Any], changed: Collection[str], warnings: str) -> bool:
    """Whether it is worth trying: ``changed`` are a few pages, none of which was warned of."""
    pages = record["pages"]
    return 0 < len(changed) <= MOST_PAGES and all(
        path in pages and path not in warnings for path in changed
    )


def revise(
    record: dict[str, Any], root: Path, changed: Iterable[str], standing: Standing
) -> Iterator[BuiltPackage]:
    """Bring the outputs in ``record`` up to date one by one, and ``record`` with them. ``changed``
    are the files below ``root`` that differ from what they were.

    Raises ``NoRevisionError``: then a whole build makes those that are left, and the same of those
    that are not.
    """
    try:
        edited = [_read(record, root, path) for path in changed]
        digests = record["digest"].encode("ascii"), digest_of(record["files"]).encode("ascii")
        record["digest"] = digests[1].decode("ascii")
        for output in record["outputs"]:
            yield _revised(output, edited, digests, standing)
    except (OSError, BuildError, zipfile.BadZipFile, zlib.error, ValueError) as error:
        raise NoRevisionError(str(error)) from error


def _read(record: dict[str, Any], root: Path, path: str) -> _Edited:
    """A page that is said to have changed; ``record`` gets the SHA-256 of its file."""
    page = record["pages"].get(path)
    if page is None:
        raise NoRevisionError(f"{path} is no page")
    language = page["language"]
    found = reread(root / path, page["head"], language, page["shape"])
    if found is None:
        raise NoRevisionError(f"more than wording has changed in {path}")
    body, record["files"][path] = found
    return _Edited(page["view"], language, body)


def _revised(
    output: dict[str, Any],
    edited: Sequence[_Edited],
    digests: tuple[bytes, bytes],
    standing: Standing,
) -> BuiltPackage:
    """Write one output anew, look at it again, and put it in place."""
    target, media = Path(output["path"]), Block(output["length"], output["media"])
    if beside(target).exists():
        raise NoRevisionError("a signature of an earlier build is to be told of")
    mine = {page.view: page for page in edited if page.language == output["language"]}
    with ExitStack() as drafts:
        last = drafts.enter_context(standing.edited(target, lambda: media.parts))
        draft = last.path if last else drafts.enter_context(draft_file(target))
        with _rewriting(target, draft, last, output, media) as writer:
            for text in (Text(*one) for one in output["texts"]):
                pages = output["documents"].get(text.name)
                if pages is None:
                    writer.take_over(text)
                else:
                    html = _sections(text.name, pages, mine, output["names"])
                    data, placed = _document(writer.unpacked(text), pages, html, digests)
                    output["documents"][text.name] = placed
                    writer.replace(text.name, data)
            writer.finish(output["names"])
        _look_again(draft, output["names"], writer.replaced)
        output["texts"] = [tuple(text) for text in writer.zipped.texts]
        output["contents"] = writer.contents
        output["bytes"] = draft.stat().st_size
        if output["most"] is not None and output["bytes"] > output["most"]:
            raise NoRevisionError("the output is larger than it may be")
        identity = Identity.of(draft.stat())
        put_in_place(draft, target)
    standing.note(target, identity, media)
    return BuiltPackage(
        path=target,
        format=output["format"],
        language=output["language"],
        unit=output["unit"],
        bytes=output["bytes"],
        contents=output["contents"],
        entries=output["entries"],
        notes=tuple(output["notes"]),
    )


@contextmanager
def _rewriting(
    target: Path, draft: Path, last: Edited | None, output: Mapping[str, Any], media: Block
) -> Iterator[Rewriting]:
    """The draft of the next version of ``target``, with its media. That is the ``last`` version
    itself, or a copy of them."""
    if last is not None:
        if (tuple(last.identity), last.length) != (output["known"], media.length):
            raise ChangedError
        yield Rewriting(last.kept, last.handle, media, media.length)
        last.written()
        return
    with target.open("rb", buffering=0) as old, draft.open("r+b", buffering=0) as new:
        _check_identity(old.fileno(), output)
        copy_bytes(old.fileno(), new.fileno(), media.length)
        yield Rewriting(old.fileno(), new.fileno(), media)
        _check_identity(old.fileno(), output)


def _check_identity(archive: int, output: Mapping[str, Any]) -> None:
    """Another build may have put something else in its place, or somebody may write to it."""
    if tuple(Identity.of(os.fstat(archive))) != output["known"]:
        raise ChangedError


def _document(
    data: bytes,
    pages: Sequence[_Placed],
    sections: Mapping[str, bytes],
    digests: tuple[bytes, bytes],
) -> tuple[bytes, list[_Placed]]:
    """A document with its pages and the course's digest as they are now, and where they stand."""
    pieces: list[bytes] = []
    placed: list[_Placed] = []
    at = size = 0
    for view, start, end, blocks, urls in pages:
        html = sections.get(view, data[start:end])
        pieces += (data[at:start], html)
        size += start - at
        placed.append((view, size, size + len(html), blocks, urls))
        size += len(html)
        at = end
    pieces.append(data[at:])
    made = b"".join(pieces)
    if made.count(digests[0]) != 1:
        raise NoRevisionError("the course's digest does not stand in the document once")
    return made.replace(*digests), placed


def _sections(
    document: str, pages: Sequence[_Placed], edited: Mapping[str, _Edited], names: Sequence[str]
) -> dict[str, bytes]:
    """The new HTML of the pages that were edited, each judged as a package's files are."""
    found = {}
    for view, _, _, blocks, urls in pages:
        if view not in edited:
            continue
        page = edited[view]
        html = raise_titles(clean(with_blocks(page.body, page.language, blocks), urls))
        found[view] = html.encode("utf-8")
        if problems := check_section(document, found[view], names):
            raise NoRevisionError(str(problems[0]))
    return found


def _look_again(draft: Path, names: Sequence[str], replaced: Mapping[str, bytes]) -> None:
    """Open the archive as others do: it lists what it should, and what is new in it can be read.
    The rest stood in the last version, which was verified."""
    with zipfile.ZipFile(draft) as archive:
        same = archive.namelist() == list(names)
        if not same or any(archive.read(name) != data for name, data in replaced.items()):
            raise NoRevisionError("the archive is not what it should be")
