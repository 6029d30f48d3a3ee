"""Lists of choices and options, and what makes any list of a question unusable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from content.findings import Mark
from content.model import Choice, LocalizedText, Option
from content.reader import Fields


def report_duplicates(marks: Iterable[tuple[str, Mark]], fields: Fields, what: str) -> None:
    """``id.duplicate`` for each id that stood before; empty ids were reported already."""
    first: dict[str, Mark] = {}
    for identifier, mark in marks:
        if identifier and identifier in first:
            before = first[identifier]
            place = f"line {before.line}"
            if before.path != mark.path:
                place += f" of {before.path}"
            fields.findings.error(
                mark,
                "id.duplicate",
                f"the {what} “{identifier}” stands here and on {place}",
                "give one of them another id",
            )
        first.setdefault(identifier, mark)


def ids_of(children: list[Fields]) -> list[tuple[str, Mark]]:
    """The ``id`` of each mapping, with its place."""
    return [(child.text("id", required=False), child.at("id")) for child in children]


def need(fields: Fields, key: str, children: list[Fields], least: int) -> None:
    """``question.too-few`` where some stand, but fewer than make sense."""
    if 0 < len(children) < least:
        fields.wrong(
            key,
            "question.too-few",
            f"“{key}” needs at least {least} entries to be a question",
            "add what learners would confuse it with",
        )


def report_same_texts(fields: Fields, key: str, texts: list[LocalizedText]) -> None:
    """``question.same-text`` where learners of a language could not tell entries apart."""
    for language in fields.reading.languages:
        counts = Counter(" ".join(text[language].split()) for text in texts if language in text)
        for text, count in counts.items():
            if count > 1:
                fields.wrong(
                    key,
                    "question.same-text",
                    f"{count} entries of “{key}” read “{text[:60]}” in “{language}”",
                    "learners cannot tell them apart: reword one",
                )


def read_choices(
    fields: Fields, key: str = "choices", *, several: bool = False
) -> tuple[Choice, ...]:
    """The choices of the list ``key``; one is correct or, with ``several``, at least one."""
    children = fields.children(key, "choice")
    need(fields, key, children, 2)
    report_duplicates(ids_of(children), fields, "choice")
    choices = tuple(_choice(child) for child in children)
    right = sum(choice.correct for choice in choices)
    if choices and not right:
        fields.wrong(
            key,
            "question.no-correct",
            f"no entry of “{key}” is correct",
            "add “correct: true” to the right one",
        )
    if right > 1 and not several:
        fields.wrong(
            key,
            "question.many-correct",
            f"{right} entries of “{key}” are correct, where one must be",
            "keep one “correct: true”, or make the question multiple-choice",
        )
    report_same_texts(fields, key, [choice.text for choice in choices])
    return choices


def _choice(fields: Fields) -> Choice:
    choice = Choice(
        id=fields.identifier(),
        text=fields.localized("text"),
        feedback=fields.localized("feedback"),
        correct=fields.flag("correct", False),
    )
    fields.done()
    return choice


def _option(fields: Fields) -> Option:
    option = Option(fields.identifier(), fields.localized("text"))
    fields.done()
    return option


def read_options(fields: Fields, key: str, least: int) -> tuple[Option, ...]:
    children = fields.children(key, "option", required=least > 1)
    need(fields, key, children, least)
    report_duplicates(ids_of(children), fields, "option")
    options = tuple(_option(child) for child in children)
    report_same_texts(fields, key, [option.text for option in options])
    return options
