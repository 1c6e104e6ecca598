"""What is known of certain feeds beyond the standards: how they write titles, and where they hide the facts."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from rolecall.model import Json, RawPosting
from rolecall.sources.dates import LONDON, closing, instant
from rolecall.sources.reading import places, short
from rolecall.sources.syndication import Channel, Entry

Refine = Callable[[RawPosting, Entry, Channel], RawPosting]


def _as_it_is(posting: RawPosting, _entry: Entry, _channel: Channel) -> RawPosting:
    return posting


@dataclass(frozen=True, slots=True)
class Preset:
    """A board known by its feed. Its name stands in its postings' source, so `normalise` knows whose fields it reads.

    `title`: a pattern of `{title}` and `{company}`; `whole_below`: with fewer entries, the feed is the board's whole
    list; `pause`: how long the board wants to be left alone, whatever its feed says; `attribution`: as its terms ask.
    """

    title: str = "{title}"
    url: str = ""
    country: str = ""
    whole_below: int = 0
    pause: timedelta = timedelta()
    attribution: str = ""
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
    shown = {"locations": spots} if (spots := _locations(entry)) else {}
    return replace(
        posting,
        company=posting.company or channel.title,
        location=places(*(entry.many.get("tt_name") or entry.many.get("tt_city") or ())) or posting.location,
        fields={**posting.fields, **shown},
        tags=tuple(filter(None, (short(entry.extra.get(name)) for name in ("tt_department", "tt_role")))),
    )


def _locations(entry: Entry) -> list[Json]:
    names, cities, countries = (entry.many.get(f"tt_{name}", ()) for name in ("name", "city", "country"))
    if not len(names) == len(cities) == len(countries):
        return [{"city": city} for city in cities]
    return [{"name": n, "city": c, "country": where} for n, c, where in zip(names, cities, countries, strict=True)]


# --- jobs.ac.uk: the text is "Employer - Department<br />Salary: …" -----------------------------------------------

_BREAKS = re.compile(r"<br\s*/?>|</?p>|\n", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]{0,500}>")
_SAID = re.compile(r"(Employer|Salary|Location|Closes|Closing date):\s*(\S.*)", re.IGNORECASE)


def _jobsacuk(posting: RawPosting, entry: Entry, _channel: Channel) -> RawPosting:
    lines = [line for part in _BREAKS.split(entry.html) if (line := short(_TAGS.sub(" ", part)))]
    facts = {found[1].lower(): found[2] for found in map(_SAID.fullmatch, lines) if found}
    first = next((line for line in lines[:1] if not _SAID.fullmatch(line) and len(line) < 200), "")
    return replace(
        posting,
        company=posting.company or facts.get("employer") or first.partition(" - ")[0],
        location=posting.location or facts.get("location", ""),
        salary_text=posting.salary_text or facts.get("salary", ""),
        closes_at=posting.closes_at or closing(facts.get("closes") or facts.get("closing date"), LONDON),
        truncated=True,
    )


# --- the others ---------------------------------------------------------------------------------------------------

_HIRING = re.compile(
    r"(?P<company>.+?)(?:\s+\((?:YC|Y Combinator)[^()]{0,20}\))?"
    r"\s*(?:[:–—|]|-\s|\b(?:is|are)\s+(?:now\s+)?(?:hiring|looking for|seeking)\b|\b(?:hiring|seeks)\b)"
    r"\s*:?\s*(?:(?:for\s+)?an?\s+)?(?P<title>.+)",
    re.IGNORECASE,
)


def _hnjobs(posting: RawPosting, _entry: Entry, _channel: Channel) -> RawPosting:
    """ "Larkspur (YC W24) is hiring a backend engineer"; a title of another form stays whole."""
    found = _HIRING.fullmatch(posting.title[:300])
    return replace(posting, company=found["company"], title=found["title"]) if found else posting


def _weworkremotely(posting: RawPosting, entry: Entry, _channel: Channel) -> RawPosting:
    skills = re.split(r",\s*(?:and\s+)?", short(entry.extra.get("skills")))
    return replace(posting, tags=tuple(dict.fromkeys(filter(None, (*posting.tags, *skills)))))


def _himalayas(posting: RawPosting, entry: Entry, _channel: Channel) -> RawPosting:
    lists = {name: list(entry.many.get(f"himalayasjobs_{name[:-1].lower()}", ())) for name in _RESTRICTIONS}
    return replace(posting, location=places(*lists["locationRestrictions"]), fields={**posting.fields, **lists})


_RESTRICTIONS = ("locationRestrictions", "timezoneRestrictions")
_HOUR, _SIX_HOURS = timedelta(hours=1), timedelta(hours=6)

PRESETS: Mapping[str, Preset] = {
    "": Preset(),
    # No reply of the next four was recorded: their addresses and forms are other programs' word.
    "django": Preset(url="https://www.djangoproject.com/rss/community/jobs/", pause=_SIX_HOURS),
    "hnjobs": Preset(url="https://hnrss.org/jobs", pause=_HOUR, refine=_hnjobs),
    "jobsacuk": Preset(
        url="https://www.jobs.ac.uk/jobs/computer-sciences/?format=rss",
        country="GB",
        pause=timedelta(hours=2),
        refine=_jobsacuk,
    ),
    "workingnomads": Preset(
        url="https://www.workingnomads.com/jobs/feed", pause=_SIX_HOURS, attribution="Working Nomads"
    ),
    "himalayas": Preset(
        url="https://himalayas.app/jobs/rss", pause=_SIX_HOURS, attribution="Himalayas", refine=_himalayas
    ),
    "jobicy": Preset(url="https://jobicy.com/feed/job_feed", pause=_SIX_HOURS, attribution="Jobicy"),
    "oleeo": Preset(  # the Ministry of Justice; other departments and forces have addresses of their own
        url="https://justicejobs.tal.net/vx/mobile-0/appcentre-1/brand-2/candidate/jobboard/vacancy/3/feed",
        country="GB",
        whole_below=100_000,
        pause=_HOUR,
        refine=_oleeo,
    ),
    "pythonorg": Preset("{title}, {company}", url="https://www.python.org/jobs/feed/rss/", pause=_SIX_HOURS),
    "teamtailor": Preset(whole_below=100, pause=_HOUR, refine=_teamtailor),
    "weworkremotely": Preset(
        "{company}: {title}",
        url="https://weworkremotely.com/categories/remote-back-end-programming-jobs.rss",
        pause=_HOUR,
        refine=_weworkremotely,
    ),
}
