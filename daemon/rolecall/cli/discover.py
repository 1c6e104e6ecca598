"""`discover`, `import`, `export`: how sources come into the configuration, and leave it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from rolecall.cli.options import ConfigOption, JsonOption, load_config

if TYPE_CHECKING:
    from rolecall.config import DaemonOptions
    from rolecall.discover import Candidate
    from rolecall.model import Page
    from rolecall.opml import Outline
    from rolecall.ports import Fetcher, Parser


def register(app: typer.Typer) -> None:
    app.command()(discover)
    app.command("import")(import_opml)
    app.command("export")(export_opml)


# --- discover -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """A board that answered: its table for the configuration, and what it lists."""

    table: Mapping[str, str]
    name: str
    postings: int
    examples: tuple[str, ...]
    because: str


@dataclass(slots=True)
class Result:
    """What a search brought: boards that answered, and hosts that Rolecall cannot read yet."""

    found: list[Found] = field(default_factory=list)
    unsupported: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def discover(
    what: Annotated[str, typer.Argument(metavar="URL|COMPANY", help="A careers page, a job's address, or a name.")],
    add: Annotated[bool, typer.Option("--add", help="Append what was found to the configuration.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the job board behind a careers page, a job's address or a company's name; print it as configuration."""
    result = asyncio.run(_discover(what, _options(config, needed=add)))
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


async def _discover(what: str, options: DaemonOptions) -> Result:
    from rolecall.fetch import HttpFetcher
    from rolecall.sandbox import Sandbox

    pause = options.host_pause.total_seconds()
    fetcher = HttpFetcher(contact=options.contact, pause=pause, allow_private=options.allow_private)
    async with fetcher, Sandbox() as parser:
        return await Search(fetcher, parser).run(what)


class Search:
    """Asks politely what pure `rolecall.discover` thinks likely. `bases`: other addresses for a kind's API (tests)."""

    def __init__(self, fetcher: Fetcher, parser: Parser, bases: Mapping[str, str] | None = None) -> None:
        from rolecall.plugins import kinds

        self._fetcher, self._parser, self._bases, self._kinds = fetcher, parser, bases or {}, kinds()
        self.result = Result()

    async def run(self, what: str) -> Result:
        """Look for an address or a name."""
        self.result = Result()
        self.result = Result()
        url = _address(what)
        await (self._by_address(url) if url else self._by_name(what))
        return self.result

    async def _by_address(self, url: str) -> None:
        """First what the address itself says, then its page, then the page of jobs that this one links to."""
        from rolecall.discover import careers_links, from_address, from_page

        if await self._any(from_address(url)) or self.result.unsupported:
            return
        page = await self._page(url)
        if not page or await self._each(from_page(url, page)):
            return
        for link in careers_links(url, page):
            if await self._each(from_page(link, await self._page(link, robots=True))):
                return

    async def _by_name(self, company: str) -> None:
        """Each kind of board by itself, side by side; with one kind, one name after the other until one answers."""
        from rolecall.discover import from_name

        await asyncio.gather(*(self._any(likely) for likely in from_name(company)))
        self.result.failed.clear()  # most guesses are wrong: no news
        self.result.unsupported.clear()

    async def _any(self, likely: Iterable[Candidate]) -> bool:
        """Try candidates that exclude each other; True when one answered."""
        for candidate in likely:
            if await self._try(candidate):
                return True
        return False

    async def _each(self, found: Iterable[Candidate]) -> bool:
        """Try candidates that may all be right, each board once; True when one answered."""
        done: set[str] = set()
        for candidate in found:
            board = dict(candidate.options).get("board", "")
            if (key := f"{candidate.kind} {board}") not in done or not board:
                done |= {key} if await self._try(candidate) else set()
        return bool(done)

    async def _try(self, candidate: Candidate) -> bool:
        """Ask one candidate; remember it when it lists jobs."""
        from rolecall.config.add import source_of
        from rolecall.discover import NEEDS_POSTINGS
        from rolecall.errors import ConfigError, SourceError
        from rolecall.model import Validators

        table = _rebased(candidate.table(), self._bases)
        try:
            source = source_of(table, self._kinds)
        except ConfigError:
            self.result.unsupported[candidate.kind] = " ".join(dict(candidate.options).values())
            return False
        try:
            reply = await self._fetcher.fetch(source.requests()[0], Validators())
            page = await self._parser.parse(source, reply)
        except SourceError as error:
            self.result.failed[source.name] = str(error)
            return False
        if not page.postings and candidate.kind in NEEDS_POSTINGS:
            return False
        self.result.found.append(_found(table, source.name, page, candidate.because))
        return True

    async def _page(self, url: str, *, robots: bool = False) -> str:
        """Return a page's text; "" when there is none, and then why not is remembered.

        `robots`: the user did not name it, so its host's robots.txt decides.
        """
        from rolecall.errors import SourceError
        from rolecall.model import Request, Validators

        request = Request(url, headers={"Accept": "text/html,*/*;q=0.5"}, robots=robots)
        try:
            reply = await self._fetcher.fetch(request, Validators())
        except SourceError as error:
            self.result.failed[url] = str(error)
            return ""
        return reply.body.decode("utf-8", "replace")


def _rebased(table: dict[str, str], bases: Mapping[str, str]) -> dict[str, str]:
    """Return the table with another base address where one is given."""
    base = bases.get(table["kind"])
    if base is None:
        return table
    return table | ({"url": base + urlsplit(table["url"]).path} if "url" in table else {"base": base})


def _found(table: Mapping[str, str], name: str, page: Page, because: str) -> Found:
    examples = tuple(filter(None, (f"{each.title} ({each.company or each.location})" for each in page.postings[:2])))
    return Found(table, name, len(page.postings), examples, because)


def _address(what: str) -> str:
    """Return the address that was given, "" for a name; "acme.example/jobs" is an address without its beginning."""
    text = what.strip()
    if text.lower().startswith(("http://", "https://")):
        return text
    return f"https://{text}" if "." in text.strip(".") and not any(map(str.isspace, text)) else ""


def _text(result: Result, what: str) -> str:
    from rolecall.config.add import toml_block
    from rolecall.render.clean import line

    parts = []
    for each in result.found:
        examples = f", such as {'; '.join(each.examples)}" if each.examples else ""
        head = line(f"# {each.name}: {each.postings} postings{examples}; from {each.because}")
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

    try:
        body = file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}") from None
    tables = list(_feed_tables(opml.read(body)))
    load_config(config)  # its problems first
    known = duplicates(tables, find(config), kinds())
    for name in known.values():
        typer.echo(f"{name} is there already.", err=True)
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
