"""The files beside the pages: which kinds may be there, and that they are what they say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from content.captions import read_captions
from content.files import CourseFiles, Entry
from content.findings import Mark
from content.images import picture_size
from content.memo import KNOWN, key_of
from content.model import Course, MediaFile, Unit

#: Extensions that may stand in a media folder, and what they are served as. Nothing here can run
#: script in a page: SVG, which could, is checked and only ever shown through ``<img>``.
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ogg": "audio/ogg",
    ".otf": "font/otf",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain",
    ".vtt": "text/vtt",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PICTURES = frozenset({".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"})
VIDEOS = frozenset({".mp4", ".webm"})
SOUNDS = frozenset({".m4a", ".mp3", ".ogg"})
FONTS = frozenset({".otf", ".ttf", ".woff2"})
_TRANSCRIPT = ".md"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
NAME_RULE = (
    "the name of a media file has at most 100 letters a–z, digits, hyphens, _ and ., and begins "
    "with a letter or digit"
)
#: Names that Windows keeps for devices, whatever the ending: such a package cannot be unpacked.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\..*)?", re.IGNORECASE)
_HEADER_BYTES = 256 * 1024
#: How font files begin (OpenType 1.9 “Organization of an OpenType Font”; WOFF2 §4).
_FONT_HEADS = {".otf": (b"OTTO",), ".ttf": (b"\0\1\0\0", b"true"), ".woff2": (b"wOF2",)}


def extension(path: str) -> str:
    """``.png`` of ``media/a.PNG``; empty without a dot."""
    name = path.rpartition("/")[2]
    return f".{name.rpartition('.')[2].lower()}" if "." in name else ""


def find_media(course: Course, unit: Unit, name: str, language: str) -> MediaFile | None:
    """The file that ``name`` means on a page in ``language``: the unit's before the course's, and
    in each folder ``families.fr.svg`` before ``families.svg``."""
    files = course.media_by_path
    return next((files[path] for path in media_paths(unit, name, language) if path in files), None)


def find_transcript(course: Course, unit: Unit, name: str, language: str) -> str | None:
    """The path, in ``course.transcripts``, of the transcript that ``name`` means."""
    paths = media_paths(unit, name, language)
    return next((path for path in paths if path in course.transcripts), None)


def media_paths(unit: Unit, name: str, language: str) -> list[str]:
    """Where ``name`` is looked for, in order."""
    stem, dot, ending = name.rpartition(".")
    names = [f"{stem}.{language}.{ending}", name] if dot else [name]
    folders = (f"units/{unit.folder}/media", "media")
    return [f"{folder}/{each}" for folder in folders for each in names]


def plain_media_name(name: str) -> str:
    """``Ete.jpg`` for ``Été.jpg``: a name that a media file may have, for one that it may not."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    stem, dot, ending = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).rpartition(".")
    stem = (stem if dot else ending).strip("-._")[:80].strip("-._") or "file"
    return f"{stem}.{ending[:19]}" if dot else stem


def read_media(
    files: CourseFiles, bases: Sequence[str]
) -> tuple[tuple[MediaFile, ...], dict[str, str]]:
    """The media of the course and of the units under ``bases``, and their transcripts by path."""
    media: list[MediaFile] = []
    transcripts: dict[str, str] = {}
    seen: dict[str, str] = {}
    for folder in ("media", *(f"{base}/media" for base in bases)):
        for entry in files.within(folder):
            if not _acceptable(entry, folder, files, seen):
                continue
            if extension(entry.path) == _TRANSCRIPT:
                transcripts[entry.path] = files.text(entry.path) or ""
            else:
                media.append(_media_file(entry, files))
    return tuple(sorted(media, key=lambda item: item.path)), transcripts


def _acceptable(entry: Entry, folder: str, files: CourseFiles, seen: dict[str, str]) -> bool:
    mark = Mark(entry.path)
    names = entry.path.removeprefix(f"{folder}/").split("/")
    if not all(_NAME.fullmatch(name) for name in names):
        files.findings.error(
            mark,
            "file.name",
            NAME_RULE,
            f"rename it to “{plain_media_name(names[-1])}”: other names break in some learning "
            "platforms and zip programs",
        )
        return False
    device = next((name for name in names if _DEVICE.fullmatch(name)), None)
    if device is not None:
        files.findings.error(
            mark,
            "file.name",
            f"Windows keeps the name “{device}” for itself",
            f"rename it to “my-{device}”",
        )
        return False
    other = seen.setdefault(entry.path.lower(), entry.path)
    if other != entry.path:
        files.findings.error(
            mark,
            "file.case-collision",
            f"the name differs from “{other}” only in capitals",
            "rename one: on Windows and macOS they are the same file",
        )
        return False
    kind = extension(entry.path)
    if kind not in MEDIA_TYPES and kind != _TRANSCRIPT:
        files.findings.error(
            mark,
            "media.type",
            f"“{kind or 'no ending'}” is not a kind of file that courses may carry",
            "use one of: " + " ".join(sorted(MEDIA_TYPES)),
        )
        return False
    return True


def _media_file(entry: Entry, files: CourseFiles) -> MediaFile:
    files.use_media(entry.path)
    kind = extension(entry.path)
    source = files.root / entry.path
    size: tuple[int, int] | None = None
    if kind == ".svg":
        size = _svg_size(entry, files)
    elif kind in PICTURES:
        size = _picture_size(entry, files)
        if size is None:
            files.findings.error(
                Mark(entry.path),
                "media.unreadable",
                f"this is not a picture that a browser shows as {kind}",
                "export it again, and let its ending match its kind",
            )
    elif kind in FONTS and not files.head(entry.path, 4).startswith(_FONT_HEADS[kind]):
        files.findings.error(
            Mark(entry.path),
            "media.unreadable",
            f"this is not a font that browsers read as {kind}",
            "use the font's .woff2, .ttf or .otf file as its maker gives it",
        )
    elif kind == ".vtt":
        text = files.text(entry.path)
        if text is not None:
            read_captions(text, Mark(entry.path), files.findings)
    return MediaFile(entry.path, source, entry.size, *(size or (None, None)))


def _picture_size(entry: Entry, files: CourseFiles) -> tuple[int, int] | None:
    key = key_of("picture", files.media_digest(entry.path).hex())
    known = KNOWN.get(key)
    if known is None:
        known = picture_size(files.head(entry.path, _HEADER_BYTES))
        if known is not None:
            KNOWN.put(key, known, 50)
    return known


def _svg_size(entry: Entry, files: CourseFiles) -> tuple[int, int] | None:
    text = files.text(entry.path)
    if text is None:
        return None
    key = key_of("svg", text)
    known: tuple[tuple[int, int] | None] | None = KNOWN.get(key)
    if known is None:
        from content.svg import read_svg

        before = files.findings.count
        known = (read_svg(text, Mark(entry.path), files.findings),)
        if files.findings.count == before:
            KNOWN.put(key, known, 50)
    return known[0]
