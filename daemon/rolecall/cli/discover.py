"""`discover`, `import`, `export`: how sources come into the configuration, and leave it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rolecall.cli.options import ConfigOption, JsonOption, load_config

if TYPE_CHECKING:
    from rolecall.cli.finding import Result
    from rolecall.config import DaemonOptions
    from rolecall.opml import Outline


def register(app: typer.Typer) -> None:
    app.command()(discover)
    app.command("import")(import_opml)
    app.command("export")(export_opml)


# --- discover -------------------------------------------------------------------------------------------------


def discover(
    what: Annotated[str, typer.Argument(metavar="URL|COMPANY", help="A careers page, a job's address, or a name.")],
    add: Annotated[bool, typer.Option("--add", help="Append what was found to the configuration.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the job board behind a careers page, a job's address or a company's name; print it as configuration."""
    if not what.strip() or re.match(r"\s*(?!https?:)\w+:/", what, re.IGNORECASE):
        raise typer.BadParameter("say the http or https address of a careers page, or a company's name")
    result = asyncio.run(search_for(what, _options(config, needed=add)))
    typer.echo(_json(result) if as_json else _text(result, what))
    if not result.found:
        raise typer.Exit(1)
    if add:
        _add([each.table for each in result.found], config)


def _options(given: Path | None, *, needed: bool) -> DaemonOptions:
    """Return the daemon's manners (contact, pauses); looking around works without a configuration."""
    from rolecall.config import DaemonOptions, find
    from rolecall.errors import ConfigError

    if given is None and not needed:
        try:
            find()
        except ConfigError:
            return DaemonOptions()
    return load_config(given).daemon


async def search_for(what: str, options: DaemonOptions) -> Result:
    from rolecall.cli.finding import Search
    from rolecall.fetch import HttpFetcher
    from rolecall.sandbox import Sandbox

    pause = options.host_pause.total_seconds()
    fetcher = HttpFetcher(contact=options.contact, pause=pause, allow_private=options.allow_private)
    async with fetcher, Sandbox() as parser:
        return await Search(fetcher, parser).run(what)


def _text(result: Result, what: str) -> str:
    from rolecall.config.add import toml_block
    from rolecall.render.clean import line
    from rolecall.render.numbers import counted

    parts = []
    for each in result.found:
        examples = f", such as {'; '.join(each.examples)}" if each.examples else ""
        head = line(f"# {each.name}: {counted(each.postings, 'posting')}{examples}; from {each.because}")
        parts.append(f"{head}\n{toml_block(each.table)}")
    parts += [f"# {kind} ({line(board)}): not supported yet" for kind, board in result.unsupported.items()]
    parts += [f"# {line(name)}: {line(reason)}" for name, reason in result.failed.items() if not result.found]
    return "\n".join(parts) if parts else f"# no job board was found for {line(what)}"


def _json(result: Result) -> str:
    import json
    from dataclasses import asdict

    return json.dumps(asdict(result), ensure_ascii=False, indent=2)


def _add(tables: list[Mapping[str, str]], config: Path | None) -> None:
    from rolecall.config import find
    from rolecall.config.add import add_sources
    from rolecall.plugins import kinds

    path = find(config)
    add_sources(path, tables, kinds())
    typer.echo(f"{len(tables)} added to {path}; a running daemon reads it after SIGHUP.", err=True)


# --- OPML -----------------------------------------------------------------------------------------------------


def import_opml(
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="A list of feeds, as feed readers export it.")],
    config: ConfigOption = None,
) -> None:
    """Add the feeds of an OPML file to the configuration; those it holds already are passed over."""
    from rolecall import opml
    from rolecall.config import find
    from rolecall.config.add import duplicates
    from rolecall.plugins import kinds
    from rolecall.render.clean import line

    try:
        body = file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}") from None
    listed = opml.read(body)
    tables = list(_feed_tables(listed.feeds))
    load_config(config)  # its problems first
    known = duplicates(tables, find(config), kinds())
    for name in known.values():
        typer.echo(f"{name} is there already.", err=True)
    for title in listed.left_out:
        typer.echo(
            f"“{line(title)[:60]}” is left out: it has no address that begins with http:// or https://.", err=True
        )
    new = [table for number, table in enumerate(tables) if number not in known]
    if new:
        _add(new, config)
    else:
        typer.echo("Nothing to add.", err=True)


def _feed_tables(feeds: Iterable[Outline]) -> Iterable[Mapping[str, str]]:
    """Yield a table for each feed; a title that two feeds share gets a number, for labels name sources."""
    from rolecall.render.clean import line

    used: dict[str, int] = {}
    for feed in feeds:
        label = line(feed.title)[:60].strip()
        used[label] = used.get(label, 0) + 1
        number = f" {used[label]}" if used[label] > 1 else ""
        yield {"kind": "feed", "url": feed.url, **({"label": f"{label}{number}"} if label else {})}


def export_opml(config: ConfigOption = None) -> None:
    """Print the feeds of the configuration as OPML. Addresses are printed whole, with any key that is part of one."""
    from rolecall import opml
    from rolecall.sources.feed import Feed

    feeds = (entry.source for entry in load_config(config).sources if isinstance(entry.source, Feed))
    typer.echo(opml.write(opml.Outline(each.label or each.name, each.address) for each in feeds), nl=False)
