"""`normalise`, `dedupe`, `match`: the pure core as filters. JSON Lines in, JSON Lines out, streaming, in order."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import typer

from rolecall.cli.options import ConfigOption, load_config

if TYPE_CHECKING:
    from rolecall.model import RawPosting

Objects = Iterable[dict[str, Any]]


def register(app: typer.Typer) -> None:
    app.command()(normalise)
    app.command()(dedupe)
    app.command()(match)


def normalise() -> None:
    """Read postings (JSON Lines) and print what they mean: level, mode, pay, stack, place, with the evidence."""
    from rolecall.normalise import normalise as understand
    from rolecall.normalise.facts import as_json

    _filter(lambda raw: [as_json(understand(raw))])


def dedupe() -> None:
    """Read postings (JSON Lines) and print which of them are one vacancy, and why."""
    from rolecall.dedupe import as_json, assign, fingerprint
    from rolecall.model import Print
    from rolecall.normalise import normalise as understand

    seen: dict[Hashable, dict[tuple[str, str], tuple[Print, str]]] = {}

    def recognise(raw: RawPosting) -> Objects:
        new = fingerprint(understand(raw))
        keys = (new.key, *sorted(new.keys))  # its own too: a posting that comes again stays where it was
        known = {known: pair for key in keys for known, pair in seen.get(key, {}).items()}
        (found,) = assign([new], list(known.values()))
        for key in keys:
            seen.setdefault(key, {})[new.key] = (new, found.job)
        return [as_json(found)]

    _filter(recognise)


def match(config: ConfigOption = None) -> None:
    """Read postings (JSON Lines) and print what each saved search says of them, criterion by criterion."""
    from rolecall.match import as_json, explain
    from rolecall.normalise import normalise as understand

    searches = load_config(config).searches
    _filter(lambda raw: [as_json(raw.id, each) for each in explain(searches, understand(raw))])


def _filter(work: Callable[[RawPosting], Objects]) -> None:
    failed = False
    for output in _lines(sys.stdin.buffer, work):
        failed = failed or "error" in output
        # A lone surrogate, which JSON may hold and UTF-8 may not, becomes the JSON escape it came as.
        typer.echo(json.dumps(output, ensure_ascii=False).encode("utf-8", "backslashreplace"))
    if failed:
        raise typer.Exit(1)


def _lines(lines: Iterable[bytes], work: Callable[[RawPosting], Objects]) -> Iterator[dict[str, Any]]:
    """Answer every line; one that is no posting gives {"id", "error"} in its place."""
    from rolecall.normalise.facts import raw_from_json

    for line in lines:
        if not line.strip():
            continue
        identity = None
        try:
            given = json.loads(line)
            identity = given.get("id") if isinstance(given, dict) else None
            yield from work(raw_from_json(given))
        except (ValueError, RecursionError) as error:  # also bytes that are no text, and endless nesting
            yield {"id": identity, "error": str(error)}
