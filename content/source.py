"""YAML that keeps the line and column of every key and value, and front matter.

Built from parser events instead of composed nodes: the C composer recurses without a bound, so
that a hundred kilobytes of ``[`` would end the process. Scalars stay text, exactly as written: only
the reader who wants a number or a yes asks for one, so ``no`` is Norwegian and ``1.10`` a version.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeAlias

from content.files import CONTROLS
from content.findings import Findings, Mark
from content.memo import KNOWN, key_of

if TYPE_CHECKING:
    import yaml

MAX_DEPTH = 16
_PLAIN_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Scalar(NamedTuple):
    """Text as written. ``empty`` where nothing (or ``null``) stands without quotes."""

    mark: Mark
    text: str
    plain: bool = True

    @property
    def empty(self) -> bool:
        return self.plain and self.text in _PLAIN_NULLS


@dataclass(slots=True)
class Sequence:
    mark: Mark
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    mark: Mark
    items: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Mark] = field(default_factory=dict)


Node: TypeAlias = Scalar | Sequence | Mapping


class _RefusedError(Exception):
    """Reading stops at a problem that is already among the findings."""


def parse_yaml(text: str, mark: Mark, findings: Findings, *, first_line: int = 1) -> Node | None:
    """The one document in ``text`` with positions; None after a problem or if there is nothing.

    ``first_line`` is the line of the file on which ``text`` begins. Problems: ``yaml.syntax``,
    ``field.duplicate``, ``yaml.alias``, ``yaml.tag``, ``yaml.depth``.
    """
    key = key_of("yaml", first_line, text)
    known = KNOWN.get(key)
    if known is not None:
        return _unfolded(known, mark.path)
    before = findings.count
    node = _parsed(text, mark, findings, first_line)
    if node is not None and findings.count == before:
        KNOWN.put(key, _folded(node), len(text) + 100)
    return node


def _parsed(text: str, mark: Mark, findings: Findings, first_line: int) -> Node | None:
    import yaml

    builder = _Builder(mark, findings, first_line)
    try:
        return builder.build(yaml.parse(text, Loader=yaml.CSafeLoader))
    except _RefusedError:
        return None
    except yaml.MarkedYAMLError as error:
        where = error.problem_mark or error.context_mark
        place = mark.at(where.line + first_line, where.column + 1) if where else mark
        findings.error(place, "yaml.syntax", _plain_words(error, first_line), _hint(error))
    except yaml.YAMLError as error:
        findings.error(mark, "yaml.syntax", str(error), "remove what is not plain text")
    return None


def _folded(node: Node) -> tuple[Any, ...]:
    """``node`` as plain values, without the name of its file."""
    _, line, column = node.mark
    if isinstance(node, Scalar):
        return line, column, node.text, node.plain
    if isinstance(node, Sequence):
        return line, column, [_folded(item) for item in node.items]
    keys = {key: (mark.line, mark.column) for key, mark in node.keys.items()}
    return line, column, keys, [_folded(item) for item in node.items.values()], list(node.items)


def _unfolded(known: tuple[Any, ...], path: str) -> Node:
    line, column, *rest = known
    mark = Mark(path, line, column)
    if len(rest) == 2:
        return Scalar(mark, rest[0], rest[1])
    if len(rest) == 1:
        return Sequence(mark, [_unfolded(item, path) for item in rest[0]])
    keys, values, names = rest
    items = {name: _unfolded(item, path) for name, item in zip(names, values, strict=True)}
    return Mapping(mark, items, {key: Mark(path, *place) for key, place in keys.items()})


class _Builder:
    """Folds parser events into nodes with a stack of its own."""

    def __init__(self, mark: Mark, findings: Findings, first_line: int) -> None:
        self._mark = mark
        self._findings = findings
        self._first_line = first_line
        self._stack: list[Sequence | Mapping] = []
        self._pending: list[tuple[str, Mark] | None] = []
        self._root: Node | None = None
        self._refused = False

    def build(self, events: Iterator[yaml.Event]) -> Node | None:
        import yaml

        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(
                        event,
                        "yaml.syntax",
                        "a second document begins here",
                        "remove the line “---”: one file holds one document",
                    )
            elif isinstance(event, yaml.NodeEvent):
                self._node(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._stack.pop()
                self._pending.pop()
        if self._refused:
            raise _RefusedError
        return None if isinstance(self._root, Scalar) and self._root.empty else self._root

    def _place(self, event: yaml.Event) -> Mark:
        start = event.start_mark
        return (
            self._mark.at(start.line + self._first_line, start.column + 1) if start else self._mark
        )

    def _refuse(self, event: yaml.Event, code: str, message: str, hint: str) -> NoReturn:
        self._refuse_later(event, code, message, hint)
        raise _RefusedError

    def _refuse_later(self, event: yaml.Event, code: str, message: str, hint: str) -> None:
        """Report a problem behind which others can still be seen."""
        self._findings.error(self._place(event), code, message, hint)
        self._refused = True

    def _node(self, event: yaml.NodeEvent) -> None:
        import yaml

        if isinstance(event, yaml.AliasEvent) or event.anchor:
            name = f"{'*' if isinstance(event, yaml.AliasEvent) else '&'}{event.anchor}"
            self._refuse_later(
                event,
                "yaml.alias",
                f"“{name}” is a YAML anchor or alias, which courses may not use",
                "write the value out, or put it in quotes if it begins with & or *",
            )
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            self._refuse_later(
                event,
                "yaml.tag",
                f"“{tag}” is a YAML tag, which courses may not use",
                "remove it, or put the value in quotes if it begins with !",
            )
        mark = self._place(event)
        if isinstance(event, yaml.AliasEvent):
            self._put(Scalar(mark, f"*{event.anchor}"), event)
            return
        if isinstance(event, yaml.ScalarEvent):
            if CONTROLS.search(event.value):
                self._refuse(
                    event,
                    "yaml.syntax",
                    "this text holds a control character",
                    "take the escape out of it, such as \\b or \\0",
                )
            self._put(Scalar(mark, event.value, plain=not event.style), event)
            return
        if len(self._stack) >= MAX_DEPTH:
            self._refuse(
                event,
                "yaml.depth",
                f"values are nested more than {MAX_DEPTH} deep",
                "compare with the examples in docs/course-format.md",
            )
        node: Sequence | Mapping = (
            Mapping(mark) if isinstance(event, yaml.MappingStartEvent) else Sequence(mark)
        )
        self._put(node, event)
        self._stack.append(node)
        self._pending.append(None)

    def _put(self, node: Node, event: yaml.NodeEvent) -> None:
        if not self._stack:
            self._root = node
            return
        parent = self._stack[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        key = self._pending[-1]
        if key is not None:
            parent.items[key[0]] = node
            self._pending[-1] = None
            return
        if not isinstance(node, Scalar):
            self._refuse(
                event, "yaml.syntax", "a key must be one word", "put quotes around “{” or “[”"
            )
        if node.text in parent.keys:
            first = parent.keys[node.text].line
            self._findings.error(
                node.mark,
                "field.duplicate",
                f"the key “{node.text[:80]}” stands here and on line {first}",
                "keep one of them",
            )
        parent.keys[node.text] = node.mark
        self._pending[-1] = (node.text, node.mark)


def _plain_words(error: yaml.MarkedYAMLError, first_line: int) -> str:
    problem = error.problem or "it cannot be understood"
    if "cannot start any token" in problem:
        return "this character cannot begin a value"
    if "mapping values are not allowed" in problem:
        return "there is a colon where none is expected"
    context = f" ({error.context})" if error.context else ""
    if context and error.context_mark:
        context = f" ({error.context} that begins on line {error.context_mark.line + first_line})"
    return f"this is not valid YAML: {problem}{context}"


def _hint(error: yaml.MarkedYAMLError) -> str:
    problem = f"{error.problem} {error.context}"
    if "mapping values" in problem:
        return "put text that contains “: ” in quotes, and check the indentation"
    if "cannot start any token" in problem:
        return "indent with spaces, not tabs; put text beginning with @ or ` or % in quotes"
    if "quoted scalar" in problem:
        return "a quotation mark is opened and not closed, or stands inside its own kind"
    if "flow" in problem:
        return "a { or [ is not closed, a comma is missing, or text with , or } needs quotes"
    return "check indentation (spaces only), colons and quotation marks on this line and above"


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The YAML at the head of a page and the Markdown after it. ``broken`` where the YAML could not
    be read, which is said already."""

    fields: Node | None
    body: str
    body_line: int
    broken: bool = False


def split_front_matter(text: str, mark: Mark, findings: Findings) -> FrontMatter:
    """Separate the block between the first ``---`` and the next from the Markdown below it.

    No block, or one that is not closed, is ``page.front-matter``; then all of ``text`` is the body.
    """
    lines = text.split("\n")
    if lines[0].rstrip() == "---":
        for number, line in enumerate(lines[1:], 1):
            if line.rstrip() in ("---", "..."):
                before = findings.count
                fields = parse_yaml("\n".join(lines[1:number]), mark, findings, first_line=2)
                body = "\n".join(lines[number + 1 :])
                return FrontMatter(fields, body, number + 2, findings.count > before)
        problem = "the front matter that begins here is not closed"
    else:
        problem = "the page does not begin with front matter"
    findings.error(
        mark.at(1),
        "page.front-matter",
        problem,
        "begin the file with a line ---, a line “title: …”, and a line ---",
    )
    return FrontMatter(None, text, 1, broken=True)
