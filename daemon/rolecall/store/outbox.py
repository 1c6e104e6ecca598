"""The outbox: pending → sending (lease) → sent | pending again | dead, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlite_utils import Database

from rolecall.outbox import ChannelState, Claim, Dead, DeadMessage, Dropped, Outcome, RetryAt, Sent, Suspend
from rolecall.plan import QUIET, Delivery, NewNotice
from rolecall.schedule import DAY
from rolecall.store.alerts import alerts_with, jobs_of_message
from rolecall.store.rows import to_time, to_us, writable

# --- filling --------------------------------------------------------------------------------------------------


def add_delivery(db: Database, delivery: Delivery, alert: int, now: int) -> bool:
    """Let an alert travel with its bundle; return whether a new message was started for it."""
    row = _open_bundle(db, delivery)
    started = row is None
    if row is None:
        row = _start(db, delivery, now)
    db.execute("INSERT INTO outbox_alert (outbox, alert) VALUES (?, ?) ON CONFLICT DO NOTHING", [row, alert])
    return started


def _open_bundle(db: Database, delivery: Delivery) -> int | None:
    """Return the row that may still be joined: pending, and no copy of it can have arrived.

    A copy that was sent again under the same message id but with one alert more could be dropped as a duplicate.
    """
    latest = db.execute(
        "SELECT id, state = 'pending' AND ambiguous = 0 FROM outbox"
        " WHERE channel = ? AND bundle = ? ORDER BY part DESC LIMIT 1",
        [delivery.channel, delivery.bundle],
    ).fetchone()
    return latest[0] if latest and latest[1] else None


def _start(db: Database, delivery: Delivery, now: int) -> int:
    _ensure_channel(db, delivery.channel)
    cursor = db.execute(
        """
        INSERT INTO outbox (channel, bundle, part, kind, text, created_at, due, loud)
        SELECT :channel, :bundle, coalesce(max(part), 0) + 1, :kind, :text, :now, :due, :loud
        FROM outbox WHERE channel = :channel AND bundle = :bundle
        """,
        {
            "channel": delivery.channel,
            "bundle": delivery.bundle,
            "kind": delivery.kind,
            "text": writable(delivery.text),
            "now": now,
            "due": to_us(delivery.due),
            "loud": delivery.loud,
        },
    )
    assert cursor.lastrowid is not None  # noqa: S101 (an INSERT has one)
    return cursor.lastrowid


def add_notice(db: Database, notice: NewNotice, now: int) -> bool:
    """Queue a notice unless one with its key was ever queued on that channel."""
    _ensure_channel(db, notice.channel)
    cursor = db.execute(
        """
        INSERT INTO outbox (channel, bundle, kind, subject, text, created_at, due, loud)
        VALUES (?, ?, 'notice', ?, ?, ?, ?, ?) ON CONFLICT (channel, bundle, part) DO NOTHING
        """,
        [
            notice.channel,
            f"notice:{writable(notice.key)}",
            writable(notice.subject),
            writable(notice.text),
            now,
            to_us(notice.due),
            notice.urgent,
        ],
    )
    return cursor.rowcount > 0


def _ensure_channel(db: Database, channel: str) -> None:
    db.execute("INSERT INTO channel (name) VALUES (?) ON CONFLICT DO NOTHING", [channel])


# --- claiming and settling ------------------------------------------------------------------------------------


def claim(db: Database, channel: str, now: datetime, lease: float, quiet: bool) -> Claim | None:
    """Lease the channel's oldest due row, if the channel may send and nothing of it is under way."""
    until, far = to_us(now + timedelta(seconds=lease)), to_us(now + DAY)
    at = {"channel": channel, "now": to_us(now), "until": until, "far": far, "quiet": quiet}
    row = next(db.query(_NEXT, at), None)
    if row is None:
        return None
    close_expired(db, to_us(now))
    db.execute(
        """
        UPDATE outbox SET state = 'sending', lease_until = :until, ambiguous = ambiguous + (state = 'sending')
        WHERE id = :id
        """,
        {"id": row["id"], "until": at["until"]},
    )
    return _claim_of(db, row)


def close_expired(db: Database, now: int) -> None:
    """Close what is past its closing date, also where it is still listed."""
    db.execute("UPDATE posting SET closed_at = closes_at WHERE closed_at IS NULL AND closes_at <= ?", [now])


# A message written in the future, by more than it was to wait, or a hold of more than a day: the clock was set back.
_NEXT = """
SELECT o.* FROM outbox o JOIN channel c ON c.name = o.channel
WHERE o.channel = :channel AND o.state IN ('pending', 'sending')
  AND (o.due <= :now OR o.created_at - (o.due - o.created_at) > :now)
  AND c.suspended = '' AND (coalesce(c.not_before, 0) <= :now OR c.not_before > :far) AND (o.loud OR NOT :quiet)
  AND NOT EXISTS (SELECT 1 FROM outbox WHERE channel = :channel AND state = 'sending' AND lease_until > :now)
ORDER BY o.due, o.id LIMIT 1
"""


def _claim_of(db: Database, row: Mapping[str, Any]) -> Claim:
    again = row["state"] == "sending"
    return Claim(
        id=row["id"],
        channel=row["channel"],
        kind=row["kind"],
        message_id=message_id(row["channel"], row["bundle"], row["part"], row["created_at"]),
        subject=row["subject"],
        text=row["text"],
        attempts=row["attempts"],
        ambiguous=row["ambiguous"] + again,
        unclear=row["unclear"],
        again=again,
        created_at=to_time(row["created_at"]),
        jobs=jobs_of_message(db, row["id"]),
        bundle=row["bundle"],
    )


def message_id(channel: str, bundle: str, part: int, created_at: int) -> str:
    """Return the id every copy of this row carries; another database never makes the same one."""
    return blake2b(f"{channel}\n{bundle}\n{part}\n{created_at}".encode(), digest_size=12).hexdigest()


def settle(db: Database, claim_id: int, outcome: Outcome, now: datetime) -> None:
    """Record what became of a row in `sending`; one that is settled already is left alone."""
    found = db.execute("SELECT channel FROM outbox WHERE id = ? AND state = 'sending'", [claim_id]).fetchone()
    if found is None:
        return
    match outcome:
        case Sent(receipt, closed):
            _settle(db, claim_id, "sent", now, receipt=receipt)
            _forget(db, claim_id, closed)
            _update_channel(db, found[0], last_sent=to_us(now), last_error="")
        case RetryAt(at, error, counts, ambiguous):
            _settle(db, claim_id, "pending", None, error=error, attempts=counts, ambiguous=ambiguous)
            _update_channel(db, found[0], not_before=to_us(at), last_error=writable(error))
        case Dead(error):
            _settle(db, claim_id, "dead", now, error=error)
            _update_channel(db, found[0], last_error=writable(error))
        case Dropped(reason, closed):
            _settle(db, claim_id, "dropped", now, error=reason)
            _forget(db, claim_id, closed)
        case Suspend(error):
            _settle(db, claim_id, "pending", None, error=error)
            _update_channel(db, found[0], suspended=writable(error) or "refused", last_error=writable(error))


def _settle(
    db: Database,
    row_id: int,
    state: str,
    at: datetime | None,
    *,
    error: str = "",
    receipt: str = "",
    attempts: bool = False,
    ambiguous: bool = False,
) -> None:
    db.execute(
        """
        UPDATE outbox SET state = ?, settled_at = ?, lease_until = 0, error = ?, receipt = ?,
          attempts = attempts + ?, ambiguous = ambiguous + ?, unclear = unclear + ?
        WHERE id = ?
        """,
        [state, to_us(at), writable(error), writable(receipt), attempts, ambiguous, ambiguous, row_id],
    )


def _forget(db: Database, row_id: int, alerts: Collection[int]) -> None:
    """Let alerts be made anew that were not told: their jobs had closed, and may open again. Those told stay."""
    for alert in alerts:
        db.execute("DELETE FROM outbox_alert WHERE outbox = ? AND alert = ?", [row_id, alert])
        db.execute(
            "DELETE FROM alert WHERE id = ? AND NOT EXISTS (SELECT 1 FROM outbox_alert WHERE alert = ?)", [alert] * 2
        )


def _update_channel(db: Database, name: str, **changes: object) -> None:
    sets = ", ".join(f"{column} = ?" for column in changes)
    db.execute(f"UPDATE channel SET {sets} WHERE name = ?", [*changes.values(), name])  # noqa: S608 (our own names)


def drop_pending(db: Database, bundle: str, reason: str, now: datetime) -> None:
    """Let a bundle that still waits never be sent."""
    query = "UPDATE outbox SET state = 'dropped', error = ?, settled_at = ? WHERE bundle = ? AND state = 'pending'"
    db.execute(query, [reason, to_us(now), bundle])


def release_leases(db: Database) -> int:
    """End every lease: whoever held one is gone."""
    return db.execute("UPDATE outbox SET lease_until = 0 WHERE state = 'sending'").rowcount


def hurry(db: Database, now: datetime) -> None:
    db.execute(
        "UPDATE outbox SET due = :now WHERE state = 'pending' AND kind = 'summary' AND due > :now", {"now": to_us(now)}
    )


def end_silence(db: Database, channel: str, now: datetime) -> None:
    query = "UPDATE outbox SET due = ? WHERE channel = ? AND bundle GLOB ? AND state = 'pending' AND due > ?"
    db.execute(query, [to_us(now), channel, f"{QUIET}*", to_us(now)])


def resume(db: Database, channel: str) -> None:
    _update_channel(db, channel, suspended="", not_before=None)


# --- looking --------------------------------------------------------------------------------------------------


def channels(db: Database, now: datetime) -> dict[str, ChannelState]:
    """Return the state of every channel that ever had a row."""
    return {row["name"]: _channel_state(row) for row in db.query(_CHANNELS, {"now": to_us(now)})}


_CHANNELS = """
SELECT c.*,
  count(*) FILTER (WHERE o.state IN ('pending', 'sending')) AS pending,
  count(*) FILTER (WHERE o.state = 'sent') AS sent,
  count(*) FILTER (WHERE o.state = 'dead') AS dead,
  min(max(o.due, o.lease_until)) FILTER (WHERE o.state IN ('pending', 'sending')) AS next_due,
  min(o.created_at) FILTER (WHERE o.state IN ('pending', 'sending') AND o.due <= :now) AS oldest
FROM channel c JOIN outbox o ON o.channel = c.name
GROUP BY c.name
"""


def _channel_state(row: Mapping[str, Any]) -> ChannelState:
    times = {name: to_time(row[name]) for name in ("not_before", "last_sent", "next_due", "oldest")}
    same = {name: row[name] for name in ("name", "pending", "sent", "dead", "suspended", "last_error")}
    return ChannelState(**same, **times)


def dead_messages(db: Database, limit: int) -> Sequence[DeadMessage]:
    """Return what could never be sent, latest first; a message of alerts is named after its first posting."""
    query = "SELECT * FROM outbox WHERE state = 'dead' ORDER BY settled_at DESC, id DESC LIMIT ?"
    return [
        DeadMessage(row["id"], row["channel"], row["subject"] or _title(db, row["id"]), row["error"], at)
        for row in db.query(query, [limit])
        if (at := to_time(row["settled_at"])) is not None
    ]


def _title(db: Database, outbox: int) -> str:
    ids = sorted(alert for job in jobs_of_message(db, outbox) for alert in job)
    alerts = alerts_with(db, ids[:1])
    return next((alert.job.postings[0].raw.title for alert in alerts), "")
