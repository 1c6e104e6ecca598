"""The same thing said in other words is read the same: tables of what recruiters and boards write, all invented.

`fixtures/paraphrases.toml` holds the texts with their readings; a table's name says what is read and where it stands.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rolecall.normalise import normalise
from rolecall.normalise.facts import as_json, raw_from_json

TABLES: dict[str, list[list[str]]] = tomllib.loads(
    (Path(__file__).parent / "fixtures" / "paraphrases.toml").read_text(encoding="utf-8")
)
OPENING = "We are hiring a developer to join our team in a growing company.\n"
_WHERE = {"field": "salary_text", "body": "description", "title": "title", "location": "location"}


def _span(low: object, high: object) -> str:
    return "..".join("" if end is None else str(end) for end in (low, high))


def _salary(read: dict[str, Any]) -> str:
    pay = read["salary"]
    return "" if pay is None else f"{_span(pay['min'], pay['max'])} {pay['period']} {pay['currency']}"


def _mode(read: dict[str, Any]) -> str:
    days = read["office_days"]
    return " ".join([*read["modes"], *([_span(*days)] if days else [])])


def _level(read: dict[str, Any]) -> str:
    level = read["level"]
    return "" if level is None else "-".join(dict.fromkeys((level["min"], level["max"])))


_READERS: dict[str, Callable[[dict[str, Any]], str]] = {
    "salary": _salary,
    "mode": _mode,
    "level": _level,
    "ir35": lambda read: read["ir35"] or "",
    "agency": lambda read: str(read["agency"]).lower(),
    "hours": lambda read: " ".join(read["hours"]),
    "place": lambda read: ", ".join(place["name"] for place in read["places"]),
    "stack": lambda read: " ".join(sorted(f"{tech['id']}:{tech['need']}" for tech in read["stack"])),
    "closing": lambda read: read["closes"] or "",
}


@pytest.mark.parametrize("table", TABLES)
def test_whatever_the_words_the_meaning_is_read(table: str) -> None:
    """A failure lists every text that is read otherwise, not only the first."""
    field, _, place = table.partition("_")
    reader = _READERS.get(field, lambda read: read[field])
    wrong = [
        f"{text!r}: {got!r}, not {meant!r}"
        for text, meant in TABLES[table]
        if (got := reader(_read(field, place, text))) != meant
    ]
    assert not wrong, "\n".join(wrong)


def _read(field: str, place: str, text: str) -> dict[str, Any]:
    posting = {"id": "1", "title": "Software Engineer", "description": OPENING}
    if field != "uk":
        posting |= {"country": "GB"} if field == "place" else {"location": "London", "country": "GB"}
    if place == "remote_body":
        posting["location"] = "Remote"
    stands = _WHERE.get(place, "description")
    posting[stands] = OPENING + text if stands == "description" else text
    return as_json(normalise(raw_from_json(posting)))
