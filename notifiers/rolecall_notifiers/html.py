"""Writes each message as a page in a folder: a digest for people who read no e-mail, and what `demo` shows."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from rolecall.model import Message
from rolecall.ports import Showing
from rolecall.render.email import render_html
from rolecall_notifiers.files import probe_folder, replace_file

LATEST = "latest.html"


@dataclass(frozen=True, slots=True)
class HtmlFile:
    """Writes `folder/<date>-<id>.html`, whole or not at all, and the same page as `latest.html`."""

    kind: ClassVar[str] = "html"
    summary: ClassVar[str] = "writes each message as a web page in a folder"
    shows: ClassVar[Showing] = "pictures"

    folder: Path

    async def open(self) -> None:
        """Nothing to open: the folder is made when the first page is written."""

    async def send(self, message: Message) -> str:
        """Write the page and return its path. Raises `Deferred` when the disk is full, else `Rejected`."""
        return str(await asyncio.to_thread(self._write, message))

    async def check(self) -> str:
        """Write and remove an empty file in the folder."""
        await asyncio.to_thread(probe_folder, self._folder)
        return f"writes pages to {self._folder}"

    async def close(self) -> None:
        """Nothing to close."""

    @property
    def _folder(self) -> Path:
        return Path(self.folder).expanduser()

    def _write(self, message: Message) -> Path:
        page = render_html(message).encode()
        path = self._folder / file_name(message)
        replace_file(path, page)
        replace_file(self._folder / LATEST, page)
        return path


def file_name(message: Message) -> str:
    """Return a name that a repeated send uses again, so that it overwrites instead of adding."""
    day = message.created_at or datetime.now(UTC)
    return f"{day:%Y-%m-%d}-{re.sub(r'[^A-Za-z0-9]+', '-', message.id).strip('-')[:80] or 'message'}.html"
