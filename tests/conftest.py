"""Databases of both kinds for every room of the tests, and how Hypothesis goes about its work."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.databases import Databases

# However slow the machine is; and the same examples each time, except where one looks for new ones.
settings.register_profile(
    "suite",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="FUZZ_EXAMPLES" not in os.environ,
)
settings.load_profile("suite")

# What a shell runs in the background ignores Ctrl-C; so would the programs that tests end by it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _builder_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What builds keep between runs, out of the developer's own place for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCORM_BUILDER_CACHE", str(tmp_path_factory.mktemp("builder-cache")))
        yield


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Makes databases. Its PostgreSQL server starts with the first that needs it, one for each
    test process; ``DATABASE_URL`` names one that runs already."""
    from tests.conformance.postgres import running_postgres
    from tests.databases import Databases

    with ExitStack() as stack:

        @cache
        def server() -> str:
            return os.environ.get("DATABASE_URL") or stack.enter_context(running_postgres())

        yield Databases(tmp_path_factory.mktemp("databases"), server)
