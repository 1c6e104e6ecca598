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
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from rolecall.errors import StoreError
from rolecall.people import Again, Decision, DecisionKind
from rolecall.ports import Store

log = logging.getLogger(__name__)


def leave(database: Path, decision: Decision) -> None:
    """Leave a decision for whoever may write. Raises `StoreError`."""
    folder = _folder(database)
    path = folder / f"{decision.at:%Y%m%dT%H%M%S.%f}-{decision.id}.json"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        path.with_suffix(".new").write_text(_written(decision), encoding="utf-8")
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


def is_empty(database: Path) -> bool:
    """Return whether nothing waits to be carried out: then the database says all that people said."""
    return next(_folder(database).glob("*.json"), None) is None


def _waiting(database: Path) -> list[tuple[Path, Decision]]:
    return [] if not _folder(database).is_dir() else list(_read_all(_folder(database)))


def _read_all(folder: Path) -> Iterator[tuple[Path, Decision]]:
    for path in sorted(folder.glob("*.json")):
        try:
            yield path, _read(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.error("decision-unreadable file=%s error=%s", path.name, error)
            path.rename(path.with_suffix(".bad"))


def _written(decision: Decision) -> str:
    return json.dumps(asdict(decision), default=datetime.isoformat)


def _read(text: str) -> Decision:
    """Read `_written` back, also as an older Rolecall wrote it; raises ValueError, KeyError, TypeError."""
    said = json.loads(text)
    again = said.pop("again", None)
    keys = tuple((str(source), str(source_id)) for source, source_id in said.pop("keys"))
    if said["kind"] not in get_args(DecisionKind):
        raise ValueError(f"{said['kind']!r} is no decision")
    if len(keys) < _LEAST_KEYS.get(said["kind"], 1):
        raise ValueError(f"{said['kind']} names too few postings")
    at = _time(said.pop("at"))
    if not all(isinstance(each, str) for name, each in said.items() if name != "of"):
        raise ValueError("a name is not a text")
    return Decision(keys=keys, at=at, again=_again(again) if again else None, **said)


_LEAST_KEYS = {"join": 2, "muted_company": 0, "muted_agency": 0, "unmuted": 0}


def _again(said: dict[str, Any]) -> Again:
    return Again(_time(said["until"]), tuple(map(str, said["searches"])), tuple(map(str, said["channels"])))


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} is in no time zone")
    return at


def _folder(database: Path) -> Path:
    return database.with_name(f"{database.name}.decisions")


def _give_to_owner_of(database: Path, *paths: Path) -> None:
    """Let the daemon's user read and delete what root leaves."""
    if os.geteuid() == 0:
        owner = database.stat()
        for path in paths:
            os.chown(path, owner.st_uid, owner.st_gid)
