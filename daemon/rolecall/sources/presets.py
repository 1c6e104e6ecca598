"""What is known of certain feeds beyond the standards: how they write titles, and where they hide the facts."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from rolecall.model import Json, RawPosting
from rolecall.sources.dates import LONDON, instant
from rolecall.sources.reading import places, short
from rolecall.sources.syndication import Channel, Entry

Refine = Callable[[RawPosting, Entry, Channel], RawPosting]


def _as_it_is(posting: RawPosting, _entry: Entry, _channel: Channel) -> RawPosting:
    return posting


@dataclass(frozen=True, slots=True)
class Preset:
    """A board known by its feed. Its name stands in its postings' source, so `normalise` knows whose fields it reads.

    `title`: a pattern of `{title}` and `{company}`; `complete`: the feed is the board's whole list.
    """

    title: str = "{title}"
    country: str = ""
    complete: bool = False
    refine: Refine = _as_it_is


# --- Oleeo (TAL.net): police and government departments; the facts stand in lines of "Key:Value" -----------------

_OPPORTUNITY = re.compile(r"/opp/(\d+)")
_NUMBERED = re.compile(r"^\d{3,}\s*[-:]\s*")
_LINE = re.compile(r"\s*([A-Z][A-Za-z ]{1,40}):\s*([^\n]*)")
_BREAK = re.compile(r"<br\s*/?>|</br>|</?div[^<>]{0,200}>", re.IGNORECASE)


def _oleeo(posting: RawPosting, entry: Entry, channel: Channel) -> RawPosting:
    lines = _BREAK.sub("\n", entry.html).split("\n")
    facts = {line[1]: short(line[2]) for line in map(_LINE.fullmatch, map(html.unescape, lines)) if line}
    number = _OPPORTUNITY.search(entry.id) or _OPPORTUNITY.search(entry.link)
    return replace(
        posting,
        id=number[1] if number else posting.id,  # the Atom id also holds a brand's number
        title=_NUMBERED.sub("", posting.title) or posting.title,
        company=posting.company or channel.author,
        location=places(facts.get("Location", "").replace(",", ";")),
        salary_text=facts.get("Salary", ""),
        closes_at=instant(facts.get("Closing Date"), LONDON),
        fields={name: facts[name] for name in ("Vacancy Id", "Role Type") if facts.get(name)},
        tags=tuple(filter(None, map(short, facts.get("Role Type", "").split(",")))),
    )


# --- Teamtailor: the company is the feed's title, the places are a list of their own ------------------------------


def _teamtailor(posting: RawPosting, entry: Entry, channel: Channel) -> RawPosting:
    return replace(
        posting,
        company=posting.company or channel.title,
        location=places(*(entry.many.get("tt_name") or entry.many.get("tt_city") or ())) or posting.location,
        fields={**posting.fields, "locations": _locations(entry)},
        tags=tuple(filter(None, (short(entry.extra.get(name)) for name in ("tt_department", "tt_role")))),
    )


def _locations(entry: Entry) -> list[Json]:
    names, cities, countries = (entry.many.get(f"tt_{name}", ()) for name in ("name", "city", "country"))
    if not len(names) == len(cities) == len(countries):
        return [{"city": city} for city in cities]
    return [{"name": n, "city": c, "country": where} for n, c, where in zip(names, cities, countries, strict=True)]


def _weworkremotely(posting: RawPosting, entry: Entry, _channel: Channel) -> RawPosting:
    skills = re.split(r",\s*(?:and\s+)?", short(entry.extra.get("skills")))
    return replace(posting, tags=tuple(dict.fromkeys(filter(None, (*posting.tags, *skills)))))


def _himalayas(posting: RawPosting, entry: Entry, _channel: Channel) -> RawPosting:
    lists = {name: list(entry.many.get(f"himalayasjobs_{name[:-1].lower()}", ())) for name in _RESTRICTIONS}
    return replace(posting, location=places(*lists["locationRestrictions"]), fields={**posting.fields, **lists})


_RESTRICTIONS = ("locationRestrictions", "timezoneRestrictions")

PRESETS: Mapping[str, Preset] = {
    "": Preset(),
    "himalayas": Preset(refine=_himalayas),
    "oleeo": Preset(country="GB", complete=True, refine=_oleeo),
    "pythonorg": Preset("{title}, {company}"),
    "teamtailor": Preset(refine=_teamtailor),
    "weworkremotely": Preset("{company}: {title}", refine=_weworkremotely),
}
