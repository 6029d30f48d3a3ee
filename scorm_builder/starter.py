"""``scorm-builder new``: a course to write over, made from one of ``templates/``.

A template is a course in which texts that stand in each language are names: ``title: @unit.title``.
``words.<language>.yaml`` beside it has the words; its pages are there in each language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml

from scorm_builder.names import slug

#: Name → what it makes. The first is the default.
TEMPLATES = {
    "unit": "two pages, a glossary term, a check and a quiz",
    "quiz": "a quiz that draws its questions anew for each attempt",
    "case-study": "a case told over three pages, with figures and a decision",
    "trainers-guide": "a unit for the room, with its trainer guide",
}
#: The languages in which templates have texts; others get those of the first.
READY_LANGUAGES = ("en", "fr", "ar")
DEFAULT_LANGUAGES = ("en", "fr")

_COURSE_ID = "COURSE-ID"
_TEXT = re.compile(r"( *(?:- )?)([a-z_]+): @([a-z0-9.-]+)( *#.*)?")
_PAGE = re.compile(r"(.+)\.([a-z]{2})\.md")
#: Text that YAML reads as it stands, in a block.
_PLAIN = re.compile(r"\w[^:#\n]*", re.UNICODE)


class FolderInUseError(Exception):
    """The folder holds something already; nothing was written."""


def make_course(
    folder: Path, *, template: str = "unit", languages: Sequence[str] = DEFAULT_LANGUAGES
) -> list[Path]:
    """Write a course of ``template`` in ``languages`` into ``folder``, new or empty; returns the
    files made.

    Its id comes from the folder's name. Raises ``FolderInUseError``, ``KeyError`` for a template
    that is not among ``TEMPLATES``, and ``OSError`` where the folder cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUseError(f"{folder} is not empty: name a new folder, or an empty one.")
    if template not in TEMPLATES:
        raise KeyError(template)
    source = files("scorm_builder") / "templates" / template
    words = {language: _words(source, text_language(language)) for language in languages}
    made: list[Path] = []
    _copy(source, folder, course_id(folder), words, made)
    return made


def text_language(language: str) -> str:
    """The language of the texts that a course in ``language`` begins with."""
    primary = language.split("-")[0]
    return primary if primary in READY_LANGUAGES else READY_LANGUAGES[0]


def course_id(folder: Path) -> str:
    """The folder's name as an id: lower-case ASCII, beginning with a letter."""
    name = slug(folder.resolve().name)
    return name if name[0].isalpha() else f"course-{name}"


def _words(source: Traversable, language: str) -> Mapping[str, str]:
    words: Mapping[str, str] = yaml.safe_load(
        (source / f"words.{language}.yaml").read_text(encoding="utf-8")
    )
    return words


def _copy(
    source: Traversable,
    target: Path,
    identifier: str,
    words: Mapping[str, Mapping[str, str]],
    made: list[Path],
) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for entry in sorted(source.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            _copy(entry, target / entry.name, identifier, words, made)
            continue
        if entry.name.startswith("words."):
            continue
        text = entry.read_text(encoding="utf-8")
        page = _PAGE.fullmatch(entry.name)
        if page:
            for language in words:
                if text_language(language) == page[2]:
                    _write(target / f"{page[1]}.{language}.md", text, made)
        elif entry.name.endswith(".yaml"):
            _write(target / entry.name, _worded(text, identifier, words), made)
        else:
            _write(target / entry.name, text, made)


def _write(path: Path, text: str, made: list[Path]) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
    made.append(path)


def _worded(text: str, identifier: str, words: Mapping[str, Mapping[str, str]]) -> str:
    """The YAML with each ``@name`` replaced by the words in every language."""
    lines = []
    for line in text.replace(_COURSE_ID, identifier).splitlines():
        found = _TEXT.fullmatch(line)
        if found is None:
            lines.append(line)
            continue
        lead, key, name, comment = found[1], found[2], found[3], found[4] or ""
        if name == "languages":
            lines.append(f"{lead}{key}: [{', '.join(words)}]{comment}")
            continue
        lines.append(f"{lead}{key}:{comment}")
        lines += [
            f"{' ' * len(lead)}  {language}: {_scalar(texts[name])}"
            for language, texts in words.items()
        ]
    return "\n".join(lines) + "\n"


def _scalar(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
