"""The calls made on each budget: one row a call, for as long as its longest limit looks back. And who wants none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from rolecall.schedule import DAY, Limit, free_at
from rolecall.store.rows import to_time, to_us


def spend(db: Database, budget: str, limits: Sequence[Limit], now: datetime) -> datetime | None:
    """Count one call, or return when one will be free."""
    db.execute("UPDATE call SET at = ? WHERE budget = ? AND at > ?", [to_us(now), budget, to_us(now)])

    def latest(back: int) -> datetime | None:
        query = "SELECT at FROM call WHERE budget = ? ORDER BY at DESC LIMIT 1 OFFSET ?"
        row = db.execute(query, [budget, back - 1]).fetchone()
        return to_time(row[0]) if row else None

    if free := free_at(latest, limits, now):
        return free
    db.execute("INSERT INTO call (budget, at) VALUES (?, ?)", [budget, to_us(now)])
    oldest = now - max(limit.per for limit in limits)
    db.execute("DELETE FROM call WHERE budget = ? AND at < ?", [budget, to_us(oldest)])
    return None


def spent(db: Database, since: datetime) -> dict[str, int]:
    return dict(db.execute("SELECT budget, count(*) FROM call WHERE at > ? GROUP BY budget", [to_us(since)]))


def hold(db: Database, host: str, until: datetime) -> None:
    """Remember until when a host wants to be left alone; what is a day older is over, since nobody is believed more."""
    db.execute("INSERT OR REPLACE INTO held (host, until) VALUES (?, ?)", [host, to_us(until)])
    db.execute("DELETE FROM held WHERE until < ?", [to_us(until - DAY)])


def held(db: Database, now: datetime) -> dict[str, datetime]:
    rows = db.execute("SELECT host, until FROM held WHERE until > ?", [to_us(now)])
    return {host: to_time(until) for host, until in rows}
