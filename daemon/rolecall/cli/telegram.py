"""`telegram pair`: binding a chat to a channel without hunting for its number."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rolecall.cli.options import Commands, ConfigOption, load_config, reading

if TYPE_CHECKING:
    from rolecall.config import Channel, Config
    from rolecall.ports import Store
    from rolecall_notifiers.telegram import Telegram

LOOK_EVERY = 1.0  # seconds

group = typer.Typer(cls=Commands, help="Your Telegram bot.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="telegram")


@group.command()
def pair(
    channel: Annotated[
        str | None, typer.Argument(metavar="[CHANNEL]", help="Which Telegram channel, if there are several.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Bind a chat to a channel: shows a code and a link; who says the code first is bound.

    The channel needs no chat_id (or chat_id = "paired"). The code works once, for ten minutes.
    """
    from rolecall import logs, pairing
    from rolecall.config import secrets_of

    loaded = load_config(config)
    logs.set_up("error", secrets_of(loaded))
    chosen = _chosen(loaded, channel)
    code = pairing.leave(loaded.database, chosen.name, datetime.now(UTC))
    typer.echo(asyncio.run(_how(chosen, code)))
    title = asyncio.run(_wait(loaded, chosen, code))
    if title is None:
        typer.echo("Nobody said the code in time. Run it again for a new one.", err=True)
        raise typer.Exit(1)
    typer.echo(f"[channel.{chosen.name}] is paired with {title}. Your configuration stays as it is.")


def _chosen(config: Config, name: str | None) -> Channel:
    """Return the channel to be paired; ends the command when it is not clear which."""
    from rolecall_notifiers.telegram import Telegram

    found = [each for each in config.channels if isinstance(each.notifier, Telegram) and name in (None, each.name)]
    pairable = [each for each in found if each.notifier.chat_id == "paired"]  # type: ignore[attr-defined] # a Telegram
    if len(pairable) == 1:
        return pairable[0]
    if pairable:
        raise typer.BadParameter(f"which of {', '.join(each.name for each in pairable)}?")
    if found:
        raise typer.BadParameter(f'{found[0].name} has a chat_id of its own; write chat_id = "paired" to pair it')
    raise typer.BadParameter("the configuration has no such Telegram channel: [channel.telegram] with a token")


async def _how(channel: Channel, code: str) -> str:
    from rolecall.errors import DeliveryError

    notifier: Telegram = channel.notifier  # type: ignore[assignment] # chosen as one
    await notifier.open()
    try:
        name = await notifier.bot_name()
    except DeliveryError as error:
        return f"Write to your bot within ten minutes:  /start {code}\n(Telegram cannot be asked for its name: {error})"
    finally:
        await notifier.close()
    return (
        f"Within ten minutes, write to @{name}:  /start {code}\n"
        f"or open  https://t.me/{name}?start={code}\n"
        f"or, for a group,  https://t.me/{name}?startgroup={code}"
    )


async def _wait(config: Config, channel: Channel, code: str) -> str | None:
    """Wait for the pairing, hearing the bot ourselves when no daemon does; return the chat's name."""
    from rolecall import pairing
    from rolecall.errors import DatabaseBusy
    from rolecall.store import SqliteStore

    try:
        async with asyncio.timeout(pairing.VALID.total_seconds()):
            try:
                store = await SqliteStore.open(config.database)
            except DatabaseBusy:
                await _until_used(config.database, code)
            else:
                await _hear(store, config, channel)
    except TimeoutError:
        return None
    return await _title(config, channel)


async def _until_used(database: Path, code: str) -> None:
    """The daemon hears the bot: wait until it has made use of the code."""
    from rolecall import pairing

    while pairing.channel_of(database, code, datetime.now(UTC)):  # noqa: ASYNC110 (in another process)
        await asyncio.sleep(LOOK_EVERY)


async def _hear(store: Store, config: Config, channel: Channel) -> None:
    """Nobody else hears the bot: do it, for the pairing alone."""
    from rolecall.desk.pairing import PairingDesk

    notifier: Telegram = channel.notifier  # type: ignore[assignment] # chosen as one
    paired = asyncio.Event()
    desk = PairingDesk(store, config.database, lambda: datetime.now(UTC), paired.set)
    try:
        await notifier.open()
        await notifier.listen({channel.name: notifier}, desk, paired)
    finally:
        await notifier.close()
        await store.close()


async def _title(config: Config, channel: Channel) -> str:
    from rolecall_notifiers.telegram.binding import bound

    async with reading(config) as store:
        binding = bound(await store.notes(channel.name))
    return f"{binding.title or 'a chat'} (as chat_id = {binding.chat} would do)" if binding else "a chat"
