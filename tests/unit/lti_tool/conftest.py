"""A database of each kind, without an application around it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.databases import KINDS, Databases, engine_of


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Engine]:
    with databases.new(request.param) as url, engine_of(url) as engine:
        yield engine
