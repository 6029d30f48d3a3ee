"""Names that an archive, a manifest and a download may carry anywhere: ASCII, short, stable.

Identifiers come from the author's ids and nothing else, so that an update in the LMS finds the
attempts of the version before (Moodle matches tracks by item identifier).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from content.model import Course, Unit
from scorm_builder.order import Order

_SAFE_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*\Z")
#: What XML readers and lines may break at. No-break spaces stay: French stands on them.
_BLANKS = re.compile("[ \t\r\n\x0b\x0c\x85\u2028\u2029]+")
_XML_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: Item and organization titles: 1.2's schema allows 200 characters, Moodle's table 255.
TITLE_LIMIT = 200


def archive_name(path: str) -> str:
    """The name of a course's file inside the package.

    Plain names stay as they are. Others (spaces, accents, Arabic) become an ASCII slug with a hash
    of the full path, since some LMSs unpack non-ASCII names wrongly and two slugs may coincide.
    """
    if _SAFE_PATH.match(path) and len(path) <= 150:
        return path
    folder, _, name = path.rpartition("/")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    digest = hashlib.sha256(path.encode("utf-8")).hexdigest()[:10]
    parts = [slug(part) for part in folder.split("/") if part]
    last = f"{slug(stem)}-{digest}" + (f".{slug(extension)}" if dot else "")
    return "/".join([*parts, last])


def slug(text: str) -> str:
    """``text`` in lower-case ASCII letters, digits and hyphens; ``x`` where nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40].strip("-") or "x"


def package_name(order: Order) -> str:
    """``<course>[-<unit>]-<language|multi>-<format>[-light]`` and the format's suffix, but for the
    slash of a folder."""
    unit = [order.unit.id] if order.unit else []
    light = ["light"] if order.light else []
    parts = [order.course.id, *unit, order.language_tag, order.form.name, *light]
    return "-".join(parts) + order.form.suffix.rstrip("/")


def identifier(kind: str, course: Course, unit: Unit | None, language: str | None = None) -> str:
    """An XML ID such as ``item.sse-management.a1``: the author's ids, and what it identifies.

    Ids never hold a dot, so two different ones never make the same identifier.
    """
    parts = [kind, course.id, *([unit.id] if unit else []), *([language] if language else [])]
    return ".".join(parts)


def xml_text(text: str, limit: int | None = None) -> str:
    """``text`` fit for XML 1.0, on one line, cut at a word to ``limit`` characters."""
    clean = _BLANKS.sub(" ", _XML_FORBIDDEN.sub("", text)).strip(" ")
    if limit is None or len(clean) <= limit:
        return clean
    cut = clean[: limit - 1]
    at_word = cut.rpartition(" ")[0]
    if len(at_word) > limit // 2:
        cut = at_word
    while cut and unicodedata.combining(cut[-1]):
        cut = cut[:-1]
    return cut.rstrip() + "…"
