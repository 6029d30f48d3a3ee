"""What the practice LMS remembers: one SQLite file of JSON records, so that a restart loses
nothing."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

Record = dict[str, Any]


class Store:
    """Records by kind and id. Thread-safe; every write is on disk when the call returns."""

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS records (kind TEXT, id TEXT, place INTEGER, value TEXT, "
            "PRIMARY KEY (kind, id))"
        )

    def put(self, kind: str, record_id: str, value: Record) -> None:
        """Adds or replaces a record; a new one goes to the end of its kind."""
        with self._lock:
            self._db.execute(
                "INSERT INTO records VALUES (?, ?, (SELECT coalesce(max(place), 0) + 1 "
                "FROM records WHERE kind = ?), ?) "
                "ON CONFLICT (kind, id) DO UPDATE SET value = excluded.value",
                (kind, record_id, kind, json.dumps(value)),
            )

    def add_once(self, kind: str, record_id: str) -> bool:
        """Notes an id that may be used once; False when it was noted before."""
        with self._lock:
            cursor = self._db.execute(
                "INSERT OR IGNORE INTO records VALUES (?, ?, 0, '{}')", (kind, record_id)
            )
            return cursor.rowcount == 1

    def get(self, kind: str, record_id: str) -> Record | None:
        with self._lock:
            row = self._db.execute(
                "SELECT value FROM records WHERE kind = ? AND id = ?", (kind, record_id)
            ).fetchone()
        return None if row is None else json.loads(row[0])

    def take(self, kind: str, record_id: str) -> Record | None:
        """Reads a record and removes it: whoever takes it first has it."""
        with self._lock:
            value = self.get(kind, record_id)
            self.remove(kind, record_id)
        return value

    def all(self, kind: str) -> dict[str, Record]:
        with self._lock:
            rows = self._db.execute(
                "SELECT id, value FROM records WHERE kind = ? ORDER BY place", (kind,)
            ).fetchall()
        return {record_id: json.loads(value) for record_id, value in rows}

    def remove(self, kind: str, record_id: str) -> bool:
        with self._lock:
            cursor = self._db.execute(
                "DELETE FROM records WHERE kind = ? AND id = ?", (kind, record_id)
            )
            return cursor.rowcount == 1

    def close(self) -> None:
        self._db.close()
