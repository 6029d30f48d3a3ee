"""Tables that sort, filter and page, by their address alone: it can be sent to a colleague."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from lti_tool.services.oversight import Statement

PAGE_SIZE = 50
MAX_QUERY = 200

Column = Any  # of a table, or computed


class Listing:
    """What the address asks of a table. ``sorts`` are the columns that it can be sorted by, by
    name; ``default`` is one of them, falling where it begins with a minus; ``filters`` the names
    of further choices. ``read`` sets ``rows`` and ``total``."""

    rows: Sequence[Any] = ()
    total = 0

    def __init__(
        self, sorts: Mapping[str, Column], default: str, filters: Sequence[str] = ()
    ) -> None:
        self.sorts = sorts
        asked = request.args.get("sort", "")
        self._order = asked if asked.removeprefix("-") in sorts else default
        self.q = request.args.get("q", "").strip()[:MAX_QUERY].replace("\x00", "")
        self.filters = {
            name: value[:MAX_QUERY] for name in filters if (value := request.args.get(name, ""))
        }
        self.page = max(request.args.get("page", 1, type=int), 1)

    @property
    def sort(self) -> str:
        return self._order.removeprefix("-")

    @property
    def down(self) -> bool:
        return self._order.startswith("-")

    @property
    def narrowed(self) -> bool:
        return bool(self.q or self.filters)

    @property
    def pages(self) -> int:
        return max(-(-self.total // PAGE_SIZE), 1)

    def number(self, name: str) -> int | None:
        """A filter's value as a row's number."""
        value = self.filters.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None

    def search(self, *columns: Column) -> ColumnElement[bool]:
        """Whether one of ``columns`` holds what was searched for."""
        return or_(*(column.icontains(self.q, autoescape=True) for column in columns))

    def read(self, session: Session, statement: Statement, *tie: Column) -> Listing:
        """Fetch the page asked for, or the last where there are fewer. Rows equal in the sorted
        column stand in the order of ``tie``."""
        counted = select(func.count()).select_from(statement.order_by(None).subquery())
        self.total = session.scalar(counted) or 0
        self.page = min(self.page, self.pages)
        column = self.sorts[self.sort]
        ordered = column.desc().nulls_last() if self.down else column.asc().nulls_last()
        self.rows = session.execute(
            statement.order_by(ordered, *tie).limit(PAGE_SIZE).offset((self.page - 1) * PAGE_SIZE)
        ).all()
        return self

    def at(self, page: int) -> str:
        """The address of another page of the table."""
        return self._address(self._order, page)

    def sorted_by(self, name: str) -> str:
        """The address of the table sorted by ``name``, the other way round where it is."""
        other_way = self.sort == name and not self.down
        return self._address(f"-{name}" if other_way else name, 1)

    def _address(self, order: str, page: int) -> str:
        query = {**({"q": self.q} if self.q else {}), **self.filters, "sort": order, "page": page}
        return f"?{urlencode(query)}"
