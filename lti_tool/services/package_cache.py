"""The folder of built packages, kept within its bound: what was used longest ago goes first."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lti_tool.models import PackageBuild

_log = structlog.get_logger(__name__)

#: A row without a file says only that somebody once asked.
FORGET_AFTER = timedelta(days=30)
_GONE = ".gone-"


@dataclass(frozen=True, slots=True)
class _Kept:
    path: Path
    size: int
    used: datetime


def sweep(session: Session, folder: Path, limit: int, keep: str, now: datetime) -> int:
    """Delete packages until the folder has at most ``limit`` bytes, never the one of key ``keep``;
    how many went. A file that is being sent is sent to its end. The caller commits."""
    rows = session.execute(select(PackageBuild.key, PackageBuild.used_at))
    used = {row.key: row.used_at for row in rows}
    kept = sorted(_kept(folder, used), key=lambda one: one.used)
    size = sum(one.size for one in kept)
    gone = []
    for one in kept:
        if size <= limit and not one.path.name.startswith(_GONE):
            continue
        if one.path.name != keep:
            _remove(one.path)
            size -= one.size
            gone.append(one.path.name)
    session.execute(
        update(PackageBuild)
        .where(PackageBuild.key.in_(gone))
        .values(file=None, size=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(PackageBuild)
        .where(PackageBuild.file.is_(None), PackageBuild.requested_at < now - FORGET_AFTER)
        .execution_options(synchronize_session=False)
    )
    if gone:
        _log.info("packages.swept", count=len(gone))
    return len(gone)


def _kept(folder: Path, used: dict[str, datetime]) -> list[_Kept]:
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            facts = [file.stat() for file in path.iterdir()] if path.is_dir() else [path.stat()]
            made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except OSError:
            continue  # another worker is just removing it
        size = sum(one.st_size for one in facts)
        found.append(_Kept(path, size, used.get(path.name, made)))
    return found


def _remove(path: Path) -> None:
    """Out of sight at once, then deleted: nobody finds half a folder."""
    away = path
    if not path.name.startswith(_GONE):
        away = path.with_name(_GONE + secrets.token_hex(8))
        try:
            path.rename(away)
        except OSError:
            return
    shutil.rmtree(away, ignore_errors=True)
