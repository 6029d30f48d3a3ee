"""The languages of the interface. One is on offer where its catalogue is compiled
(``web/translations/<language>/LC_MESSAGES/messages.mo``): ``make translations`` does that once nine
tenths of it are translated. English needs none: texts are written in it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

TRANSLATIONS = Path(str(resources.files("lti_tool") / "web" / "translations"))

#: Those that have a catalogue, by their own names.
NAMES = {
    "en": "English",
    "fr": "Français",
    "ar": "العربية",
    "it": "Italiano",
    "es": "Español",
    "pt": "Português",
    "el": "Ελληνικά",
    "ro": "Română",
}


def compiled(language: str) -> Path:
    """Where the compiled catalogue of ``language`` is, or would be."""
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.mo"


#: Those on offer.
LANGUAGES = {tag: name for tag, name in NAMES.items() if tag == "en" or compiled(tag).is_file()}


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's programs know
    """``text`` itself: marks one that is written in a table and looked up where it is shown."""
    return text
