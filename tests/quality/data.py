"""The labelled sets of ../shared/data, as raw postings with what must be read from them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rolecall.model import RawPosting
from rolecall.normalise.facts import raw_from_json
from tests.shared import SHARED

DATA = SHARED / "data"

_WHERE = {  # where a case's input stands, and what that is called in a raw posting
    "title": "title", "body": "description", "location": "location",
    "field": "salary_text", "salary_field": "salary_text",
}  # fmt: skip
_CONTEXT = {
    "body": "description", "location": "location", "employer": "company", "board": "source",
    "country": "country", "source_country": "country", "fields": "fields",
}  # fmt: skip
_AS_FIELDS = ("source_currency", "same_field_value_employers_30d")


@dataclass(frozen=True, slots=True)
class Example:
    id: str
    raw: RawPosting
    wanted: dict[str, Any]
    text: str  # what a person needs to see beside a miss
    more: dict[str, Any] = field(default_factory=dict)


def lines(name: str) -> Iterator[dict[str, Any]]:
    path = DATA / name
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    yield from map(json.loads, content.splitlines())


def cases(name: str) -> list[Example]:
    """The short cases of one field; those about several postings (`seen`) belong to deduplication."""
    default = "title" if name == "level" else "body"
    return [_case(row, default) for row in lines(f"cases/{name}.jsonl") if "seen" not in row.get("context", {})]


def _case(row: dict[str, Any], default: str) -> Example:
    context = row.get("context", {})
    posting: dict[str, Any] = {"id": row["id"], "title": "", "fields": {}}
    posting |= {_CONTEXT[key]: value for key, value in context.items() if key in _CONTEXT}
    posting["fields"] = {**posting["fields"], **{key: context[key] for key in _AS_FIELDS if key in context}}
    if row["input"]:
        posting[_WHERE[context.get("where", default)]] = row["input"]
    text = row["input"] + "".join(f" | {key}={value}" for key, value in context.items() if key != "where")
    return Example(row["id"], raw_from_json(posting), row["expect"], text, context)


def postings(name: str) -> list[Example]:
    """A set of whole postings; `wanted` is the label, empty where the set has none."""
    return [Example(row["id"], raw_from_json(row), row.get("label") or {}, _summary(row), row) for row in lines(name)]


def _summary(row: dict[str, Any]) -> str:
    return " | ".join(part for part in (row["title"], row.get("salary_text") or "", row.get("location") or "") if part)
