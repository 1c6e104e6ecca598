"""Source states as rows, and what the owner was told of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from rolecall.model import Validators
from rolecall.plan import Move, Reported, SourceState
from rolecall.rhythm import Rhythm
from rolecall.store.rows import dumps, marks, to_time, to_us, writable

_US = timedelta(microseconds=1)
_TIMES = ("due_at", "since", "last_try", "last_success", "last_error_at")
_TEXTS = ("last_error", "put_off")
_AS_THEY_ARE = ("name", "baseline", "health", "failures", "postings", "skipped", "version")


def source_states(db: Database) -> dict[str, SourceState]:
    return {row["name"]: _state(row) for row in db.query("SELECT * FROM source")}


def save(db: Database, state: SourceState) -> None:
    row = _row(state)
    query = f"INSERT OR REPLACE INTO source ({', '.join(row)}) VALUES ({marks(list(row))})"  # noqa: S608 (our own names)
    db.execute(query, list(row.values()))


def _row(state: SourceState) -> dict[str, object]:
    return {
        **{name: getattr(state, name) for name in _AS_THEY_ARE},
        **{name: to_us(getattr(state, name)) for name in _TIMES},
        **{name: writable(getattr(state, name)) for name in _TEXTS},
        "validators": dumps({url: [v.etag, v.last_modified, v.body_hash] for url, v in state.validators.items()}),
        "learned": dumps(_learned(state)),
    }


def _state(row: Mapping[str, Any]) -> SourceState:
    values = {name: row[name] for name in (*_AS_THEY_ARE, *_TEXTS)}
    values |= {name: to_time(row[name]) for name in _TIMES}
    values["baseline"] = bool(row["baseline"])
    values["validators"] = {url: Validators(*parts) for url, parts in json.loads(row["validators"]).items()}
    return SourceState(**values, **_read_learned(json.loads(row["learned"])))


# --- what was learned of a source: one JSON object, whose parts may come and go without a migration ---------------


def _learned(state: SourceState) -> dict[str, object]:
    return {
        "pace": state.pace,
        "every": state.every // _US,
        "wait": state.wait // _US,
        "rhythm": _written(state.rhythm),
        "move": state.move and _written(state.move),
        "gap": state.gap and list(map(to_us, state.gap)),
    }


def _written(of: Rhythm | Move) -> dict[str, object]:
    values = {field.name: getattr(of, field.name) for field in fields(of)}
    return {name: to_us(value) if isinstance(value, datetime) else value for name, value in values.items()}


def _read_learned(values: Mapping[str, Any]) -> dict[str, Any]:
    gap, move = values.get("gap"), values.get("move")
    return {
        "pace": values.get("pace", ""),
        "every": values.get("every", 0) * _US,
        "wait": values.get("wait", 0) * _US,
        "rhythm": Rhythm(**_with_times(values.get("rhythm", {}), "since", "news_at")),
        "move": Move(**_with_times(move, "since")) if move else None,
        "gap": tuple(map(to_time, gap)) if gap else None,
    }


def _with_times(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: to_time(value) if name in names else value for name, value in values.items()}


# --- what the owner was told --------------------------------------------------------------------------------------


def reported(db: Database) -> dict[tuple[str, str], Reported]:
    rows = db.execute("SELECT source, about, at, open FROM reported")
    return {(source, about): Reported(to_time(at), bool(still)) for source, about, at, still in rows}


def remember(db: Database, told: Mapping[tuple[str, str], Reported]) -> None:
    rows = [(*about, to_us(each.at), each.open) for about, each in told.items()]
    db.conn.executemany("INSERT OR REPLACE INTO reported (source, about, at, open) VALUES (?, ?, ?, ?)", rows)
