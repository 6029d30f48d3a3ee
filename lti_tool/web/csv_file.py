"""Tables as CSV (RFC 4180), for whatever spreadsheet the reader has."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from flask import Response

#: Says to spreadsheets that the file is UTF-8.
_MARK = "\ufeff"
#: A cell that begins so is a formula to one spreadsheet or another.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Where a new cell may begin: some spreadsheets, French ones for one, divide lines at semicolons.
_WITHIN = re.compile(r"(?<=[;\t\r\n])(?=[=+\-@＝＋－＠])")


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The table as a download of that ``name``. Numbers go as they are; no text is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([neutral(cell) if isinstance(cell, str) else cell for cell in row])
    answer = Response(
        _MARK + out.getvalue(), content_type="text/csv; charset=utf-8; header=present"
    )
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def neutral(text: str) -> str:
    """``text`` that no spreadsheet takes for a formula, however it divides the line."""
    text = _WITHIN.sub("'", text)
    return f"'{text}" if text.startswith(_FORMULA) else text
