"""What is known of a stored vacancy: the best of its copies, how often it was reposted, what changed that matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from math import inf

from rolecall.dedupe import Merged, merge
from rolecall.model import Place, Posting
from rolecall.normalise import normalise
from rolecall.normalise.place import miles
from rolecall.render.buttons import Pressable
from rolecall.render.facts import level_text, mode_text
from rolecall.render.money import pay_text
from rolecall.stored import StoredJob, StoredPosting

TOGETHER = timedelta(days=1)  # adverts of one board that came within a day are copies, not reposts


def merged(job: StoredJob, also: Iterable[Posting] = (), home: Place | None = None) -> Merged:
    """Return the best of the job's open copies (of all where none is open); `also` are newer or not stored yet.

    What was listed anew comes after its repost: its link may lead nowhere soon. Of an advert's copies for several
    cities the one nearest to `home` is shown.
    """
    newer = {posting.key: posting for posting in also}
    stored = [copy for copy in job.postings if copy.closed_at is None or not (job.is_open or newer)]
    old = [copy for copy in stored if (copy.raw.source, copy.raw.id) not in newer]
    listed = {(posting.raw.source, posting.raw.location) for posting in newer.values()}
    past = [c for c in old if (c.raw.source, c.raw.location) in listed or any(_is_repost(o, [c]) for o in old)]
    current = [*(normalise(copy.raw) for copy in old if copy not in past), *newer.values()]
    if home:
        current.sort(key=partial(_miles, home))
    return merge([*current, *(normalise(copy.raw) for copy in past)])


def _miles(home: Place, posting: Posting) -> float:
    location = posting.location.value
    return min((miles(home, place) for place in location.places), default=inf) if location else inf


def pressable(job: StoredJob, posting: Posting, *, muted: bool = False, apart: bool = False) -> Pressable:
    """Return what the buttons under a job need to know; `posting` is the best of its copies."""
    copies = sum(copy.closed_at is None and copy.raw.url != posting.raw.url for copy in job.postings)
    return Pressable(job.id, posting.raw.company, bool(posting.agency.value), copies, muted, apart)


def reposts(job: StoredJob) -> int:
    """Return how often the vacancy was listed anew, under another id. Copies for several cities are one listing."""
    again = (copy.first_seen for number, copy in enumerate(job.postings) if _is_repost(copy, job.postings[:number]))
    times: list[datetime] = []
    for at in sorted(again):
        if not times or at - times[-1] > TOGETHER:
            times.append(at)
    return len(times)


def _is_repost(copy: StoredPosting, earlier: Iterable[StoredPosting]) -> bool:
    return any(
        old.raw.source == copy.raw.source
        and copy.first_seen - old.first_seen > TOGETHER
        and (old.closed_at is not None or old.raw.location == copy.raw.location)
        for old in earlier
    )


def closes_at(posting: Posting) -> datetime | None:
    """Return when applications close; None where it is not said, or said to have been before the advert appeared."""
    closing = posting.closing.value
    at = closing.at if closing else posting.raw.closes_at
    posted = posting.raw.posted_at
    return None if at is None or (posted is not None and at < posted) else at


def changes(before: Posting, after: Posting, *, reopened: bool = False) -> tuple[str, ...]:
    """Return what changed that matters to somebody who was told of the vacancy: pay, mode, level, open again."""
    return tuple(_changes(before, after, reopened))


def _changes(before: Posting, after: Posting, reopened: bool) -> Iterator[str]:
    if reopened:
        yield "open again"
    old, new = before.salary.value, after.salary.value
    if new and not new.predicted:
        if old is None or old.predicted:
            yield f"pay now stated: {pay_text(after.salary, after.ir35.value)}"
        elif _top(new.annual_gbp) > _top(old.annual_gbp) > 0 and new.annual_basis == old.annual_basis:
            yield f"pay rose to {pay_text(after.salary)} from {pay_text(before.salary)}"
    if _differ(before.mode.value and before.mode.value.modes, after.mode.value and after.mode.value.modes):
        yield f"now {mode_text(after.mode, after.uk.value)} (was {mode_text(before.mode, before.uk.value)})"
    if _differ(before.level.value, after.level.value):
        yield f"now {level_text(after.level)} (was {level_text(before.level)})"


def _top(annual: tuple[int | None, int | None]) -> int:
    return annual[1] or annual[0] or 0


def _differ(before: object, after: object) -> bool:
    return bool(before and after) and before != after
