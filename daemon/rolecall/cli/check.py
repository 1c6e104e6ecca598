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
    from rolecall.config import Channel, Config


def register(app: typer.Typer) -> None:
    app.command()(check)
    app.command()(test)


def check(
    config: ConfigOption = None,
    offline: Annotated[bool, typer.Option("--offline", help="Only read the configuration; ask nobody.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check the configuration, then try each source and channel. Exit 78 when the configuration is bad.

    A source without its key is off: the daemon starts without it. What is asked counts towards providers' budgets; a
    source that is put off is no failure. Of a source on a budget, a daemon that is running has the word.
    """
    from rolecall.config.changes import said
    from rolecall.config.changes_file import beside

    loaded = load_config(config)
    held = {"source": loaded.sources, "channel": loaded.channels, "search": loaded.searches, "person": loaded.named}
    counts = [_count(len(each), noun) for noun, each in held.items() if each or noun != "person"]
    summary = f"{loaded.path}: good ({', '.join(counts)})"
    _log_warnings(loaded)
    if changed := list(said(loaded.changes)):
        summary += f"\n{beside(loaded.database)} changes it: {'; '.join(changed)}"
    for missing in _missing(loaded):
        typer.echo(f"rolecall: there is no {missing}: nothing will be found or told.", err=True)
    off = [_line("source", each.source.name, "off", each.why) for each in loaded.off]
    rows = [*_no_place_for(loaded), *off, *([] if offline else asyncio.run(_try_all(loaded)))]
    typer.echo(json.dumps(rows, indent=2) if as_json else "\n\n".join(filter(None, [summary, table(rows)])))
    if not offline and any(row["RESULT"] not in ("ok", "put off") for row in rows):
        raise typer.Exit(1)


def _no_place_for(config: Config) -> list[dict[str, object]]:
    """Return a line where the folder of a database that the user named is not there; the default one is made."""
    folder = config.database.parent
    if config.daemon.database is None or folder.is_dir():
        return []
    return [_line("database", config.database.name, "failed", f"the folder {folder} does not exist")]


def _missing(config: Config) -> list[str]:
    """Return what a configuration without mistakes may still lack: most likely a table that was misplaced."""
    parts = {
        "[[source]]": config.sources or config.off,
        "[channel.NAME]": config.channels,
        "[[search]]": config.searches,
    }
    return [name for name, found in parts.items() if not found]


async def _try_all(config: Config) -> list[dict[str, object]]:
    from rolecall.cli.trying import house_beside_daemon, tried

    names = [entry.source.name for entry in config.sources]
    async with house_beside_daemon(config) as (house, known):
        asked = (tried(entry, house, known.get(entry.source.name)) for entry in config.sources)
        sources = [_line("source", name, *said) for name, said in zip(names, await asyncio.gather(*asked), strict=True)]
    await _remind(config, config.channels)
    channels = await asyncio.gather(*(_try_channel(channel) for channel in config.channels))
    return [*sources, *channels]


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


def _count(number: int, noun: str) -> str:
    """Return "1 search", "2 searches", "2 people"."""
    many = {"search": "searches", "person": "people"}.get(noun, f"{noun}s")
    return f"{number} {noun if number == 1 else many}"
