"""Text as people search for it: without case, accents, Arabic vowels and variants of letters. By
Python and SQLite in one way; PostgreSQL gets the letters of the languages that the tool speaks."""

from __future__ import annotations

import sqlite3
import unicodedata
from functools import cache
from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

#: What Unicode does not take apart: strokes and ligatures of Latin; Arabic letters that are written
#: for one another, and the line that only makes a word longer. pick.js has the same.
_LETTERS = str.maketrans("łđøıةىٱ", "ldoiهيا", "ـ")
#: Latin with its accents (Romanian commas too), Greek, Arabic; combining marks.
_ON_POSTGRESQL = (
    *(range(0xC0, 0x180), range(0x218, 0x21C), range(0x386, 0x3CF)),
    *(range(0x621, 0x64B), range(0x64B, 0x660), range(0x671, 0x672), range(0x300, 0x340)),
)


def fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return "".join(char for char in plain if not unicodedata.combining(char))


class folded(GenericFunction[str]):  # noqa: N801 - it stands in queries like func.lower
    """``folded(column)``: what ``fold`` makes of it, in the database."""

    type = String()
    inherit_cache = True
    name = "sse_fold"


def teach_sqlite(connection: sqlite3.Connection) -> None:
    """Give a new connection the function."""
    connection.create_function("sse_fold", 1, _fold_or_none, deterministic=True)


def _fold_or_none(text: str | None) -> str | None:
    return None if text is None else fold(text)


@compiles(folded, "postgresql")
def _on_postgresql(element: folded, compiler: SQLCompiler, **options: Any) -> str:
    """Few names have letters beyond ASCII's; those that have none are not looked through."""
    (column,) = element.clauses
    value = compiler.process(column, **options)
    letters, plain = _pairs()
    return (
        f"CASE WHEN octet_length({value}) = char_length({value}) THEN lower({value})"
        f" ELSE translate(lower({value}), '{letters}', '{plain}') END"
    )


@cache
def _pairs() -> tuple[str, str]:
    """What ``translate`` takes: letters that become another, then those that go."""
    becomes: dict[str, str] = {}
    goes = []
    for number in (one for span in _ON_POSTGRESQL for one in span):
        letter, plain = chr(number), fold(chr(number))
        if not plain:
            goes.append(letter)
        elif len(plain) == 1 and plain != letter:
            becomes[letter] = plain
    return "".join(becomes) + "".join(goes), "".join(becomes.values())
