"""The least that a launch can cost: a login that redirects with random values, and a launch that
checks one RS256 signature and writes one row. No framework, no further check; the same server."""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

UPSERT = """INSERT INTO floor_users (sub, name) VALUES ({0}, {0})
ON CONFLICT (sub) DO UPDATE SET name = excluded.name"""
TABLE = "CREATE TABLE IF NOT EXISTS floor_users (sub TEXT PRIMARY KEY, name TEXT)"


def create_floor(
    public_key: RSAPublicKey, folder: Path, database: str | None
) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """A WSGI application."""
    write = _sqlite(folder) if database is None else _postgres(database)

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/login":
            state, nonce = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
            start("302 Found", [("Location", f"/auth?state={state}&nonce={nonce}")])
            return [b""]
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
        token = parse_qs(body)["id_token"][0]
        signed, _, signature = token.rpartition(".")
        public_key.verify(_decode(signature), signed.encode(), padding.PKCS1v15(), SHA256())
        claims = json.loads(_decode(signed.partition(".")[2]))
        write((claims["sub"], claims["name"]))
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"Hello"]

    return app


def _decode(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _sqlite(folder: Path) -> Callable[[tuple[str, str]], None]:
    """The settings of the tool's own database (lti_tool.db): each commit is on the disk."""
    connection = sqlite3.connect(
        folder / "floor.sqlite3", isolation_level=None, check_same_thread=False
    )
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", TABLE):
        connection.execute(statement)
    lock = threading.Lock()

    def write(row: tuple[str, str]) -> None:
        with lock:
            connection.execute(UPSERT.format("?"), row)

    return write


def _postgres(database: str) -> Callable[[tuple[str, str]], None]:
    import psycopg

    own = threading.local()
    address = database.replace("+psycopg", "")
    psycopg.connect(address, autocommit=True).execute(TABLE).connection.close()

    def write(row: tuple[str, str]) -> None:
        if not hasattr(own, "connection"):
            own.connection = psycopg.connect(address, autocommit=True)
        own.connection.execute(UPSERT.format("%s"), row)

    return write
