"""The outbox of the store in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from rolecall.model import MessageKind
from rolecall.outbox import ChannelState, Claim, Dead, DeadMessage, Dropped, Outcome, RetryAt, Sent, Suspend
from rolecall.plan import QUIET, Delivery, NewNotice
from rolecall.schedule import DAY
from rolecall.stored import StoredAlert

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class _Row:
    """One row of the outbox."""

    id: int
    channel: str
    bundle: str
    part: int
    kind: MessageKind
    created_at: datetime
    due: datetime
    loud: bool
    subject: str = ""
    text: str = ""
    state: str = "pending"
    lease_until: datetime = _LONG_AGO
    attempts: int = 0
    ambiguous: int = 0
    unclear: int = 0
    error: str = ""
    settled_at: datetime | None = None
    alerts: list[int] = field(default_factory=list)

    @property
    def waiting(self) -> bool:
        return self.state in ("pending", "sending")

    @property
    def may_be_joined(self) -> bool:
        return self.state == "pending" and not self.ambiguous

    def is_due(self, now: datetime) -> bool:
        """Also where it was written in the future, by more than it was to wait: the clock was set back."""
        return self.due <= now or self.created_at - (self.due - self.created_at) > now


class MemoryOutbox:
    """The delivering half of `MemoryStore`, which says what alerts there are."""

    def __init__(self) -> None:
        self._outbox: dict[int, _Row] = {}
        self._channels: dict[str, ChannelState] = {}

    def _stored_alerts(self) -> list[StoredAlert]:
        raise NotImplementedError

    def _close_expired(self, now: datetime) -> None:
        raise NotImplementedError

    def _drop_alerts(self, ids: Collection[int]) -> None:
        raise NotImplementedError

    # filling

    def _bundle(self, delivery: Delivery, now: datetime) -> _Row:
        parts = [r for r in self._outbox.values() if (r.channel, r.bundle) == (delivery.channel, delivery.bundle)]
        if parts and parts[-1].may_be_joined:
            return parts[-1]
        row = _Row(
            self._next_id(), delivery.channel, delivery.bundle, len(parts) + 1, delivery.kind, now, delivery.due,
            delivery.loud, text=delivery.text,
        )  # fmt: skip
        return self._queue(row)

    def _next_id(self) -> int:
        return len(self._outbox) + 1

    def _queue(self, row: _Row) -> _Row:
        self._channels.setdefault(row.channel, ChannelState(row.channel))
        self._outbox[row.id] = row
        return row

    def _add_notice(self, notice: NewNotice, now: datetime) -> None:
        bundle = f"notice:{notice.key}"
        if all((row.channel, row.bundle) != (notice.channel, bundle) for row in self._outbox.values()):
            said = (notice.urgent, notice.subject, notice.text)
            self._queue(_Row(self._next_id(), notice.channel, bundle, 1, "notice", now, notice.due, *said))

    def _wait_again(self, alert: int, row_id: int) -> None:
        row = self._outbox[row_id]
        if row.may_be_joined and alert not in row.alerts:
            row.alerts.append(alert)

    def _wait_too(self, alert: int, other: int) -> None:
        """Let another alert travel wherever this one still waits."""
        for row in self._outbox.values():
            if alert in row.alerts and other not in row.alerts and row.may_be_joined:
                row.alerts.append(other)

    # delivering

    async def claim(self, channel: str, now: datetime, lease: float, quiet: bool = False) -> Claim | None:
        state = self._channels.get(channel, ChannelState(channel))
        rows = [row for row in self._outbox.values() if row.channel == channel and row.waiting]
        due = [row for row in rows if row.is_due(now) and (row.loud or not quiet)]
        held = any(row.lease_until > now for row in rows)
        if not due or held or state.suspended or (state.not_before and now < state.not_before <= now + DAY):
            return None
        self._close_expired(now)
        row = min(due, key=lambda row: (row.due, row.id))
        again = row.state == "sending"
        row.state, row.lease_until, row.ambiguous = "sending", now + timedelta(seconds=lease), row.ambiguous + again
        return self._claim(row, again)

    def _claim(self, row: _Row, again: bool) -> Claim:
        return Claim(
            id=row.id,
            channel=row.channel,
            kind=row.kind,
            message_id=f"{row.channel}/{row.bundle}~{row.part}/{row.created_at.isoformat()}",
            subject=row.subject,
            text=row.text,
            attempts=row.attempts,
            ambiguous=row.ambiguous,
            unclear=row.unclear,
            again=again,
            created_at=row.created_at,
            jobs=self._by_job(row.alerts),
            bundle=row.bundle,
        )

    def _by_job(self, alerts: Collection[int]) -> tuple[tuple[int, ...], ...]:
        found = defaultdict[str, list[int]](list)
        for alert in self._stored_alerts():
            if alert.id in alerts:
                found[alert.job.id].append(alert.id)
        return tuple(tuple(found[job]) for job in sorted(found))

    async def settle(self, claim_id: int, outcome: Outcome, now: datetime) -> None:
        row = self._outbox.get(claim_id)
        if row is None or row.state != "sending":
            return
        row.lease_until = _LONG_AGO
        match outcome:
            case Sent(_, closed):
                row.state, row.settled_at, row.error = "sent", now, ""
                self._forget(row, closed)
                self._change(row.channel, last_sent=now, last_error="")
            case RetryAt(at, error, counts, ambiguous):
                row.state, row.error = "pending", error
                row.attempts, row.ambiguous = row.attempts + counts, row.ambiguous + ambiguous
                row.unclear += ambiguous
                self._change(row.channel, not_before=at, last_error=error)
            case Dead(error):
                row.state, row.settled_at, row.error = "dead", now, error
                self._change(row.channel, last_error=error)
            case Dropped(reason, closed):
                row.state, row.settled_at, row.error = "dropped", now, reason
                self._forget(row, closed)
            case Suspend(error):
                row.state, row.error = "pending", error
                self._change(row.channel, suspended=error or "refused", last_error=error)

    def _forget(self, row: _Row, alerts: Collection[int]) -> None:
        """Let alerts be made anew that no other message tells of."""
        row.alerts = [alert for alert in row.alerts if alert not in alerts]
        elsewhere = {alert for each in self._outbox.values() for alert in each.alerts}
        self._drop_alerts(set(alerts) - elsewhere)

    def _change(self, channel: str, **changes: object) -> None:
        if channel in self._channels:
            self._channels[channel] = replace(self._channels[channel], **changes)  # type: ignore[arg-type]  # by name

    def _drop_pending(self, bundle: str, reason: str, now: datetime) -> None:
        for row in self._outbox.values():
            if row.bundle == bundle and row.state == "pending":
                row.state, row.error, row.settled_at = "dropped", reason, now

    async def release_leases(self) -> int:
        held = [row for row in self._outbox.values() if row.state == "sending"]
        for row in held:
            row.lease_until = _LONG_AGO
        return len(held)

    async def hurry(self, now: datetime) -> None:
        for row in self._outbox.values():
            if row.state == "pending" and row.kind == "summary":
                row.due = min(row.due, now)

    async def end_silence(self, channel: str, now: datetime) -> None:
        for row in self._outbox.values():
            if row.channel == channel and row.state == "pending" and row.bundle.startswith(QUIET):
                row.due = min(row.due, now)

    async def resume(self, channel: str) -> None:
        self._change(channel, suspended="", not_before=None)

    async def channels(self, now: datetime) -> Mapping[str, ChannelState]:
        return {name: self._channel_state(state, now) for name, state in self._channels.items()}

    def _channel_state(self, state: ChannelState, now: datetime) -> ChannelState:
        rows = [row for row in self._outbox.values() if row.channel == state.name]
        waiting = [row for row in rows if row.waiting]
        return replace(
            state,
            pending=len(waiting),
            sent=sum(row.state == "sent" for row in rows),
            dead=sum(row.state == "dead" for row in rows),
            next_due=min((max(row.due, row.lease_until) for row in waiting), default=None),
            oldest=min((row.created_at for row in waiting if row.due <= now), default=None),
        )

    async def dead_messages(self, limit: int = 20) -> Sequence[DeadMessage]:
        dead = [
            (row.settled_at, row.id, row) for row in self._outbox.values() if row.state == "dead" and row.settled_at
        ]
        return [
            DeadMessage(row.id, row.channel, row.subject or self._title(row), row.error, at)
            for at, _, row in sorted(dead, reverse=True)[:limit]
        ]

    def _title(self, row: _Row) -> str:
        titles = (alert.job.postings[0].raw.title for alert in self._stored_alerts() if alert.id in row.alerts)
        return next(titles, "")
