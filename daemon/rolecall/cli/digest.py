"""`digest`: what the next digest of a channel would look like."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import webbrowser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rolecall.cli.options import ConfigOption, load_config, reading
from rolecall.errors import RolecallError

if TYPE_CHECKING:
    from rolecall.config import Channel, Config
    from rolecall.model import Message
    from rolecall.ports import Showing

WEEK = timedelta(weeks=1)
MOST = 500


def register(app: typer.Typer) -> None:
    app.command()(digest)


def digest(
    channel: Annotated[str, typer.Argument(help="The channel; else the first that gets digests.")] = "",
    config: ConfigOption = None,
    preview: Annotated[bool, typer.Option("--preview", help="Write the page and open it; nothing is sent.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it.")] = None,
) -> None:
    """Show the digest made of the alerts of the last seven days: as text, or with --preview as its page."""
    from rolecall.render.email import render_html
    from rolecall.render.text import render_text

    loaded = load_config(config)
    as_text = not preview and output is None
    message = asyncio.run(_message(loaded, _channel(loaded, channel), "overview" if as_text else "pictures"))
    if as_text:
        typer.echo(render_text(message))
        return
    path = _written(render_html(message), output)
    typer.echo(f"written: {path}")
    if sys.stdout.isatty() and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        webbrowser.open(path.absolute().as_uri())


def _channel(config: Config, name: str) -> Channel:
    chosen = config.channel(name) if name else None
    if name and chosen is None:
        names = ", ".join(each.name for each in config.channels)
        raise RolecallError(f"there is no channel {name!r}; there are: {names}")
    digests = [each for each in config.channels if each.digests] or list(config.channels)
    if not digests:
        raise RolecallError("no channel is configured")
    return chosen or digests[0]


async def _message(config: Config, channel: Channel, shows: Showing) -> Message:
    from dataclasses import replace

    from rolecall.compose import compose, contents, united
    from rolecall.digest import overview, searches_of
    from rolecall.outbox import Claim

    now = datetime.now(UTC)
    names = [search.name for search in searches_of(channel.name, config)]
    async with reading(config) as store:
        alerts = [alert for alert in await store.alerts(MOST, names) if alert.created_at >= now - WEEK]
        claim = Claim(0, channel.name, "digest", "preview", "", "", 0, 0, False, now)
        found = united([contents(alerts, claim, config, (), now)])
        shown = await overview(claim, found.jobs, store, config, now, shows)
        return replace(compose(claim, found, config, now), overview=shown)


def _written(page: str, path: Path | None) -> Path:
    if path is None:
        handle, name = tempfile.mkstemp(prefix="rolecall-digest-", suffix=".html")
        os.close(handle)
        path = Path(name)
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise RolecallError(f"cannot write {path}: {error.strerror}") from None
    return path
