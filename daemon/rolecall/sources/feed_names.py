"""What job feeds call their elements: one thing has many names (design: sources.md 6.1)."""

from __future__ import annotations

from collections.abc import Sequence

from rolecall.model import Json
from rolecall.sources.reading import short
from rolecall.sources.repair import html_of
from rolecall.sources.syndication import Entry

# Elements that job feeds use for one thing, by feedparser's lower-case names; the first that is there counts.
TITLES = ("jobtitle", "vacancy_title", "vtitle")
COMPANIES = ("company", "companyname", "job_listing_company", "himalayasjobs_companyname", "hiringorganization")
LOCATIONS = (
    "location", "job_listing_location", "joblisting_location", "job_location", "tt_city", "region", "city",
)  # fmt: skip
_TEXTS = ("jobadvert", "advert_text")
_MORE_TEXTS = ("joblisting_examplesofduties", "joblisting_qualifications")
SALARIES = ("salary", "job_listing_salary")
POSTED = ("publishon",)
CLOSINGS = ("expiresat", "expiry_date", "closingdate", "closing_date", "joblisting_advertisetodatetimeutc")
_KEPT = {
    name.lower(): name
    for name in (
        "region", "country", "state", "type", "remoteStatus", "contract_type", "contractType", "job_listing_job_type",
        "workingPatterns", "working_patterns",
    )
}  # fmt: skip


def fields(entry: Entry) -> dict[str, Json]:
    """Return what is kept besides the text; pay in elements of its own becomes schema.org's `baseSalary`."""
    kept: dict[str, Json] = {name: short(entry.extra[low]) for low, name in _KEPT.items() if low in entry.extra}
    least, most, currency, unit = (
        short(entry.extra.get(f"joblisting_{name}"))
        for name in ("minimumsalary", "maximumsalary", "salarycurrency", "salaryinterval")
    )
    if least or most:
        kept["baseSalary"] = {"currency": currency, "value": {"minValue": least, "maxValue": most, "unitText": unit}}
    return {**kept, **entry.schema}


def text(entry: Entry) -> str:
    """Return the whole text of an item, as HTML."""
    more = (html_of(entry.extra.get(name, "")) for name in _MORE_TEXTS)
    return "\n".join(filter(None, (entry.html or first(entry, _TEXTS, tidy=False), *more)))


def first(entry: Entry, names: Sequence[str], *, tidy: bool = True) -> str:
    """Return what the first of these elements says."""
    found = next((entry.extra[name] for name in names if entry.extra.get(name)), "")
    return short(found) if tidy else found
