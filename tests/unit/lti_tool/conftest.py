"""A database without an application around it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from lti_tool.db import _prepare_sqlite
from lti_tool.models import Base


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path / 'tool.sqlite3'}", connect_args={"timeout": 20})
    _prepare_sqlite(engine)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()
