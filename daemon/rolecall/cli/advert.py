"""`rolecall why --text`: paste an advert and see it as Rolecall reads it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from rolecall.cli.table import table
from rolecall.errors import RolecallError
from rolecall.terminal import colours, strong

if TYPE_CHECKING:
    from rolecall.match import Search
    from rolecall.model import Posting, RawPosting
    from rolecall.render.advert import Reading, Span

LONGEST_TITLE = 140
COLOURS = {
    "level": 35,
    "mode": 36,
    "open to the UK": 36,
    "salary": 32,
    "place": 34,
    "contract": 33,
    "stack": 33,
    "clearance": 31,
    "visa": 31,
}


def show(source: str, config: Path | None, as_json: bool) -> None:
    """Read an advert from a file, or from standard input ("-"): its first line is the title."""
    from rolecall.normalise import normalise
    from rolecall.normalise.facts import as_json as facts_of
    from rolecall.render.clean import harmless

    text = _read(source)
    if not text.strip():
        raise RolecallError("there is no advert in it: it is empty")
    if text.count("\ufffd") * 10 > len(text):  # bytes that are no letters
        raise RolecallError("there is no advert in it: it is not text")
    searches = _searches(config)  # first: the words it is read by are the configuration's, too
    posting = normalise(_posting(text))
    if as_json:
        typer.echo(json.dumps(harmless(facts_of(posting)), ensure_ascii=False, indent=2))
        return
    typer.echo("\n\n".join(filter(None, [_read_as(posting), _text(posting), _verdicts(posting, searches)])))


def _read(source: str) -> str:
    if source != "-":
        try:
            return Path(source).read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise typer.BadParameter(f"{source} cannot be read: {error.strerror}") from None
    if sys.stdin.isatty():
        typer.echo("Paste the advert, its title first; end with Ctrl-D.", err=True)
    return sys.stdin.buffer.read().decode(errors="replace")


def _posting(text: str) -> RawPosting:
    from rolecall.model import RawPosting

    first, _, rest = text.strip().partition("\n")
    title, body = (first, rest) if len(first) <= LONGEST_TITLE else ("", text)
    return RawPosting("advert", "pasted", title.strip(), description=body)


def _read_as(posting: Posting) -> str:
    from rolecall.render.advert import readings

    return table([_row(each) for each in readings(posting)])


def _row(each: Reading) -> dict[str, object]:
    return {
        "FACT": each.field,
        "READ AS": each.value,
        "FROM": f'"{each.evidence}"' if each.evidence else "",
        "RULE": each.rule,
        "SURE": each.confidence,
    }


def _text(posting: Posting) -> str:
    from rolecall.render.advert import marked, readings

    whole = f"{posting.raw.title}\n\n{posting.text}".strip()
    return "".join(map(_span, marked(whole, readings(posting))))


def _span(span: Span) -> str:
    """Colour on a terminal; elsewhere the words stand in brackets with what was read from them."""
    if not span.field:
        return span.text
    if colours():
        return f"\x1b[1;{COLOURS.get(span.field, 37)}m{span.text}\x1b[0m"
    return f"[{span.text}]({span.field})"


def _searches(config: Path | None) -> Sequence[Search]:
    """Return the saved searches, when there is a configuration."""
    from rolecall.cli.options import load_config
    from rolecall.errors import ConfigError

    try:
        return load_config(config).searches
    except ConfigError:
        if config is not None:
            raise
        return ()


def _verdicts(posting: Posting, searches: Sequence[Search]) -> str:
    from rolecall.match import explain

    return "\n".join(f"{strong(match.search)} -> {match.action.value}" for match in explain(searches, posting))
