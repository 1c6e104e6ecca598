"""What the searches say of postings becomes alerts: one per search and job, for whom it is news. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from rolecall import people, route
from rolecall.config import Config
from rolecall.match import CompanyName, Index, Mute, Search
from rolecall.model import Action, Match, Posting
from rolecall.people import Muted
from rolecall.plan import NewAlert

Pair = tuple[str, str]
"""A search and a job."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the saved searches say of one posting of a job; those that drop it say nothing."""

    key: tuple[str, str]
    job: str
    matches: tuple[Match, ...]
    company: str = ""


def judged(postings: Iterable[tuple[Posting, str]], index: Index) -> tuple[Judged, ...]:
    """Return what the searches say of each posting, given with its job."""
    return tuple(
        Judged(posting.key, job, tuple(index.matches(posting)), posting.raw.company) for posting, job in postings
    )


def unmuted(found: Iterable[Judged], mutes: Sequence[Muted], config: Config) -> tuple[Judged, ...]:
    """Return the matches without those of employers whom the search's person muted."""
    judged = tuple(found)
    if not mutes:
        return judged
    whose = config.whose({match.search for each in judged for match in each.matches})
    return tuple(
        replace(each, matches=tuple(m for m in each.matches if not people.muted(whose[m.search], each.company, mutes)))
        for each in judged
    )


def with_mutes(search: Search, mutes: Iterable[Muted]) -> Search:
    """Return the search with what its person muted among what it mutes itself."""
    theirs = [mute for mute in mutes if mute.person in ("", search.person)]
    if not theirs:
        return search
    own = search.wanted.get("mute", Mute())
    named = {kind: {CompanyName(mute.name) for mute in theirs if mute.kind == kind} for kind in ("company", "agency")}
    both = replace(own, companies=own.companies | named["company"], agencies=own.agencies | named["agency"])
    return replace(search, wanted={**search.wanted, "mute": both})


def untold(found: Iterable[Judged], alerted: Collection[Pair]) -> tuple[Judged, ...]:
    """Return the matches without those that have an alert."""
    return tuple(
        replace(each, matches=tuple(match for match in each.matches if (match.search, each.job) not in alerted))
        for each in found
    )


def alerts(
    found: Iterable[Judged],
    config: Config,
    now: datetime,
    *,
    baseline: bool,
    sent_alone: Mapping[str, int] = MappingProxyType({}),
) -> tuple[NewAlert, ...]:
    """Return one alert per (search, job) among the matches. In a baseline they travel in summaries: no flood.

    `sent_alone`: how many alerts of each search came one by one in the last hour.
    """
    searches = {search.name: search for search in config.searches}
    best: dict[Pair, tuple[Match, Judged]] = {}
    for each in found:
        for match in each.matches:
            pair = (match.search, each.job)
            if pair not in best or better(match) > better(best[pair][0]):
                best[pair] = (match, each)
    many = _too_many({pair: match for pair, (match, _) in best.items()}, searches, sent_alone)
    return tuple(
        NewAlert(
            search=match.search,
            job=each.job,
            key=each.key,
            action=match.action,
            reasons=match.reasons,
            rank=match.rank,
            deliveries=route.deliveries(
                searches[match.search], each.job, match.action, config, now, baseline=baseline, many=pair in many
            ),
            person=searches[match.search].person,
        )
        for pair, (match, each) in best.items()
    )


def _too_many(best: Mapping[Pair, Match], searches: Mapping[str, Search], sent_alone: Mapping[str, int]) -> set[Pair]:
    """Return what is beyond that which each search may send one by one in an hour: the lowest in rank."""
    by_search: dict[str, list[Pair]] = {}
    for pair, match in sorted(best.items(), key=lambda item: -item[1].rank):
        if match.action is Action.ALERT and searches[match.search].alerts_per_hour:
            by_search.setdefault(match.search, []).append(pair)
    return {pair for name, pairs in by_search.items() for pair in pairs[_left(searches[name], sent_alone) :]}


def _left(search: Search, sent_alone: Mapping[str, int]) -> int:
    return max(0, int(search.alerts_per_hour) - sent_alone.get(search.name, 0))


def calmed(found: Iterable[Judged]) -> tuple[Judged, ...]:
    """Return the same matches as worth a digest at most."""
    return tuple(replace(each, matches=tuple(map(_for_a_digest, each.matches))) for each in found)


def _for_a_digest(match: Match) -> Match:
    return match if match.action is Action.DROP else replace(match, action=Action.DIGEST)


def better(match: Match) -> tuple[int, float]:
    """Order what a search says of the copies of one job: an alert before a digest before silence, then by rank."""
    return ((Action.DROP, Action.DIGEST, Action.ALERT).index(match.action), match.rank)
