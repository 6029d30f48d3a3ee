"""Transactions that SQLite commits as one: what fails in it undoes nothing of the others'."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from lti_tool.direct import Direct, Writing, directly
from tests.databases import Databases, engine_of


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
    with databases.new("sqlite", empty=True) as url, engine_of(url) as engine:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE notes (word TEXT PRIMARY KEY)"))
        yield engine


def _note(word: str, threads: set[int]) -> Callable[[Writing], str]:
    def work(transaction: Writing) -> str:
        transaction.exec_driver_sql("INSERT INTO notes VALUES (?)", (word,))
        threads.add(threading.get_ident())
        if word == "refused":
            raise ValueError(word)
        return word

    return work


def _at_once(engine: Engine, words: list[str], threads: set[int]) -> list[Future[str]]:
    """All of them begun while somebody else writes, so that they wait together."""
    begun = threading.Semaphore(0)

    def write(word: str) -> str:
        def work(connection: Direct) -> str:
            begun.release()
            return connection.write(_note(word, threads))

        return directly(engine, work)

    with ThreadPoolExecutor(len(words)) as pool, engine.execution_options(writes=True).begin():
        futures = [pool.submit(write, word) for word in words]
        for _ in words:
            assert begun.acquire(timeout=60)
        time.sleep(0.2)  # from there to the line
    return futures


def _words(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return sorted(connection.scalars(text("SELECT word FROM notes")))


def test_what_waits_is_written_by_one(engine: Engine) -> None:
    threads: set[int] = set()
    words = [f"word-{number}" for number in range(6)]
    futures = _at_once(engine, words, threads)
    assert [future.result() for future in futures] == words
    assert _words(engine) == words
    assert len(threads) < len(words)


def test_one_that_fails_undoes_itself_alone(engine: Engine) -> None:
    words = ["one", "two", "refused", "three", "two"]
    futures = _at_once(engine, words, set())
    errors = [type(future.exception()) for future in futures]
    assert errors.count(type(None)) == 3
    assert errors[2] is ValueError
    assert issubclass((errors[1], errors[4])[errors[1] is type(None)], DBAPIError)  # the key
    assert _words(engine) == ["one", "three", "two"]


def test_several_that_fail_hold_up_nobody(engine: Engine) -> None:
    words = ["refused", "one", "refused", "refused", "two", "refused", "three", "refused"]
    futures = _at_once(engine, words, set())
    for word, future in zip(words, futures, strict=True):
        assert type(future.exception()) is (ValueError if word == "refused" else type(None))
    assert _words(engine) == ["one", "three", "two"]


def test_a_database_out_of_order_fails_all_and_serves_again(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE notes RENAME TO elsewhere"))
    futures = _at_once(engine, ["one", "two", "three"], set())
    for future in futures:
        error = future.exception()
        assert isinstance(error, DBAPIError)
        assert isinstance(error.orig, sqlite3.OperationalError)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO notes"))
    assert directly(engine, lambda one: one.write(_note("later", set()))) == "later"
    assert _words(engine) == ["later"]
