"""Whatever stands in a YAML file or a course: it is read, or refused with a place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.findings import Findings
from content.load import load_course
from content.source import Mapping, Node, Scalar, Sequence, parse_yaml, split_front_matter
from tests.hostile.content.anything import EXAMPLES, MARK
from tests.unit.content.courses import make_course

YAML_PIECES = st.sampled_from(
    [
        "a: ",
        "b: ",
        "- ",
        "\n",
        "  ",
        "\t",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "#",
        "'",
        '"',
        "|\n",
        ">\n",
        "&a ",
        "*a",
        "!!str ",
        "!x ",
        "? ",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "null",
        "~",
        "yes",
        "é",
        "\x07",
    ]
)


YAML = st.lists(YAML_PIECES | st.text(max_size=6), max_size=30).map("".join)


@EXAMPLES
@given(YAML, st.integers(1, 50))
def test_yaml_is_read_or_refused_with_a_place(text: str, first_line: int) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    findings = Findings()
    node = parse_yaml(text, MARK, findings, first_line=first_line)
    assert node is None or isinstance(node, Scalar | Sequence | Mapping)
    for problem in findings.sorted():
        assert problem.line == 0 or problem.line >= first_line
    if node is not None:
        places(node, first_line)


def places(node: Node, least: int) -> None:
    assert node.mark.line >= least
    assert node.mark.column >= 1
    if isinstance(node, Sequence):
        for item in node.items:
            places(item, node.mark.line)
    if isinstance(node, Mapping):
        assert node.items.keys() == node.keys.keys()
        for key, value in node.items.items():
            assert value.mark.line >= node.keys[key].line or value.mark.line >= node.mark.line
            places(value, least)


PLAIN = st.text(
    st.characters(
        min_codepoint=0x20, max_codepoint=0x24FF, exclude_categories=["Cc", "Cs", "Zl", "Zp"]
    )
)


TREES: st.SearchStrategy[Any] = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PLAIN, inner, max_size=4),
    max_leaves=12,
)


@EXAMPLES
@given(TREES)
def test_what_json_writes_yaml_reads_back_as_text(tree: Any) -> None:
    findings = Findings()
    node = parse_yaml(json.dumps(tree, ensure_ascii=False), MARK, findings)
    if not findings.has_errors:
        assert plain(node) == tree


def plain(node: Node | None) -> Any:
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    if isinstance(node, Mapping):
        return {key: plain(item) for key, item in node.items.items()}
    return node.text if node else None


@EXAMPLES
@given(
    st.lists(st.sampled_from(["---", "--- ", "...", "title: x", "a", "", "title: ["]), max_size=8)
)
def test_front_matter_keeps_every_line_of_the_body_in_place(lines: list[str]) -> None:
    text = "\n".join(lines)
    front = split_front_matter(text, MARK, Findings())
    assert text.split("\n")[front.body_line - 1 :] == front.body.split("\n") or not front.body


@settings(EXAMPLES, max_examples=25)
@given(
    st.sampled_from(
        [
            "course.yaml",
            "glossary.yaml",
            "units/01-start/unit.yaml",
            "units/01-start/questions.yaml",
            "units/01-start/pages/one.en.md",
        ]
    ),
    st.data(),
)
def test_a_course_with_a_hole_anywhere_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, path: str, data: st.DataObject
) -> None:
    course = make_course(tmp_path_factory.mktemp("hole") / "course")
    raw = (course.root / path).read_bytes()
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 40)))
    course.write(path, raw[:start] + data.draw(st.binary(max_size=4)) + raw[end:])
    problems = course.problems()
    assert all(problem.message and problem.hint for problem in problems)
    if not any(problem.severity == "error" for problem in problems):
        assert load_course(course.root).digest
