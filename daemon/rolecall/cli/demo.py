"""`rolecall demo`: see it work, with nothing to configure."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    seconds: Annotated[
        float | None, typer.Option(min=0.1, help="End after so many seconds instead of at Ctrl-C.")
    ] = None,
) -> None:
    """Run the real daemon against a small job board of invented companies that it serves itself."""
    import asyncio

    from rolecall.demo.show import show

    asyncio.run(show(seconds))
