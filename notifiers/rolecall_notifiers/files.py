"""Writes a file whole or not at all, and says what a failure means for a channel."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from rolecall.errors import Deferred, Rejected


def replace_file(path: Path, content: bytes) -> None:
    """Put the content there for good: a reader sees the old file or the new one. Raises `Deferred` or `Rejected`."""
    try:
        _replace(path, content)
    except OSError as error:
        raise failure(error) from None


def probe_folder(folder: Path) -> None:
    """Write and remove an empty file in the folder, which is made if need be. Raises `Deferred` or `Rejected`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise failure(error) from None


def failure(error: OSError) -> Deferred | Rejected:
    """A full disk may pass; a folder that may not be written will not."""
    text = f"cannot write {error.filename or 'the file'}: {error.strerror}"
    lasting = isinstance(error, PermissionError | NotADirectoryError | FileExistsError | IsADirectoryError)
    return Rejected(text) if lasting else Deferred(text)


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
