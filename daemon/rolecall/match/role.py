"""Criteria about the work itself: who is muted, family, level, stack."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Literal

from rolecall.dedupe import normal_company
from rolecall.match.criterion import criterion, either, no, unknown, yes
from rolecall.match.pattern import LONGEST
from rolecall.match.wants import Mute, Search, Stack
from rolecall.model import Fact, Level, Need, Posting, Rung, Tech, Track, Verdict
from rolecall.normalise.vocabulary import name

Family = Literal[
    "backend", "fullstack", "frontend", "data", "devops_sre", "qa", "embedded", "mobile", "security",
    "general", "solutions_sales", "non_software",
]  # fmt: skip

_MENTIONED = frozenset({Need.MUST, Need.NEUTRAL, Need.NICE})  # what the work is done with, or would be
_RELIED_ON = frozenset({Need.MUST, Need.NEUTRAL})


def _said_of_itself(posting: Posting, _wanted: object) -> Fact[str]:
    return Fact("", "field", f"{posting.raw.title} - {posting.raw.company}"[:160], "mute")


@criterion(evidence=_said_of_itself)
def mute(posting: Posting, wanted: Mute, search: Search) -> Verdict:
    company = normal_company(posting.raw.company)
    if company in wanted.companies:
        return no("muted_company", f"you muted {posting.raw.company}")
    if any(f"{company} ".startswith(f"{agency} ") for agency in wanted.agencies):  # "Hays" is also "Hays Technology"
        return no("muted_agency", f"you muted {posting.raw.company}")
    title = posting.raw.title[:LONGEST]
    if found := next((pattern.pattern for pattern in wanted.titles if pattern.search(title)), None):
        return no("muted_title", f"you muted titles like {found}")
    return yes("not_muted")


@criterion(reads=["family"], default=frozenset())
def family(posting: Posting, wanted: frozenset[Family], search: Search) -> Verdict:
    """An empty list is every kind of software work."""
    value = posting.family.value
    if value is None or value == "unknown":
        return unknown("family_unknown", "kind of work not clear")
    if value in wanted or (not wanted and value != "non_software"):
        return yes("software_work", _work(value) if wanted else "")  # who did not ask need not be told
    if value == "general":
        return unknown("family_general", "software, specialism not stated")
    return no("other_family", "not a software role" if value == "non_software" else _work(value))


def _work(value: str) -> str:
    """Return "devops or sre work" for "devops_sre"."""
    return f"{value.replace('_', ' or ')} work"


@criterion(reads=["level", "level_floor"], options=["level_exact"], unknown="level")
def levels(posting: Posting, wanted: frozenset[Rung], search: Search) -> Verdict:
    level, floor = posting.level.value, posting.level_floor.value
    rungs = wanted if search.level_exact else _joined(wanted)
    if level is None:
        if floor is not None and all(rung < floor for rung in rungs):
            return no("below_floor", f"{floor.word} at least, you want {_rungs(wanted)}")
        return unknown("level_not_stated", "level not stated", "level")
    if any(level.min <= rung <= level.max for rung in rungs):
        return yes("level", level_words(level))
    return no("other_level", f"{level_words(level)}, you want {_rungs(wanted)}")


@criterion(reads=["level"], unknown="level")
def track(posting: Posting, wanted: frozenset[Track], search: Search) -> Verdict:
    if (level := posting.level.value) is None:
        return unknown("level_not_stated", "track not stated", "level")
    if level.track in wanted:
        return yes("track", level.track)
    return no("other_track", f"{level.track} track, you want {either(sorted(wanted))}")


def _stack_evidence(posting: Posting, wanted: Stack) -> Fact[str]:
    about = wanted.any | wanted.all | wanted.none
    found = [tech for tech in posting.stack if tech.id in about]
    shown = ", ".join(dict.fromkeys(tech.evidence for tech in found if tech.evidence))
    return Fact("", "body", shown[:160], found[0].rule) if found else Fact()


@criterion(unknown="stack", evidence=_stack_evidence)
def stack(posting: Posting, wanted: Stack, search: Search) -> Verdict:
    if spoilt := [name(tech.id) for tech in posting.stack if tech.id in wanted.none and _spoils(tech, wanted.strict)]:
        return no("unwanted_tech", f"asks for {spoilt[0]}")
    if not wanted.any and not wanted.all:
        return yes("no_unwanted_tech")
    surely = {tech.id for tech in posting.stack if tech.need in _MENTIONED and not tech.weak}
    perhaps = {tech.id for tech in posting.stack if tech.need in _MENTIONED}
    if _satisfied(wanted, surely):
        return yes("stack", ", ".join(_names(surely & (wanted.any | wanted.all))))
    if _satisfied(wanted, perhaps):
        return unknown("implied_weakly", f"{_missing(wanted, surely)} only implied", "stack")
    if not_whole(posting):
        return unknown("excerpt", f"only an excerpt, no word of {_missing(wanted, surely)}", "stack")
    return no("tech_missing", f"no word of {_missing(wanted, surely)}")


def not_whole(posting: Posting) -> bool:
    """Return whether what is absent from the text may only be cut off."""
    return posting.raw.truncated or "truncated" in posting.flags or not posting.text.strip()


def level_words(level: Level) -> str:
    return level.min.word if level.min == level.max else f"{level.min.word} to {level.max.word}"


@cache
def _joined(rungs: frozenset[Rung]) -> frozenset[Rung]:
    """Lead and staff are one rung for matching."""
    pair = {Rung.LEAD, Rung.STAFF}
    return rungs | pair if rungs & pair else rungs


def _rungs(rungs: Iterable[Rung]) -> str:
    return either([rung.word for rung in sorted(rungs)])


def _spoils(tech: Tech, strict: bool) -> bool:
    return not tech.weak and (strict or tech.need in _RELIED_ON)


def _satisfied(wanted: Stack, ids: set[str]) -> bool:
    return wanted.all <= ids and (not wanted.any or not wanted.any.isdisjoint(ids))


def _missing(wanted: Stack, ids: set[str]) -> str:
    lacking = wanted.all - ids
    return ", ".join(_names(lacking)) if lacking else either(_names(wanted.any))


def _names(ids: Iterable[str]) -> list[str]:
    return sorted(map(name, ids), key=str.lower)
