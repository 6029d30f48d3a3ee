"""The interface's catalogues: collect the texts, bring every language up to date, compile those
that are translated enough to be offered. ``--check`` changes nothing and says what is wrong.

    python config/dev/translations.py [--check]
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from lti_tool.languages import NAMES, TRANSLATIONS, compiled  # noqa: E402 - the path comes first

PROJECT = "SSE Campus"
TEMPLATE = TRANSLATIONS / "messages.pot"
UNUSED = (
    b'"POT-Creation-Date',
    b'"PO-Revision-Date',
    b'"Last-Translator',
    b'"Language-Team',
    b'"Report-Msgid-Bugs-To',
    b'"Generated-By',
)
#: Complete, or the check fails; the others are as far as their translators are.
COMPLETE = ("fr", "ar")
#: The share from which a language is offered. One that is offered stays so.
ENOUGH = 0.9
#: Beside gettext's own names: errors that carry a text for people, and in which place.
KEYWORDS = ["RequestRefused:2", "SessionRejected:2", "LaunchRejected:2", "Refusal:1"]


def extracted() -> Catalog:
    """Every text of the interface, as the template of the catalogues."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    catalog = Catalog(project=PROJECT, header_comment="# The texts of SSE Campus.", fuzzy=False)
    found = extract_from_dir(
        ROOT,
        methods,
        options,
        keywords={**DEFAULT_KEYWORDS, **parse_keywords(KEYWORDS)},
        comment_tags=("NOTE:",),
        strip_comment_tags=True,
        directory_filter=lambda folder: not Path(folder).name.startswith((".", "_", "tests")),
    )
    for path, _, text, comments, context in found:
        catalog.add(text, locations=[(path, None)], auto_comments=comments, context=context)
    return catalog


def catalogue_path(language: str) -> Path:
    return compiled(language).with_suffix(".po")


def read(language: str) -> Catalog:
    """The catalogue of ``language``, as it is on disk; an empty one where there is none."""
    path = catalogue_path(language)
    if not path.is_file():
        title = f"# The {language} texts of SSE Campus."
        return Catalog(locale=language, project=PROJECT, header_comment=title, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def read_compiled(language: str) -> Catalog:
    with compiled(language).open("rb") as file:
        return read_mo(file)


def forms(message: Message) -> tuple[str, ...]:
    """The translations of ``message``: one, or one a plural form."""
    if isinstance(message.string, tuple | list):
        return tuple(message.string)
    return (message.string or "",)


def is_translated(message: Message | None) -> bool:
    return message is not None and all(forms(message)) and not message.fuzzy


def translations(catalog: Catalog) -> dict[object, tuple[str, ...]]:
    """What ``catalog`` says, by text; the header, which holds versions and dates, aside."""
    return {
        item.id if isinstance(item.id, str) else tuple(item.id): forms(item)
        for item in catalog
        if item.id and is_translated(item)
    }


def share(catalog: Catalog) -> float:
    texts = [message for message in catalog if message.id]
    return sum(is_translated(message) for message in texts) / max(len(texts), 1)


def as_po(catalog: Catalog) -> bytes:
    """Without what nobody fills in, and the moment of the extraction: two runs do not differ."""
    stream = BytesIO()
    write_po(stream, catalog, width=100, sort_by_file=True, ignore_obsolete=True)
    lines = stream.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(UNUSED))


def as_mo(language: str) -> bytes:
    """What is translated, and no more: for the rest gettext falls back on the English."""
    catalog = read(language)
    for message in list(catalog):
        if message.id and not is_translated(message):
            catalog.delete(message.id, message.context)
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    stream = BytesIO()
    write_mo(stream, catalog)
    return stream.getvalue()


def update() -> None:
    """Write the template, every catalogue, and the compiled form of those on offer."""
    template = extracted()
    TEMPLATE.write_bytes(as_po(template))
    for language in NAMES:
        if language == "en":
            continue
        catalog = read(language)
        catalog.update(template, no_fuzzy_matching=True)
        catalogue_path(language).parent.mkdir(parents=True, exist_ok=True)
        catalogue_path(language).write_bytes(as_po(catalog))
        catalog = read(language)
        if share(catalog) >= ENOUGH or compiled(language).is_file():
            compiled(language).write_bytes(as_mo(language))
        print(f"{language}: {share(catalog):.0%} of {len(catalog)} texts")


def faults() -> list[str]:
    """What is missing in the catalogues, or older than the texts."""
    template = extracted()
    found = []
    for language in NAMES:
        if language == "en":
            continue
        catalog = read(language)
        for message in template:
            there = catalog.get(message.id, message.context) if message.id else None
            if message.id and there is None:
                found.append(f"{language}: not in the catalogue: {message.id!r}")
            elif message.id and language in COMPLETE and not is_translated(there):
                found.append(f"{language}: not translated: {message.id!r}")
        if compiled(language).is_file() and (
            translations(read_compiled(language)) != translations(catalog)
        ):
            found.append(f"{language}: messages.mo is another than messages.po")
    return found


def main() -> None:
    if sys.argv[1:] != ["--check"]:
        update()
        return
    found = faults()
    print("\n".join(found) or "The catalogues are complete.")
    if found:
        print("Run `make translations`, then translate what is empty.", file=sys.stderr)
        raise SystemExit(1)


if __name__ == "__main__":
    main()
