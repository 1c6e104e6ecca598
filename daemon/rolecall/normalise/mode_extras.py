"""What stands beside the mode: the regions remote work is open to, a home base, a time zone, travel."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from rolecall.model import Fact, HomeBase, Location, TimeZoneNeed
from rolecall.normalise.mode_text import Sentence, sentences
from rolecall.normalise.place_parse import parse
from rolecall.normalise.text import Doc
from rolecall.normalise.uk import cue_country

_REMOTE = re.compile(r"\bremot\w*|\banywhere|\bdistributed working|\bhome[- ]based|\bcandidates|\bapplicants", re.IGNORECASE)
_BASE = re.compile(
    r"\b(?:must|need to|have to|should|required to|you(?:'ll| will)) (?:currently |already |also )?(?:be )?(?:based|located|living|live|reside|residing|commutable)(?: \w+){0,2}? (?:in|within|near|from)\b"
    r"|\bremote(?:ly)? \(?(?:but )?based in\b|\bremotely in\b|\bremote(?:ly)?,? (?:but )?(?:based|located) in\b",
    re.IGNORECASE,
)
_MILES = re.compile(r"within (?:a )?(?P<miles>\d{1,3})[- ]?miles? (?:radius )?(?:of|from)", re.IGNORECASE)
_NAMES = re.compile(r"(?:the |our |central |greater )?([A-Z][\w'.&-]*(?:[ ,]+(?:[A-Z][\w'.&-]*|of|and|upon|or|the))*)")
_TRAVEL_NONE = re.compile(r"\bno travel\b|\btravel(?:ling)?:? (?:is )?(?:not required|none|0 ?%)", re.IGNORECASE)
_TRAVEL_SOME = re.compile(
    r"\b(?:occasional|some|limited|infrequent|periodic|minimal|ad[- ]hoc|quarterly|annual|rare|from time to time)\b[^.\n]{0,40}\b(?:travel|visits?|meetings?|meet[- ]?ups?|off-?sites?|in[- ]person|get[- ]?togethers)"
    r"|\btravel\w*\b[^.\n]{0,40}\b(?:occasional\w*|from time to time|as (?:needed|required)|when (?:needed|required)|quarterly|once or twice|\d+ times? a year|up to (?:5|10|15|20) ?%)"
    r"|\bmeet (?:up )?in[- ]person\b[^.\n]{0,40}\b(?:twice|once|quarter\w*|year\w*|month\w*)",
    re.IGNORECASE,
)
_TRAVEL_MUCH = re.compile(r"\b(?:regular|frequent|extensive|significant|weekly|willing\w* to)\b[^.\n]{0,25}\btravel|\btravel\w*\b[^.\n]{0,25}\b(?:regularly|frequently|extensively|[3-9]\d ?%)", re.IGNORECASE)

_ZONE = r"GMT|BST|UTC|UK|CET|CEST|EET|EST|EDT|ET|CST|CDT|CT|MST|MT|PST|PDT|PT|IST|AEST|SGT|JST"
_ZONES: dict[str, float] = {
    "GMT": 0, "BST": 0, "UTC": 0, "UK": 0, "CET": 1, "CEST": 1, "EET": 2, "EST": -5, "EDT": -5, "ET": -5, "CST": -6, "CDT": -6, "CT": -6, "MST": -7, "MT": -7,
    "PST": -8, "PDT": -8, "PT": -8, "IST": 5.5, "AEST": 10, "SGT": 8, "JST": 9,
}  # fmt: skip
_TIME = r"(\d{1,2})(?:[:.](\d{2}))? ?(am|pm)?"
_CORE = re.compile(rf"\b(?:core|working|office)? ?hours?[^.\n]{{0,30}}?\b{_TIME} ?(?:-|to|until|and) ?{_TIME} ?\(?({_ZONE})\b", re.IGNORECASE)
_OVERLAP = re.compile(rf"\boverlap\w*[^.\n]{{0,40}}?(\d{{1,2}})\+? ?(?:hours?|hrs?)[^.\n]{{0,30}}?\b({_ZONE})\b|\b(\d{{1,2}})\+? ?(?:hours?|hrs?)[^.\n]{{0,25}}?\boverlap\w*[^.\n]{{0,30}}?\b({_ZONE})\b")
_BARE = re.compile(rf"\b({_ZONE}) (?:working |business |office )?hours\b|\b(?:working|business|work) (?:in |on |during )?({_ZONE}) (?:hours|time ?zone|time)\b|\b({_ZONE}) time ?zone (?:hours )?(?:is )?required")
_A_ZONE = re.compile(rf"\b(?:{_ZONE})\b")
DAY = (8.0, 19.0)  # the London day in which required hours are no trouble


def regions(doc: Doc, location: Fact[Location], said: Sequence[Sentence]) -> frozenset[str]:
    """Return the countries and groups that the remote offer is open to."""
    found = _named(doc.title) | _named_in_location(doc, location)
    found = found or frozenset[str]().union(*(_named(s.text) for s in said))
    if not found and (cue := cue_country(doc)):
        return frozenset({cue[0]})
    return found - {"WORLD"} or found


def _named_in_location(doc: Doc, location: Fact[Location]) -> frozenset[str]:
    groups = parse(doc.location, doc.raw.country).groups if doc.location else frozenset()
    countries = location.value.countries if location.value is not None and location.source == "field" else frozenset()
    return groups | countries


def _named(text: str) -> frozenset[str]:
    """Return the regions named close after a word for remote work."""
    found: set[str] = set()
    for match in _REMOTE.finditer(text):
        found.update(_region_words(text[match.end() : match.end() + 45]))
    return frozenset(found)


def _region_words(text: str) -> Iterator[str]:
    for name in _NAMES.finditer(text.split(". ")[0]):
        read = parse(name[1].strip(" ,."), None, strict=True)
        yield from read.groups
        yield from read.location.countries if not read.location.places else ()


def home_base(doc: Doc, said: Sequence[Sentence]) -> HomeBase | None:
    """Return where one must live, from the location field or a sentence that says so."""
    based = sentences("body", doc.body, doc.low, "base_cues")
    for text in (doc.location, doc.title, *(s.text for s in (*said, *based))):
        base = _base(text)
        if base is not None:
            return base
    return None


def _base(text: str) -> HomeBase | None:
    near = _MILES.search(text)
    cue = near or _BASE.search(text)
    name = _NAMES.search(text, cue.end(), cue.end() + 50) if cue else None
    if name is None:
        return None
    places = parse(name[1].strip(" ,."), "GB", strict=True).location.places
    if not places:
        return None
    return HomeBase(places[0].name, float(near["miles"]) if near else None)


def travel(doc: Doc) -> Literal["none", "occasional", "regular"] | None:
    """Return how much travel is asked for."""
    texts = [s.text for s in sentences("body", doc.body, doc.low, "travel_cues")]
    for pattern, answer in _TRAVELS:
        if any(pattern.search(text) for text in texts):
            return answer
    return None


_TRAVELS: tuple[tuple[re.Pattern[str], Literal["none", "occasional", "regular"]], ...] = (
    (_TRAVEL_NONE, "none"),
    (_TRAVEL_SOME, "occasional"),
    (_TRAVEL_MUCH, "regular"),
)


def time_zone(doc: Doc) -> TimeZoneNeed | None:
    """Return the hours or time zone that are asked for."""
    for sentence in sentences("body", doc.body, doc.low, "zone_cues"):
        need = _zone_need(sentence.text) if _A_ZONE.search(sentence.text) else None
        if need is not None:
            return need
    return None


def _zone_need(text: str) -> TimeZoneNeed | None:
    if core := _CORE.search(text):
        start, end = _clock(core[1], core[2], core[3] or core[6]), _clock(core[4], core[5], core[6])
        return TimeZoneNeed("core", core[7].upper(), start, end) if start and end else None
    if overlap := _OVERLAP.search(text):
        return TimeZoneNeed("overlap", overlap[2] or overlap[4], hours=float(overlap[1] or overlap[3]))
    bare = _BARE.search(text)
    return TimeZoneNeed("zone", bare[1] or bare[2] or bare[3]) if bare else None


def _clock(hour: str, minute: str | None, half: str | None) -> str | None:
    number = int(hour) % 12 + (12 if half.lower() == "pm" else 0) if half else int(hour)
    return f"{number:02}:{minute or '00'}" if number < 24 else None


def uk_hours(need: TimeZoneNeed | None) -> Literal["ok", "late", "early"] | None:
    """Return whether the hours asked fit a London day of 08:00 to 19:00."""
    if need is None or need.zone not in _ZONES:
        return None
    start, end = (_hour(need.start), _hour(need.end)) if need.start and need.end else (9.0, 17.0)
    start, end = start - _ZONES[need.zone], end - _ZONES[need.zone]
    if need.hours is not None:
        covered = min(end, DAY[1]) - max(start, DAY[0])
        return "ok" if covered >= need.hours else "late" if end > DAY[1] else "early"
    if start < DAY[0]:
        return "early"
    return "late" if end > DAY[1] else "ok"


def _hour(clock: str) -> float:
    hour, minute = clock.split(":")
    return int(hour) + int(minute) / 60
