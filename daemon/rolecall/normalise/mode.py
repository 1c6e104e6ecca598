"""How the work is done: remote, hybrid, on site, and what goes with it (understanding.md, section 7).

Evidence of every kind becomes a `Signal`; the strongest gives the modes, and days in the office overrule it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rolecall.model import Confidence, Fact, Location, Mode, OfficeDays, WorkMode
from rolecall.normalise.mode_extras import home_base, regions, time_zone, travel, uk_hours
from rolecall.normalise.mode_fields import field_signal, remote_or_hybrid
from rolecall.normalise.mode_short import LOCATION, TITLE, short_sentence, short_signal
from rolecall.normalise.mode_text import Sentence, Signal, sentences, signals
from rolecall.normalise.text import Doc
from rolecall.normalise.uk import read_uk
from rolecall.normalise.words import load

__all__ = ["read_mode", "read_uk"]

REGULAR = 0.25  # at most one day a month is no hybrid: it is remote with an occasional journey
_TELLING = frozenset({"office_optional", "remote_negotiable", "onboarding_onsite", "temporary_remote", "conditional_on_home"})


def read_mode(doc: Doc, location: Fact[Location]) -> Fact[WorkMode]:
    """Return where the work is done, with everything the posting says about it."""
    said = _sentences(doc)
    found = _gather(doc, said)
    fact = _decide(found, ashby_remote=remote_or_hybrid(doc.raw))
    mode = fact.value or WorkMode()
    zone = time_zone(doc)
    mode = replace(
        mode,
        regions=regions(doc, location, said, mode),
        home_base=home_base(doc, said),
        tz=zone,
        uk_hours=uk_hours(zone),
        travel=mode.travel or travel(said),
    )
    return Fact() if mode == WorkMode() and not fact.flags else replace(fact, value=mode)


def _sentences(doc: Doc) -> list[Sentence]:
    """Return the sentences about the mode: of the body and of the pay field ("£30,000, some WFH")."""
    return sentences("body", doc.body, doc.low) + sentences("field", doc.salary_field, doc.salary_field.lower())


def _gather(doc: Doc, said: Sequence[Sentence]) -> list[Signal]:
    found = [signal for signal in (field_signal(doc.raw),) if signal is not None]
    for source, text, strength, rule in (("title", doc.title, TITLE, "mode.title"), ("field", doc.location, LOCATION, "mode.location")):
        signal = short_signal("title" if source == "title" else "field", text, strength, rule) if text else None
        if signal is not None:
            found += [signal, *short_sentence(signal.source, text)]
    for sentence in said:
        found += signals(sentence)
    return found + _hashtags(doc)


def _hashtags(doc: Doc) -> list[Signal]:
    if "#li" not in doc.low:
        return []
    modes = {tag: Mode(mode) for tag, mode in load("mode")["hashtag"].items() if tag in doc.low}
    if not modes:
        return []
    at = min(doc.low.find(tag) for tag in modes)
    several = len(set(modes.values())) > 1
    flags = frozenset({"conflict"}) if several else frozenset()
    evidence = doc.body[at : at + len("#li-remote")]
    return [Signal("body", evidence, "mode.hashtag", 1.0, frozenset(modes.values()), flags=flags)]


def _decide(found: Sequence[Signal], *, ashby_remote: bool) -> Fact[WorkMode]:
    out = frozenset(mode for signal in found for mode in signal.rules_out)
    telling = [replace(s, modes=s.modes - out) for s in found if s.modes - out]
    flags = frozenset(flag for s in found for flag in s.flags if flag in _TELLING)
    if not telling:
        return _nothing_said(found, out, flags, ashby_remote=ashby_remote)
    best = max(telling, key=lambda s: s.strength)
    modes, more = _overruled(best, telling)
    days = _days(telling, modes)
    flags |= more | (best.flags & {"conflict"})
    if Mode.REMOTE not in modes:
        flags -= {"office_optional"}
    value = WorkMode(modes, out, days, travel="occasional" if _monthly(days) and Mode.REMOTE in modes else None)
    if _monthly(days) and Mode.REMOTE in modes:
        value = replace(value, office_days=days)
    return Fact(value, best.source, best.evidence[:160], best.rule, _confidence(best, flags), flags)


def _nothing_said(found: Sequence[Signal], out: frozenset[Mode], flags: frozenset[str], *, ashby_remote: bool) -> Fact[WorkMode]:
    negation = next((s for s in found if s.rules_out), None)
    if negation is not None:
        return Fact(WorkMode(ruled_out=out), negation.source, negation.evidence[:160], negation.rule, flags=flags)
    if ashby_remote:
        either = (WorkMode(frozenset({Mode.REMOTE})), WorkMode(frozenset({Mode.HYBRID})))
        return Fact(WorkMode(), "field", "isRemote=true", "mode.field.either", Confidence.LOW, flags | {"conflict"}, either)
    return Fact(flags=flags)


def _overruled(best: Signal, telling: Sequence[Signal]) -> tuple[frozenset[Mode], frozenset[str]]:
    """Return the modes, after the two exceptions of 7.3, and the flags these bring."""
    return best.modes, frozenset()


def _days(telling: Sequence[Signal], modes: frozenset[Mode]) -> OfficeDays | None:
    said = [s.days for s in telling if s.days is not None and s.source != "title"] or [s.days for s in telling if s.days]
    return said[0] if said and modes & {Mode.HYBRID, Mode.ONSITE} or said and _monthly(said[0]) else None


def _monthly(days: OfficeDays | None) -> bool:
    return days is not None and days.max is not None and days.max <= REGULAR


def _confidence(best: Signal, flags: frozenset[str]) -> Confidence:
    if best.strength < 2 or "conflict" in flags:
        return Confidence.LOW
    return Confidence.HIGH if best.strength >= 3.5 else Confidence.MEDIUM
