"""Pictures, recordings and downloads → HTML. What browsers load, they load when it is wanted:
pictures as they come into sight, recordings when a learner starts them.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from content.directives import Directive
from content.media import extension, find_media, find_transcript
from content.model import MediaFile
from content.page_context import PageContext
from content.showing import Picture, Recording

#: What browsers show beside the captions' button; the language's own name for itself.
ENDONYMS = {
    "ar": "العربية",
    "bg": "Български",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "hr": "Hrvatski",
    "it": "Italiano",
    "pt": "Português",
    "ro": "Română",
    "sl": "Slovenščina",
    "tr": "Türkçe",
}
_BYTE_UNITS = {"fr": ("ko", "Mo"), "ar": ("ك.ب", "م.ب")}
#: How wide a picture stands: the text's measure (--sse-measure in player/styles/look.css), or
#: the phone's width less the margins.
_SIZES = "(min-width: 44rem) 41rem, 92vw"
#: Of several widths, the least that is good anywhere.
_PLAIN_WIDTH = 960


class MediaMarkup:
    """The media of one page. ``inline`` and ``transcript`` render Markdown; ``urls`` collects the
    addresses given out, the only ones that may stay in the page."""

    def __init__(
        self,
        context: PageContext,
        *,
        inline: Callable[[str], str],
        transcript: Callable[[str], str],
        urls: set[str],
    ) -> None:
        self._course = context.course
        self._unit = context.unit
        self._language = context.language
        self._words = context.words
        self._media_url = context.media_url
        self._showing = context.showing
        self._inline = inline
        self._read = transcript
        self._urls = urls

    def render(self, directive: Directive) -> str:
        """The HTML of a figure, download, video or audio; empty where its file is not there."""
        media = self._find(directive.argument)
        if media is None:
            return ""
        if directive.name == "figure":
            return self._figure(directive, media)
        if directive.name == "download":
            return self._download(directive, media)
        recording = self._showing.recording(media)
        if recording.file is None:
            return self._left_out(directive, recording)
        return self._player(directive, recording, recording.file)

    def _find(self, name: str) -> MediaFile | None:
        return find_media(self._course, self._unit, name, self._language) if name else None

    def _url(self, media: MediaFile) -> str:
        url = self._media_url(media.path)
        self._urls.add(url)
        return escape(url)

    def _size(self, media: MediaFile) -> str:
        return format_size(media.size, self._language)

    def _credit(self, directive: Directive) -> str:
        if not directive.text("credit"):
            return ""
        # The words are plain text, the credit is Markdown: they meet after both are safe.
        words = escape(self._words("block.credit", credit="\0"))
        credit = words.replace("\0", self._inline(directive.text("credit")))
        return f'<small class="credit">{credit}</small>'

    def _figure(self, directive: Directive, media: MediaFile) -> str:
        image = self._image(self._showing.picture(media), directive.text("alt"))
        caption = " ".join(
            part
            for part in (self._inline(directive.text("caption")), self._credit(directive))
            if part
        )
        return f'<figure class="figure">{image}<figcaption>{caption}</figcaption></figure>\n'

    def _image(self, picture: Picture, alt: str) -> str:
        plain = _plain(picture)
        several = ""
        if len(picture.files) > 1:
            each = ", ".join(f"{self._url(file)} {file.width}w" for file in picture.files)
            several = f' srcset="{each}" sizes="{_SIZES}"'
        widest = picture.widest
        size = f' width="{widest.width}" height="{widest.height}"' if widest.width else ""
        return (
            f'<img src="{self._url(plain)}"{several} '
            f'alt="{escape(alt)}" loading="lazy" decoding="async"{size}>'
        )

    def _download(self, directive: Directive, media: MediaFile) -> str:
        title = self._inline(directive.text("title")) or escape(directive.argument)
        name = escape(media.path.rpartition("/")[2])
        kind = extension(media.path)[1:].upper()
        size = escape(self._size(media))
        return (
            f'<p class="download"><a href="{self._url(media)}" download="{name}">{title}</a> '
            f'<span class="file-size"><bdi>{kind}</bdi> · <bdi>{size}</bdi></span> '
            f"{self._credit(directive)}</p>\n"
        )

    def _player(self, directive: Directive, recording: Recording, file: MediaFile) -> str:
        name, title = directive.name, directive.text("title")
        extra = ""
        if name == "video":
            poster = self._poster(directive, recording)
            extra = f' poster="{self._url(poster)}"' if poster else ""
            if recording.width:
                extra += f' width="{recording.width}" height="{recording.height}"'
            extra += " playsinline"
        # Where its length is told beside it, nothing of it is loaded before it is started.
        preload = "metadata" if recording.seconds is None else "none"
        return (
            f'<figure class="media media-{name}">'
            f'<{name} controls preload="{preload}" src="{self._url(file)}" '
            f'aria-label="{escape(title)}"{extra}>{self._captions(directive)}</{name}>'
            f"<figcaption>{self._inline(title)} {self._facts(name, recording.seconds, file)} "
            f"{self._credit(directive)}</figcaption>"
            f"{self._transcript(directive)}</figure>\n"
        )

    def _poster(self, directive: Directive, recording: Recording) -> MediaFile | None:
        """The author's own before one that was taken from the video."""
        own = self._find(directive.text("poster"))
        picture = self._showing.picture(own) if own else recording.poster
        return _plain(picture) if picture else None

    def _facts(self, kind: str, seconds: int | None, file: MediaFile) -> str:
        """“Video · 4 minutes · 12 MB”: what starting it costs, before it does."""
        facts = [self._words(f"block.{kind}")]
        if seconds is not None:
            minutes = round(seconds / 60)
            facts.append(
                self._words("block.minutes", n=minutes)
                if seconds >= 60
                else self._words("block.seconds", n=max(1, seconds))
            )
        facts.append(self._size(file))
        shown = " · ".join(f"<bdi>{escape(fact)}</bdi>" for fact in facts)
        return f'<span class="file-size">{shown}</span>'

    def _left_out(self, directive: Directive, recording: Recording) -> str:
        """What stands for a recording in an edition without it: its first sight, a note that says
        so, its sound or the way to where it can be watched, and its transcript, open."""
        online, sound = directive.text("online"), recording.sound
        note = "block.light-sound" if sound else "block.light-text"
        title, body = directive.text("title"), ""
        own = self._find(directive.text("poster"))
        poster = self._showing.picture(own) if own else recording.poster
        if poster:
            body += self._image(poster, "")
        size = self._size(recording.original)
        body += f'<p class="media-light-note">{escape(self._words(note, size=size))}</p>'
        if online:
            words = escape(self._words("block.light-online"))
            body += (
                f'<p><a href="{escape(online)}" rel="noopener noreferrer" '
                f'target="_blank">{words}</a></p>'
            )
        facts = ""
        if sound:
            body += (
                f'<audio controls preload="none" src="{self._url(sound)}" '
                f'aria-label="{escape(title)}"></audio>'
            )
            facts = self._facts("audio", recording.seconds, sound)
        return (
            f'<figure class="media media-light">{body}'
            f"<figcaption>{self._inline(title)} {facts} {self._credit(directive)}</figcaption>"
            f"{self._transcript(directive, opened=True)}</figure>\n"
        )

    def _captions(self, directive: Directive) -> str:
        captions = self._find(directive.text("captions"))
        if captions is None:
            return ""
        language = self._language
        label = ENDONYMS.get(language.split("-")[0], language)
        return (
            f'<track kind="captions" src="{self._url(captions)}" srclang="{escape(language)}" '
            f'label="{escape(label)}" default>'
        )

    def _transcript(self, directive: Directive, *, opened: bool = False) -> str:
        name, text = directive.text("transcript"), directive.text("transcript_text")
        path = find_transcript(self._course, self._unit, name, self._language) if name else None
        if path:
            text = self._course.transcripts[path]
        if not text:
            return ""
        summary, state = escape(self._words("block.transcript")), " open" if opened else ""
        return (
            f'<details class="transcript"{state}><summary>{summary}</summary>'
            f"{self._read(text)}</details>"
        )


def _plain(picture: Picture) -> MediaFile:
    """The one width for where browsers cannot choose."""
    wide = (file for file in picture.files if (file.width or 0) >= _PLAIN_WIDTH)
    return next(wide, picture.widest)


def format_size(size: int, language: str) -> str:
    """“120 KB”, “1.2 MB”, as ``language`` writes it."""
    primary = language.split("-")[0]
    kilo, mega = _BYTE_UNITS.get(primary, ("KB", "MB"))
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))}\u00a0{kilo}"
    number = f"{size / 1_000_000:.1f}"
    return f"{number if primary == 'en' else number.replace('.', ',')}\u00a0{mega}"
