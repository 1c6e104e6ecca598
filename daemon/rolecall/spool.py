"""Decisions on their way to the database: one small file each, in a folder beside it.

Only one process may write to the database. So a command leaves its decision here, and whoever holds the lock carries it
out: the daemon at its next tick, or the command itself when no daemon runs. A file is there wholly or not at all (it is
renamed into place), and it is deleted after the decision is in the database: killed in between, it is carried out
again, which changes nothing, since a decision has an id.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from rolecall.errors import StoreError
from rolecall.ports import Decision, Store

KINDS = ("join", "split", "applied", "dismissed", "undo")

log = logging.getLogger(__name__)


def leave(database: Path, decision: Decision) -> None:
    """Leave a decision for whoever may write. Raises `StoreError`."""
    folder = _folder(database)
    path = folder / f"{decision.at:%Y%m%dT%H%M%S.%f}-{decision.id}.json"
    said = {"id": decision.id, "kind": decision.kind, "keys": decision.keys, "at": decision.at.isoformat()}
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        path.with_suffix(".new").write_text(json.dumps(said), encoding="utf-8")
        _give_to_owner_of(database, folder, path.with_suffix(".new"))
        path.with_suffix(".new").rename(path)
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror or error}") from error


async def carry_out(store: Store, database: Path) -> dict[str, bool]:
    """Carry out what waits, in order; return by id whether it changed anything. Raises `StoreError`."""
    done: dict[str, bool] = {}
    for path, decision in await asyncio.to_thread(_waiting, database):
        try:
            done[decision.id] = await store.record(decision)
            log.info("decided kind=%s changed=%s", decision.kind, done[decision.id])
        except LookupError as error:
            log.error("decision-refused error=%s", error)
        path.unlink(missing_ok=True)
    return done


def _waiting(database: Path) -> list[tuple[Path, Decision]]:
    return [] if not _folder(database).is_dir() else list(_read_all(_folder(database)))


def _read_all(folder: Path) -> Iterator[tuple[Path, Decision]]:
    for path in sorted(folder.glob("*.json")):
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            keys = tuple((str(source), str(source_id)) for source, source_id in said["keys"])
            if said["kind"] not in KINDS:
                raise ValueError(f"{said['kind']!r} is no decision")
            yield path, Decision(said["id"], said["kind"], keys, datetime.fromisoformat(said["at"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.error("decision-unreadable file=%s error=%s", path.name, error)
            path.rename(path.with_suffix(".bad"))


def _folder(database: Path) -> Path:
    return database.with_name(f"{database.name}.decisions")


def _give_to_owner_of(database: Path, *paths: Path) -> None:
    """Let the daemon's user read and delete what root leaves."""
    if os.geteuid() == 0:
        owner = database.stat()
        for path in paths:
            os.chown(path, owner.st_uid, owner.st_gid)
