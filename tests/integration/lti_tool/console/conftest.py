"""An operator who has signed in, and platforms to look after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest

from lti_tool.models import (
    Registration,
    db,
)
from lti_tool.web.admin import console_of
from tests.conformance.platform import Platform, running_platform
from tests.console import Operator
from tests.integration.lti_tool.conftest import Tool
from tests.integration.lti_tool.console.rows import find


@pytest.fixture(scope="module")
def signed_in(tool: Tool) -> Iterator[Operator]:
    yield Operator(tool.app, tool.url).signed_in()
    with console_of(tool.app).app_context():
        db.engine.dispose()


@pytest.fixture
def operator(signed_in: Operator) -> Operator:
    signed_in.get("/account")
    return signed_in


#: Registers one more platform; its registration's number.
CampusOf = Callable[..., int]


@pytest.fixture
def campus_of(tool: Tool) -> Iterator[CampusOf]:
    with ExitStack() as stack:

        def register(**values: Any) -> int:
            platform = stack.enter_context(running_platform())
            platform.client_id = f"tool-{uuid4().hex[:8]}"
            tool.register(platform, **values)
            return find(tool, platform).id

        yield register


@pytest.fixture
def known(tool: Tool, platform: Platform) -> Registration:
    tool.register(platform, product="moodle")
    return find(tool, platform)
