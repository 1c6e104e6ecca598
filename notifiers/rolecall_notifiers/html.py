"""Writes each message as a page in a folder: a digest for people who read no e-mail, and what `demo` shows."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from rolecall.errors import Deferred, Rejected
from rolecall.model import Message
from rolecall.render.email import render_html

LATEST = "latest.html"


@dataclass(frozen=True, slots=True)
class HtmlFile:
    """Writes `folder/<date>-<id>.html`, whole or not at all, and the same page as `latest.html`."""

    kind: ClassVar[str] = "html"
    summary: ClassVar[str] = "writes each message as a web page in a folder"

    folder: Path

    async def open(self) -> None:
        """Nothing to open: the folder is made when the first page is written."""

    async def send(self, message: Message) -> str:
        """Write the page and return its path. Raises `Deferred` when the disk is full, else `Rejected`."""
        return str(await asyncio.to_thread(self._write, message))

    async def check(self) -> str:
        """Write and remove an empty file in the folder."""
        await asyncio.to_thread(self._probe)
        return f"writes pages to {self._folder}"

    async def close(self) -> None:
        """Nothing to close."""

    @property
    def _folder(self) -> Path:
        return Path(self.folder).expanduser()

    def _write(self, message: Message) -> Path:
        page = render_html(message).encode()
        path = self._folder / file_name(message)
        try:
            _replace(path, page)
            _replace(self._folder / LATEST, page)
        except OSError as error:
            raise _failure(error) from None
        return path

    def _probe(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._folder):
                pass
        except OSError as error:
            raise _failure(error) from None


def file_name(message: Message) -> str:
    """Return a name that a repeated send uses again, so that it overwrites instead of adding."""
    day = message.created_at or datetime.now(UTC)
    return f"{day:%Y-%m-%d}-{re.sub(r'[^A-Za-z0-9]+', '-', message.id).strip('-')[:80] or 'message'}.html"


def _replace(path: Path, page: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _failure(error: OSError) -> Deferred | Rejected:
    text = f"cannot write {error.filename or 'the page'}: {error.strerror}"
    lasting = isinstance(error, PermissionError | NotADirectoryError | FileExistsError | IsADirectoryError)
    return Rejected(text) if lasting else Deferred(text)
