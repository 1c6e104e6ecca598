"""`check` and `test`: is the configuration good, does every source answer, does every channel?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from rolecall.cli.options import ConfigOption, JsonOption, load_config, reading
from rolecall.cli.table import table

if TYPE_CHECKING:
    from rolecall.config import Channel, Config, SourceEntry
    from rolecall.fetch import HttpFetcher
    from rolecall.model import Page
    from rolecall.ports import Source
    from rolecall.sandbox import Sandbox


MOST_PAGES = 3


def register(app: typer.Typer) -> None:
    app.command()(check)
    app.command()(test)


def check(
    config: ConfigOption = None,
    offline: Annotated[bool, typer.Option("--offline", help="Only read the configuration; ask nobody.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check the configuration, then try each source and channel. Exit 78 when the configuration is bad.

    A source without its key is off: the daemon starts without it.
    """
    from rolecall.config.changes import said
    from rolecall.config.changes_file import beside

    loaded = load_config(config)
    summary = f"{loaded.path}: good ({len(loaded.sources)} sources, {len(loaded.channels)} channels, " + (
        f"{len(loaded.searches)} searches" + (f", {len(loaded.named)} people)" if loaded.named else ")")
    )
    _log_warnings(loaded)
    if changed := list(said(loaded.changes)):
        summary += f"\n{beside(loaded.database)} changes it: {'; '.join(changed)}"
    for missing in _missing(loaded):
        typer.echo(f"rolecall: there is no {missing}: nothing will be found or told.", err=True)
    off = [_line("source", each.source.name, "off", each.why) for each in loaded.off]
    rows = [*off, *([] if offline else asyncio.run(_try_all(loaded)))]
    typer.echo(json.dumps(rows, indent=2) if as_json else "\n\n".join(filter(None, [summary, table(rows)])))
    if not offline and any(row["RESULT"] != "ok" for row in rows):
        raise typer.Exit(1)


def _missing(config: Config) -> list[str]:
    """Return what a configuration without mistakes may still lack: most likely a table that was misplaced."""
    parts = {
        "[[source]]": config.sources or config.off,
        "[channel.NAME]": config.channels,
        "[[search]]": config.searches,
    }
    return [name for name, found in parts.items() if not found]


async def _try_all(config: Config) -> list[dict[str, object]]:
    from rolecall.fetch import HttpFetcher
    from rolecall.sandbox import Sandbox

    options = config.daemon
    pause = options.host_pause.total_seconds()
    fetcher = HttpFetcher(contact=options.contact, pause=pause, allow_private=options.allow_private)
    async with fetcher, Sandbox() as parser:
        sources = await asyncio.gather(*(_try_source(entry, fetcher, parser) for entry in config.sources))
    await _remind(config, config.channels)
    channels = await asyncio.gather(*(_try_channel(channel) for channel in config.channels))
    return [*sources, *channels]


async def _try_source(entry: SourceEntry, fetcher: HttpFetcher, parser: Sandbox) -> dict[str, object]:
    from rolecall.asking import homes
    from rolecall.errors import SourceError

    failed: list[SourceError] = []
    for source in homes(entry.source):
        try:
            return _line("source", source.name, "ok", await _try(source, fetcher, parser))
        except SourceError as error:
            failed.append(error)
    return _line("source", entry.source.name, "failed", str(failed[0]))


async def _try(source: Source, fetcher: HttpFetcher, parser: Sandbox) -> str:
    """Ask for the list, and for one text where the list has none; say what came."""
    from rolecall.asking import fetch
    from rolecall.model import Validators
    from rolecall.ports import Detail, Detailed

    pages: list[Page] = []
    waiting = list(source.requests())
    while waiting and len(pages) < MOST_PAGES:
        pages.append(await parser.parse(source, await fetch(fetcher, source, waiting.pop(0), Validators())))
        waiting.extend(pages[-1].following)
    postings = [posting for page in pages for posting in page.postings]
    skipped = sum(page.skipped for page in pages)
    more = ", and more pages" if waiting else ""
    said = f"{len(postings)} postings{more}" + (f", {skipped} unreadable" if skipped else "")
    if isinstance(source, Detailed):
        asked = next(((each, wanted) for each in postings if (wanted := source.detail(each))), None)
        if asked:
            await parser.parse(Detail(source, asked[0]), await fetch(fetcher, source, asked[1], Validators()))
            said += ", a text too"
    return said


async def _try_channel(channel: Channel) -> dict[str, object]:
    from rolecall.errors import DeliveryError

    try:
        await channel.notifier.open()
        try:
            return _line("channel", channel.name, "ok", await channel.notifier.check())
        finally:
            await channel.notifier.close()
    except DeliveryError as error:
        return _line("channel", channel.name, "failed", str(error))


def _line(what: str, name: str, result: str, detail: str) -> dict[str, object]:
    return {"WHAT": what, "NAME": name, "RESULT": result, "DETAIL": detail}


def test(
    notifier: Annotated[str, typer.Argument(metavar="CHANNEL", help="A channel of your configuration.")],
    config: ConfigOption = None,
) -> None:
    """Send a short test message to one channel."""
    loaded = load_config(config)
    channel = loaded.channel(notifier)
    if channel is None:
        names = ", ".join(each.name for each in loaded.channels)
        raise typer.BadParameter(f"there is no channel {notifier!r}; channels are {names}")
    _log_warnings(loaded)
    typer.echo(f"{channel.name}: sent ({asyncio.run(_send_test(channel, loaded))})")


def _log_warnings(config: Config) -> None:
    """What a library has to say comes without the secrets in it."""
    from rolecall import logs
    from rolecall.config import secrets_of

    logs.set_up("warning", secrets_of(config))


async def _remind(config: Config, channels: Iterable[Channel]) -> None:
    """Let channels know what the daemon noted: with whom they are paired."""
    from rolecall.talk import Recalled, Remembering

    remembering = [(each.name, each.notifier) for each in channels if isinstance(each.notifier, Remembering)]
    if remembering and config.database.exists():
        async with reading(config) as store:
            for name, notifier in remembering:
                await notifier.remember(Recalled(await store.notes(name)))


async def _send_test(channel: Channel, config: Config) -> str:
    from datetime import UTC, datetime
    from uuid import uuid4

    from rolecall.model import Message

    now = datetime.now(UTC)
    text = "If you can read this, Rolecall can reach you here."
    message = Message(f"test-{uuid4().hex[:12]}", "notice", "A test from Rolecall", text=text, created_at=now)
    await _remind(config, [channel])
    await channel.notifier.open()
    try:
        return await channel.notifier.send(message)
    finally:
        await channel.notifier.close()
