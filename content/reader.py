"""Typed reading of YAML nodes: each reader returns a usable value whatever it finds, and records
what was wrong, so that one run shows everything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from content.findings import Findings, Mark
from content.ids import did_you_mean, is_id
from content.loaded import Inline
from content.model import LocalizedText
from content.source import Mapping, Node, Scalar, Sequence

_INTEGER = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Reading:
    """What every reader needs: the course's languages and where problems go."""

    languages: tuple[str, ...]
    findings: Findings
    #: Every text read, for the checks that follow.
    inlines: list[Inline] = field(default_factory=list)


class Fields:
    """The fields of one YAML mapping. ``kind`` names it in messages: “choice”, “unit.yaml”."""

    def __init__(self, reading: Reading, node: Node | None, mark: Mark, kind: str) -> None:
        self.reading = reading
        self.findings = reading.findings
        self.kind = kind
        self.mark = node.mark if node else mark
        self._known: dict[str, None] = {}
        #: Nothing could be read here, which is said already: absent fields go unmentioned.
        self.broken = False
        if isinstance(node, Mapping):
            self.node = node
        else:
            self.node = Mapping(self.mark)
            if node is not None and not (isinstance(node, Scalar) and node.empty):
                self.findings.error(
                    self.mark,
                    "field.type",
                    f"a {kind} must be a list of “key: value” lines",
                    "compare with the example in docs/course-format.md",
                )
                self.broken = True

    def at(self, key: str) -> Mark:
        """Where ``key``'s value stands, or where the mapping begins."""
        node = self.node.items.get(key)
        return node.mark if node else self.mark

    def key_at(self, key: str) -> Mark:
        return self.node.keys.get(key, self.mark)

    def has(self, key: str) -> bool:
        self._known[key] = None
        node = self.node.items.get(key)
        return node is not None and not (isinstance(node, Scalar) and node.empty)

    def node_of(self, key: str, *, required: bool) -> Node | None:
        """The value of ``key``; None if it is absent or empty (a problem when ``required``)."""
        if self.has(key):
            return self.node.items[key]
        if required:
            self._missing(key)
        return None

    def _missing(self, key: str) -> None:
        if not self.broken:
            self.findings.error(
                self.key_at(key),
                "field.missing",
                f"the {self.kind} has no “{key}”",
                f"add “{key}: …”",
            )

    def wrong(self, key: str, code: str, message: str, hint: str) -> None:
        self.findings.error(self.at(key), code, message, hint)

    def text(self, key: str, *, required: bool = True, default: str = "") -> str:
        node = self.node_of(key, required=required)
        if node is None:
            return default
        if isinstance(node, Scalar):
            text = node.text.strip()
            if required and not text:
                self._missing(key)
            return text
        self.wrong(key, "field.type", f"“{key}” must be one text", "remove the brackets or dashes")
        return default

    def identifier(self, key: str = "id", *, required: bool = True) -> str:
        text = self.text(key, required=required)
        if text and not is_id(text):
            self.wrong(
                key,
                "id.invalid",
                f"“{text[:80]}” cannot be an identifier",
                "use up to 64 lower-case letters a–z, digits and hyphens, starting with a letter",
            )
            return ""
        return text

    def one_of(self, key: str, known: list[str], code: str, *, required: bool = True) -> str:
        """An id out of ``known``; empty after a problem ``code``."""
        text = self.text(key, required=required)
        if text and text not in known:
            self.wrong(
                key, code, f"there is no {key} “{text[:80]}” here", did_you_mean(text, known)
            )
            return ""
        return text

    def integer(self, key: str, low: int, high: int, default: int | None = None) -> int:
        fallback = low if default is None else default
        text = self.text(key, required=default is None)
        if not text:
            return fallback
        if _INTEGER.fullmatch(text) and low <= int(text) <= high:
            return int(text)
        self.wrong(
            key,
            "field.value",
            f"“{key}” must be a whole number from {low} to {high}, not “{text[:40]}”",
            f"write a number from {low} to {high}, in digits",
        )
        return fallback

    def decimal(self, key: str, default: Decimal | None = None) -> Decimal:
        text = self.text(key, required=default is None)
        if not text:
            return Decimal(0) if default is None else default
        return self.decimal_from(key, text)

    def decimal_from(self, key: str, text: str) -> Decimal:
        if _DECIMAL.fullmatch(text):
            return Decimal(text)
        self.wrong(
            key,
            "field.value",
            f"“{key}” must be a number, not “{text[:40]}”",
            "write it with a point and without grouping, such as 1250.5",
        )
        return Decimal(0)

    def flag(self, key: str, default: bool | None) -> bool:
        text = self.text(key, required=default is None)
        if not text:
            return bool(default)
        if text in _FLAGS:
            return _FLAGS[text]
        self.wrong(
            key,
            "field.value",
            f"“{key}” must be true or false, not “{text[:40]}”",
            "write true or false",
        )
        return bool(default)

    def sequence(self, key: str, *, required: bool = True) -> list[Node]:
        node = self.node_of(key, required=required)
        if node is None:
            return []
        if isinstance(node, Sequence):
            if required and not node.items:
                self.wrong(key, "field.missing", f"“{key}” is empty", "add at least one entry")
            return node.items
        self.wrong(
            key, "field.type", f"“{key}” must be a list", "begin each entry with a dash, or use [ ]"
        )
        return []

    def children(self, key: str, kind: str, *, required: bool = True) -> list[Fields]:
        """The mappings of the list ``key``."""
        return [
            Fields(self.reading, node, node.mark, kind)
            for node in self.sequence(key, required=required)
        ]

    def texts(self, key: str, *, required: bool = True) -> list[tuple[str, Mark]]:
        """The texts of the list ``key`` with their places; none is empty."""
        return list(self._texts(key, self.sequence(key, required=required)))

    def _texts(self, key: str, nodes: list[Node]) -> Iterator[tuple[str, Mark]]:
        for node in nodes:
            if isinstance(node, Scalar) and node.text.strip() and not node.empty:
                yield node.text.strip(), node.mark
            else:
                self.findings.error(
                    node.mark,
                    "field.type",
                    f"an entry of “{key}” must be one text",
                    "remove the entry, or write one word or sentence",
                )

    def localized(self, key: str, *, required: bool = True) -> LocalizedText:
        """The text of ``key`` in every language of the course; what is missing is a problem."""
        entries = self.by_language(key, required=required)
        texts: dict[str, str] = {}
        for language, node in entries.items():
            if not isinstance(node, Scalar):
                self.findings.error(
                    node.mark, "field.type", f"“{key}” must be one text", "remove the list"
                )
                continue
            texts[language] = node.text.strip()
            self.reading.inlines.append(Inline(texts[language], language, node.mark))
        return texts

    def by_language(self, key: str, *, required: bool = True) -> dict[str, Node]:
        """The node of each language of ``key``, in the course's order."""
        node = self.node_of(key, required=required)
        if node is None:
            return {}
        languages = self.reading.languages
        example = ", ".join(f"{language}: …" for language in languages)
        if not isinstance(node, Mapping):
            self.wrong(
                key,
                "field.type",
                f"“{key}” must give a text for each language",
                f"write {{{example}}}",
            )
            return {}
        for language, mark in node.keys.items():
            if languages and language not in languages:
                self.findings.error(
                    mark,
                    "translation.unknown-language",
                    f"“{language[:40]}” is not a language of this course",
                    f"the languages in course.yaml are {', '.join(languages)}",
                )
        found: dict[str, Node] = {}
        for language in languages:
            value = node.items.get(language)
            if value is None or (isinstance(value, Scalar) and not value.text.strip()):
                self.findings.error(
                    node.keys.get(language, node.mark),
                    "translation.missing",
                    f"“{key}” has no text in “{language}”",
                    f"write {{{example}}}",
                )
            else:
                found[language] = value
        return found

    def done(self) -> None:
        """Report the keys that nobody asked for."""
        for key, mark in self.node.keys.items():
            if key not in self._known:
                self.findings.error(
                    mark,
                    "field.unknown",
                    f"a {self.kind} has no field “{key[:80]}”",
                    did_you_mean(key, self._known),
                )
