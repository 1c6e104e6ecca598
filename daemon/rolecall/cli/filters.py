"""`normalise`, `dedupe`, `match`: the pure core as filters. JSON Lines in, JSON Lines out, streaming, in order."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from rolecall.cli.options import ConfigOption, load_config

if TYPE_CHECKING:
    from rolecall.model import RawPosting

T = TypeVar("T")
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
    """Read postings (JSON Lines) and print which of them are one vacancy, and why.

    All of them are read before the first answer: what an employer says in all its adverts is learned from them.
    """
    from rolecall.dedupe import as_json, assign, fingerprint
    from rolecall.model import Print
    from rolecall.normalise import outline

    def recognise(read: Iterable[Print | dict[str, Any]]) -> Objects:
        answers = list(read)
        found = iter(assign([each for each in answers if isinstance(each, Print)], []))
        return (as_json(next(found)) if isinstance(each, Print) else each for each in answers)

    _print(recognise(_lines(sys.stdin.buffer, lambda raw: [fingerprint(outline(raw))])))


def match(config: ConfigOption = None) -> None:
    """Read postings (JSON Lines) and print what each saved search says of them, criterion by criterion."""
    from rolecall.match import as_json, explain
    from rolecall.normalise import normalise as understand

    searches = load_config(config).searches
    _filter(lambda raw: [as_json(raw.id, each) for each in explain(searches, understand(raw))])


def _filter(work: Callable[[RawPosting], Objects]) -> None:
    _print(_lines(sys.stdin.buffer, work))


def _print(answers: Objects) -> None:
    failed = False
    for output in answers:
        failed = failed or "error" in output
        # A lone surrogate, which JSON may hold and UTF-8 may not, becomes the JSON escape it came as.
        typer.echo(json.dumps(output, ensure_ascii=False).encode("utf-8", "backslashreplace"))
    if failed:
        raise typer.Exit(1)


def _lines(lines: Iterable[bytes], work: Callable[[RawPosting], Iterable[T]]) -> Iterator[T | dict[str, Any]]:
    """Answer every line; one that is no posting, an empty one too, gives {"id", "error"} in its place."""
    from rolecall.normalise.facts import raw_from_json

    for line in lines:
        identity = None
        try:
            if not line.strip():
                raise ValueError("an empty line is no posting")
            given = json.loads(line)
            identity = given.get("id") if isinstance(given, dict) else None
            yield from work(raw_from_json(given))
        except UnicodeDecodeError:
            yield {"id": identity, "error": "it is not UTF-8"}
        except json.JSONDecodeError as error:
            yield {"id": identity, "error": f"it is not JSON: {error.msg} at character {error.pos + 1}"}
        except (ValueError, RecursionError) as error:  # also endless nesting
            yield {"id": identity, "error": str(error)}
