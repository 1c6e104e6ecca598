"""The numbers of docs/metrics.md in Prometheus' form; the one module that knows prometheus-client, an extra."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from rolecall import __version__
from rolecall.outbox import ChannelState
from rolecall.plan import SourceState

LAGS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)  # seconds


class Metrics:
    """Counts (a `Tally`), and takes stock of sources and channels whenever it is asked."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # when each count began is of no use here
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)  # memory, processor time, open files
        Info("rolecall", "What runs", registry=registry).info({"version": __version__})
        self._polls = Counter("rolecall_polls", "Looks at a source", ["source", "outcome"], registry=registry)
        self._postings = Counter("rolecall_postings", "New or changed postings stored", registry=registry)
        self._alerts = Counter("rolecall_alerts", "Matches that became an alert", registry=registry)
        self._sends = Counter("rolecall_sends", "Messages tried", ["channel", "outcome"], registry=registry)
        self._faults = Counter("rolecall_faults", "Warnings and errors logged", ["event"], registry=registry)
        self.lag = Histogram("rolecall_loop_lag_seconds", "How late the loop wakes", buckets=LAGS, registry=registry)
        self._success = _gauge(registry, "source_last_success_timestamp_seconds", "When it was last read", "source")
        self._failing = _gauge(registry, "source_failures", "Failed looks in a row", "source")
        self._depth = _gauge(registry, "outbox_messages", "Messages that wait", "channel")
        self._age = _gauge(registry, "outbox_oldest_seconds", "Age of the oldest message that is due", "channel")
        self._suspended = _gauge(registry, "channel_suspended", "1 while a channel is suspended", "channel")

    def polled(self, source: str, outcome: str) -> None:
        self._polls.labels(source, outcome).inc()

    def written(self, postings: int, alerts: int) -> None:
        self._postings.inc(postings)
        self._alerts.inc(alerts)

    def sent(self, channel: str, outcome: str) -> None:
        self._sends.labels(channel, outcome).inc()

    def fault(self, event: str) -> None:
        self._faults.labels(event).inc()

    def page(self, sources: Mapping[str, SourceState], channels: Mapping[str, ChannelState], now: datetime) -> bytes:
        """Return everything as Prometheus reads it; sources and channels as they are now."""
        for gauge in (self._success, self._failing, self._depth, self._age, self._suspended):
            gauge.clear()
        for name, state in sources.items():
            self._failing.labels(name).set(state.failures)
            if state.last_success:
                self._success.labels(name).set(state.last_success.timestamp())
        for name, channel in channels.items():
            self._depth.labels(name).set(channel.pending)
            self._age.labels(name).set((now - channel.oldest).total_seconds() if channel.oldest else 0)
            self._suspended.labels(name).set(bool(channel.suspended))
        return generate_latest(self._registry)


def _gauge(registry: CollectorRegistry, name: str, what: str, label: str) -> Gauge:
    return Gauge(f"rolecall_{name}", what, [label], registry=registry)
