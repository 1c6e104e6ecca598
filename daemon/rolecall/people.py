"""What people say of jobs and employers: decisions, and the marks and mutes they leave. Pure.

A person is a name of the configuration; "" is the one person of a configuration that names nobody. What "" said holds
for everybody who gets a name later: it was the household's word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from rolecall.dedupe import normal_company

MarkKind = Literal["saved", "applied", "dismissed", "snoozed"]
MuteKind = Literal["company", "agency"]
DecisionKind = Literal[
    "join", "split", "saved", "applied", "dismissed", "snoozed", "muted_company", "muted_agency", "unmuted", "undo"
]

DONE: frozenset[MarkKind] = frozenset(("applied", "dismissed"))

_INSTEAD: Mapping[MarkKind, frozenset[MarkKind]] = MappingProxyType(
    {
        "saved": frozenset(("dismissed",)),
        "applied": frozenset(("dismissed", "snoozed")),
        "dismissed": frozenset(("applied", "snoozed", "saved")),
        "snoozed": frozenset(("applied", "dismissed")),
    }
)
"""The latest word counts: these marks a new one replaces. What was saved stays saved until it is dismissed."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person said of a job, and when. A snoozed job is out of sight before `until`."""

    person: str
    kind: MarkKind
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Muted:
    """An employer, or an agency under all the names that begin with its own, that a person hears no more of.

    `name` is in normal form (`dedupe.normal_company`), `said` is what a person reads.
    """

    person: str
    kind: MuteKind
    name: str
    said: str
    at: datetime

    def covers(self, name: str) -> bool:
        """Return whether this is an employer, named in normal form: "Hays" the agency is also "Hays Technology"."""
        return name == self.name or (self.kind == "agency" and f"{name} ".startswith(f"{self.name} "))


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person said of two adverts: they are one job (join), or `posting` is not the job of `other` (split)."""

    kind: Literal["join", "split"]
    posting: tuple[str, str]
    other: tuple[str, str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Again:
    """How a snoozed job comes back: what these searches said of it, on these channels, at `until`."""

    until: datetime
    searches: tuple[str, ...]
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about postings, named by their keys: it outranks every rule.

    join: the jobs of two postings are one. split: one posting leaves its job. saved: its job is kept in a list.
    applied, dismissed: its job never comes to this person again. snoozed: it comes again, once, as `again` says.
    muted_company, muted_agency, unmuted: about the employer `company`; a posting is named where one was the occasion.
    undo: the latest of these about its job, by this person or about what is one job, is taken back; with `of`, only if
    it is of that kind: a word taken back twice must not take back the one before it.
    `id` makes that it is carried out once only.
    """

    id: str
    kind: DecisionKind
    keys: tuple[tuple[str, str], ...]
    at: datetime
    person: str = ""
    company: str = ""
    again: Again | None = None
    of: DecisionKind | None = None

    @property
    def mute(self) -> Muted:
        """The mute this decision makes; its name is "" where no company is named."""
        kind: MuteKind = "agency" if self.kind == "muted_agency" else "company"
        return Muted(self.person, kind, normal_company(self.company), self.company, self.at)


# --- the rules between marks ----------------------------------------------------------------------------------


def of(person: str, marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Return the marks that hold for a person."""
    return tuple(mark for mark in marks if mark.person in ("", person))


def say(marks: tuple[Mark, ...], new: Mark) -> tuple[Mark, ...]:
    """Return a person's marks of a job after a new word; the same ones when it says nothing new."""
    if any((mark.kind, mark.until) == (new.kind, new.until) for mark in marks):
        return marks
    replaced = _INSTEAD[new.kind] | {new.kind}
    return (*(mark for mark in marks if mark.kind not in replaced), new)


def together(own: tuple[Mark, ...], other: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """Return the marks of a job that takes in another one: where both are marked, its own count."""
    taken = {(mark.person, kind) for mark in own for kind in _INSTEAD[mark.kind] | {mark.kind}}
    return (*own, *(mark for mark in other if (mark.person, mark.kind) not in taken))


def parted(now: tuple[Mark, ...], own: tuple[Mark, ...], other: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """Return the marks of a job when the other one leaves it again, `own` and `other` being as before they met."""
    return tuple(mark for mark in now if mark in own or mark not in other)


def is_done(person: str, marks: Iterable[Mark]) -> bool:
    """Return whether a person is done with a job: it never comes to them again."""
    return any(mark.kind in DONE for mark in of(person, marks))


def is_snoozed(person: str, marks: Iterable[Mark], now: datetime) -> bool:
    """Return whether a person does not want to see a job yet."""
    return any(mark.until is not None and mark.until > now for mark in of(person, marks))


def muted(person: str, company: str, mutes: Sequence[Muted]) -> bool:
    """Return whether a person hears no more of an employer."""
    theirs = [mute for mute in mutes if mute.person in ("", person)]
    name = normal_company(company) if theirs else ""
    return any(mute.covers(name) for mute in theirs)


def state(person: str, marks: Iterable[Mark], now: datetime, zone: ZoneInfo) -> str:
    """Return what a person said of a job, in words: "saved, applied 3 Nov"; "" where nothing was said."""
    return ", ".join(in_words(mark, zone) for mark in standing(of(person, marks), now))


def standing(marks: Iterable[Mark], now: datetime) -> list[Mark]:
    """Return the marks that hold now, the latest word last: a job whose time has come is not put off any more."""
    return [mark for mark in sorted(marks, key=lambda mark: mark.at) if mark.until is None or mark.until > now]


def in_words(mark: Mark, zone: ZoneInfo) -> str:
    """Return "applied 3 Nov", or until when a job is out of sight."""
    day = (mark.until or mark.at).astimezone(zone)
    match mark.kind:
        case "saved":
            return "saved"
        case "snoozed":
            return f"snoozed until {day:%a} {day.day} {day:%b %H:%M}"
        case kind:
            return f"{kind} {day.day} {day:%b}"
