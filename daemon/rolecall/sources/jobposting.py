"""schema.org JobPosting in the JSON-LD of a page or an e-mail (design: sources.md 6.3)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from rolecall.model import Json

_JSON_LD = re.compile(r"<script\b[^<>]{0,500}application/ld\+json[^<>]{0,500}>", re.IGNORECASE)
_MOST = 2_000  # objects of one document


def job_postings(page: str) -> Iterator[Mapping[str, Json]]:
    """Yield the JobPosting objects of a page; what is no JSON is passed over. Takes linear time."""
    for text in _scripts(page):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            continue
        yield from (each for each in _objects(value) if _is_job(each))


def _scripts(page: str) -> Iterator[str]:
    end = 0
    while (script := _JSON_LD.search(page, end)) and (end := page.find("</script", script.end())) >= 0:
        yield page[script.end() : end]


def _objects(value: Json) -> Iterator[dict[str, Json]]:
    """Yield the objects of a document: one, a list, a `@graph` or an `ItemList`."""
    waiting = [value]
    for each in waiting:
        if isinstance(each, list):
            waiting.extend(each[: max(0, _MOST - len(waiting))])
        elif isinstance(each, dict):
            yield each
            if len(waiting) < _MOST:
                waiting.extend(each.get(name) for name in ("@graph", "itemListElement", "item"))


def _is_job(value: Mapping[str, Json]) -> bool:
    kind = value.get("@type")
    return "JobPosting" in (kind if isinstance(kind, list) else [kind])
