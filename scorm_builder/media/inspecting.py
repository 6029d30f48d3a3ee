"""What is wrong with a course's media, as far as a look inside tells: for ``check`` and ``build``.

The look is the one that a build needs anyway: what it makes is kept, and the build finds it there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from content.captions import read_captions
from content.findings import Findings, Mark
from content.media import extension
from content.model import Course, MediaFile, Unit
from content.problems import Problem
from scorm_builder.media.fitted import Fitted, Look
from scorm_builder.media.sniff import Container, starts_late
from scorm_builder.media.used import Use, shown_media, uses

#: Endings, and the containers that they promise.
_PROMISED: Mapping[str, Container] = {
    ".m4a": "mp4",
    ".mp3": "mp3",
    ".mp4": "mp4",
    ".ogg": "ogg",
    ".webm": "webm",
}
#: What the browsers of the last five years play, by container (MDN's tables of codecs).
_PICTURES: Mapping[Container, frozenset[str]] = {
    "mp4": frozenset({"av1", "h264", "vp9"}),
    "webm": frozenset({"av1", "vp8", "vp9"}),
    "ogg": frozenset(),
    "mp3": frozenset(),
}
_SOUNDS: Mapping[Container, frozenset[str]] = {
    "mp4": frozenset({"aac", "mp3", "mp3float", "opus"}),
    "webm": frozenset({"opus", "vorbis"}),
    "ogg": frozenset({"opus", "vorbis"}),
    "mp3": frozenset({"mp3", "mp3float"}),
}
#: H.264 of more than 8 bits, or with full colour, plays in few browsers.
_PIXELS = frozenset({"yuv420p", "yuvj420p"})
#: The decoders' names for codecs, as people know them.
_NAMES = {
    "hevc": "H.265 (HEVC)",
    "mpeg2video": "MPEG-2",
    "mpeg4": "MPEG-4 part 2 (DivX, Xvid)",
    "ac3": "AC-3 (Dolby Digital)",
    "eac3": "E-AC-3 (Dolby Digital Plus)",
    "prores": "ProRes",
    "alac": "Apple Lossless",
}
_REMEDY = (
    "convert it to MP4 with H.264 and AAC (in HandBrake: the preset “Fast 720p30”, and “Web "
    "Optimized”)"
)
#: A smaller file is fetched whole in a moment anyway.
_LATE_MATTERS = 2_000_000


def inspect_media(
    course: Course, units: Iterable[Unit], languages: Iterable[str], fitted: Fitted
) -> tuple[Problem, ...]:
    """Problems of the media that the pages of ``units`` show in ``languages``, sorted by place."""
    findings = Findings()
    found = list(uses(course, units, languages))
    shown = shown_media(found)
    for file, unfit in fitted.prepare(shown):
        findings.error(Mark(file.path), unfit.code, unfit.message, unfit.hint)
    for media in shown:
        if extension(media.path) in _PROMISED:
            _inspect_recording(media, fitted.look(media), findings)
        else:
            _inspect_picture(media, fitted.head(media).kind, findings)
    for use in found:
        _inspect_captions(use, fitted, findings)
    return findings.sorted()


def _inspect_picture(media: MediaFile, kind: str, findings: Findings) -> None:
    ending = extension(media.path)[1:].replace("jpg", "jpeg")
    if kind and kind != ending:
        findings.warning(
            Mark(media.path),
            "media.wrong-ending",
            f"the file is called .{ending}, and is {kind.upper()} inside",
            f"rename it to .{kind}",
        )


def _inspect_recording(media: MediaFile, look: Look, findings: Findings) -> None:
    mark, kind = Mark(media.path), look.container
    if kind is None or look.kept is None:
        findings.warning(
            mark,
            "media.unplayable",
            "this cannot be read as a recording"
            if kind
            else "this begins like no recording that browsers play",
            look.unfit.hint if look.unfit else _REMEDY,
        )
        return
    if _PROMISED[extension(media.path)] != kind:
        findings.warning(
            mark,
            "media.wrong-ending",
            f"the file is called {extension(media.path)}, and is {kind.upper()} inside",
            f"rename it to .{kind}, or export it anew",
        )
    facts = look.kept.facts
    bad = [f"{what} {_NAMES.get(name, name)}" for what, name in _unplayable(kind, facts)]
    if bad:
        findings.error(
            mark,
            "media.codec",
            f"not every browser plays {' and '.join(bad)}",
            _REMEDY,
        )
    elif facts["picture"] == "av1" or kind == "ogg":
        findings.warning(
            mark,
            "media.rare-codec",
            f"browsers of some years ago do not play {'AV1' if facts['picture'] else 'Ogg'}",
            _REMEDY if facts["picture"] else "convert it to MP3 or M4A",
        )
    if facts["located"]:
        findings.warning(
            mark,
            "media.located",
            "the recording tells where on earth it was made",
            "export it without location, unless everybody may know",
        )
    if kind == "mp4" and media.size > _LATE_MATTERS and starts_late(media.source):
        findings.warning(
            mark,
            "media.starts-late",
            "its index stands at the end: on a weak link it starts late, or only when all is there",
            "export it with “Web Optimized” or “fast start”; the quality does not change",
        )


def _unplayable(kind: Container, facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    picture, sound = facts["picture"], facts["sound"]
    if picture and picture not in _PICTURES[kind]:
        yield "video in", picture
    elif picture == "h264" and facts["pixels"] not in _PIXELS:
        yield "H.264 with", f"{facts['pixels']} pixels"
    if sound and sound not in _SOUNDS[kind]:
        yield "sound in", sound


def _inspect_captions(use: Use, fitted: Fitted, findings: Findings) -> None:
    """Captions that go on after the end are most often another video's."""
    captions = use.beside.get("captions")
    if captions is None or extension(use.media.path) not in _PROMISED:
        return
    kept = fitted.look(use.media).kept
    seconds = kept.facts["seconds"] if kept else None
    if seconds is None:
        return
    try:
        text = captions.source.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return  # Reading the course has said so.
    cues = read_captions(text.replace("\r\n", "\n"), Mark(captions.path), Findings())
    late = next((cue for cue in cues if cue.end > (seconds + 1) * 1000), None)
    if late:
        findings.warning(
            Mark(captions.path, late.line, 1),
            "media.captions-late",
            f"this cue ends after “{use.media.path}”, which lasts {seconds} s",
            "are these the captions of another recording, or of a longer cut of it?",
        )
