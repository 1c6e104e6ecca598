"""Small plans for the store tests: invented postings, one line each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from rolecall.dedupe import canonical_url
from rolecall.model import Action, Answer, Assignment, Print, RawPosting, Reason, Verdict
from rolecall.outbox import Claim
from rolecall.plan import Delivery, NewAlert, NewNotice, NewPosting, Plan, SourceState
from rolecall.ports import Store
from rolecall.stored import StoredAlert

NOW = datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)
SOURCE = "feed:larkspur"


def after(**units: float) -> datetime:
    return NOW + timedelta(**units)


async def alerts_of(store: Store, claim: Claim) -> Sequence[StoredAlert]:
    """Return the alerts of a claimed message, oldest first."""
    return await store.alerts_with([alert for job in claim.jobs for alert in job])


def posting(
    source_id: str,
    job: str | None = None,
    *,
    source: str = SOURCE,
    title: str = "Python developer",
    content_hash: str = "first",
    keys: frozenset[str] | None = None,
    posted_at: datetime | None = None,
) -> NewPosting:
    """Return a posting that is the only one of its job unless `job` says otherwise."""
    raw = RawPosting(
        source=source,
        id=source_id,
        title=title,
        url=f"https://jobs.larkspur.example/{source_id}?utm_source=feed",
        company="Larkspur Ltd",
        location="Leeds",
        description="<p>We mend clocks with Python – £60k.</p>",
        fields={"remote": True, "pay": {"min": 60000}, "areas": ["UK", "Leeds"]},
        posted_at=posted_at,
        tags=("python", "clocks"),
    )
    fingerprint = Print(
        source=source,
        id=source_id,
        keys=frozenset({f"c:{source_id}"}) if keys is None else keys,
        company="larkspur",
        title=title.lower(),
        level="mid",
        places=frozenset({"leeds"}),
        url=canonical_url(raw.url),
        shingles=frozenset({7, 2**31, 2**32 - 1}),
        length=7,
        pay=(60000, 70000),
        posted=739_000,
        retold=True,
        role="python developer",
        temporary=True,
    )
    job = job or f"job-{source_id}"
    return NewPosting(
        raw, content_hash, fingerprint, {"level": None, "stack": ["python"]}, Assignment(raw_key(raw), job)
    )


def raw_key(raw: RawPosting) -> tuple[str, str]:
    return (raw.source, raw.id)


def alert(
    of: NewPosting,
    *deliveries: Delivery,
    search: str = "python",
    rank: float = 1.0,
    action: Action = Action.ALERT,
) -> NewAlert:
    reasons = (Reason("stack", Verdict(Answer.YES, "has", "Python"), "Python", "body", "term"),)
    return NewAlert(search, of.assignment.job, of.print.key, action, reasons, rank, deliveries)


def at_once(of: NewPosting, channel: str = "phone", due: datetime = NOW) -> Delivery:
    return Delivery(channel, f"job:{of.assignment.job}", "alert", due)


def digest(bundle: str = "digest:monday", channel: str = "phone", due: datetime = NOW) -> Delivery:
    return Delivery(channel, bundle, "digest", due)


def notice(key: str = "larkspur:gone", channel: str = "phone", due: datetime = NOW) -> NewNotice:
    return NewNotice(key, channel, "A source is gone", "It can no longer be read.", due)


def plan(*postings: NewPosting, now: datetime = NOW, **parts: object) -> Plan:
    return Plan(now=now, postings=postings, **parts)  # type: ignore[arg-type]  # tests name the parts they need


def poll(now: datetime = NOW, **parts: object) -> Plan:
    """Return a plan of `SOURCE`, as `seen` and `gone` need it."""
    return plan(now=now, source=SourceState(SOURCE, after(hours=1)), **parts)
