"""How the work is done: remote, hybrid, on site, and what goes with it (understanding.md, section 7).

Evidence of every kind becomes a `Signal`; the strongest gives the modes, and days in the office overrule it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rolecall.model import UNSTATED, Confidence, Fact, Location, Mode, Origin, WorkMode
from rolecall.normalise.mode_base import home_base, regions, travel
from rolecall.normalise.mode_fields import field_signal, remote_or_hybrid
from rolecall.normalise.mode_short import LOCATION, TITLE, short_sentence, short_signal
from rolecall.normalise.mode_text import DAYS, Sentence, Signal, sentences, signals
from rolecall.normalise.mode_zone import time_zone, uk_hours
from rolecall.normalise.place_fields import texts, walk
from rolecall.normalise.place_parse import parse
from rolecall.normalise.plain import short
from rolecall.normalise.text import Doc
from rolecall.normalise.uk import read_uk
from rolecall.normalise.words import load

__all__ = ["read_mode", "read_uk"]

NO_TOWN, _NO_TOWN = 3.2, "mode.field.no_town"
_NOTHING = WorkMode()
_ELSEWHERE = 2.9  # the strength of a mode word at one of several places
WEAKEST = 1.0  # what a general sentence says in passing is less, and says nothing
MERE_WORD = 2.0
REGULAR = 0.25  # at most one day a month is no hybrid: it is remote with an occasional journey
_TELLING = frozenset(
    {"office_optional", "remote_negotiable", "onboarding_onsite", "temporary_remote", "conditional_on_home"}
)


def read_mode(doc: Doc, location: Fact[Location]) -> Fact[WorkMode]:
    """Return where the work is done, with everything the posting says about it."""
    said = _sentences(doc)
    found = _gather(doc, said)
    fact = _decide(found, ashby_remote=remote_or_hybrid(doc.raw))
    mode = fact.value or _NOTHING
    if zone := time_zone(doc):
        mode = replace(mode, tz=zone, uk_hours=uk_hours(zone))
    if Mode.REMOTE in mode.modes:
        mode = replace(
            mode,
            regions=regions(doc, location, said),
            home_base=home_base(doc, said),
            travel=mode.travel or travel(doc),
        )
    return UNSTATED if mode == _NOTHING and not fact.flags else replace(fact, value=mode)


def _sentences(doc: Doc) -> list[Sentence]:
    """Return the sentences about the mode: of the body and of the pay field ("£30,000, some WFH")."""
    _, pay, body = doc.parts
    return sentences(body) + sentences(pay)


def _gather(doc: Doc, said: Sequence[Sentence]) -> list[Signal]:
    found = [signal for signal in (field_signal(doc.raw), _ashby_remote(doc)) if signal is not None]
    found += _short("title", doc.title, TITLE, "mode.title")
    found += _short("field", doc.location or _location_field(doc), LOCATION, "mode.location")
    found += _elsewhere(doc)
    for sentence in said:
        found += signals(sentence)
    return found + _hashtags(doc)


def _short(source: Origin, text: str, strength: float, rule: str) -> list[Signal]:
    """Return what a title or location says: by its mere words, then by whole rules."""
    signal = short_signal(source, text, strength, rule) if text else None
    if signal is None:
        return short_sentence(source, text) if " day" in text else []
    return [signal, *short_sentence(source, text)]


def _elsewhere(doc: Doc) -> list[Signal]:
    """Beside an office of its own, another of the board's places may be "Remote (US)": the office is a choice."""
    if not doc.raw.fields.get("secondaryLocations") or not doc.location:
        return []
    named = (short_signal("field", text, _ELSEWHERE, "mode.location.other") for _, text in texts(doc.raw))
    remote = next((signal for signal in named if signal is not None and signal.modes == {Mode.REMOTE}), None)
    return [remote._replace(flags=frozenset({"office_optional"}))] if remote else []


def _location_field(doc: Doc) -> str:
    """Return the first place text among the board's fields: a Greenhouse location may be just "Hybrid"."""
    return next((text for _, text in texts(doc.raw)), "")


def _ashby_remote(doc: Doc) -> Signal | None:
    """Ashby's `isRemote` where neither location nor address names a town: there is no office to go to.

    With one it means remote or hybrid, and the text decides (sources.md 2.11): silence says neither.
    """
    if not remote_or_hybrid(doc.raw) or "office" in doc.location.lower() or _has_town(doc):
        return None
    return Signal("field", "isRemote=true", _NO_TOWN, NO_TOWN, frozenset({Mode.REMOTE}))


def _has_town(doc: Doc) -> bool:
    towns = (str(town) for town in walk(doc.raw.fields, "address.postalAddress.addressLocality"))
    return any(
        read.location.places for read in (parse(doc.location), *(parse(short(town), strict=True) for town in towns))
    )


def _hashtags(doc: Doc) -> list[Signal]:
    if "li" not in doc.parts[-1].words:
        return []
    modes = {tag: Mode(mode) for tag, mode in load("mode")["hashtag"].items() if tag in doc.low}
    if not modes:
        return []
    first = min(modes, key=doc.low.find)
    at = doc.low.find(first)
    flags = frozenset({"conflict"}) if len(set(modes.values())) > 1 else frozenset[str]()
    return [Signal("body", doc.body[at : at + len(first)], "mode.hashtag", 1.0, frozenset(modes.values()), flags=flags)]


def _decide(found: Sequence[Signal], *, ashby_remote: bool) -> Fact[WorkMode]:
    out = frozenset(mode for signal in found for mode in signal.rules_out)
    telling = [s._replace(modes=s.modes - out) if out else s for s in found if s.modes - out and s.strength >= WEAKEST]
    if ashby_remote:
        telling = _text_decides([s for s in telling if s.modes != {Mode.ONSITE}])
    flags = frozenset(flag for s in found for flag in s.flags if flag in _TELLING)
    if not telling:
        return _nothing_said(found, out, flags, ashby_remote=ashby_remote)
    best = max(telling, key=lambda s: s.strength)
    days = next((s for s in telling if s.days is not None and s.strength >= DAYS), None)
    best, modes, more = _weighed(best, days, telling)
    flags = (flags | more | (best.flags & {"conflict"})) - (
        frozenset() if Mode.REMOTE in modes else {"office_optional"}
    )
    days = days or best  # said in a general sentence, but nothing surer is said
    office = days.days if modes != {Mode.REMOTE} or _rare(days) else None
    value = WorkMode(modes, out, office, travel="occasional" if _rare(days) else None)
    return Fact(value, best.source, best.evidence[:160], best.rule, _confidence(best, flags), flags, _either(flags))


def _text_decides(telling: list[Signal]) -> list[Signal]:
    """Ashby's `isRemote` alone means remote or hybrid: it counts only where nothing else says which."""
    return [s for s in telling if s.rule != _NO_TOWN and s.strength >= MERE_WORD] or telling


def _weighed(
    best: Signal, days: Signal | None, telling: Sequence[Signal]
) -> tuple[Signal, frozenset[Mode], frozenset[str]]:
    """Return the signal that decides, its modes and the flags this brings: the two exceptions of 7.3."""
    remote = next(
        (s for s in telling if s.modes == {Mode.REMOTE} and s.source in ("field", "title") and not s.days), None
    )
    if days is not None and best.modes >= {Mode.HYBRID, Mode.REMOTE}:
        return best, best.modes, frozenset()
    if days is not None:
        said = remote is not None and remote.source == "field" and Mode.REMOTE not in days.modes
        return days, days.modes, frozenset({"field_says_remote"} if said else ())
    hybrid = any(s.modes == {Mode.HYBRID} and s.source == "body" and s.strength >= MERE_WORD for s in telling)
    if remote is not None and hybrid and (best is remote or best.modes == {Mode.HYBRID}):
        return remote, remote.modes, frozenset({"conflict"})
    return best, best.modes, frozenset()


def _nothing_said(
    found: Sequence[Signal], out: frozenset[Mode], flags: frozenset[str], *, ashby_remote: bool
) -> Fact[WorkMode]:
    negation = next((s for s in found if s.rules_out), None)
    if negation is not None:
        return Fact(WorkMode(ruled_out=out), negation.source, negation.evidence[:160], negation.rule, flags=flags)
    if ashby_remote:
        flags |= {"conflict"}
        return Fact(WorkMode(), "field", "isRemote=true", "mode.field.either", Confidence.LOW, flags, _either(flags))
    return Fact(flags=flags)


def _either(flags: frozenset[str]) -> tuple[WorkMode, ...]:
    """Return what a conflict lets open: remote or hybrid."""
    return (WorkMode(frozenset({Mode.REMOTE})), WorkMode(frozenset({Mode.HYBRID}))) if "conflict" in flags else ()


def _rare(days: Signal) -> bool:
    return days.days is not None and days.days.max is not None and days.days.max <= REGULAR


def _confidence(best: Signal, flags: frozenset[str]) -> Confidence:
    if best.strength < 2 or "conflict" in flags:
        return Confidence.LOW
    return Confidence.HIGH if best.strength >= 3.5 and "field_says_remote" not in flags else Confidence.MEDIUM
