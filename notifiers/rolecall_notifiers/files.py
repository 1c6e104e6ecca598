"""Writes a file whole or not at all, and says what a failure means for a channel."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rolecall.errors import Deferred, Rejected
from rolecall.whole import replace_whole


def replace_file(path: Path, content: bytes) -> None:
    """Put the content there for good: a reader sees the old file or the new one. Raises `Deferred` or `Rejected`."""
    try:
        path.parent.mkdir(0o755, parents=True, exist_ok=True)
        replace_whole(path, content, lambda new: new.chmod(0o644))
    except OSError as error:
        raise failure(error) from None


def probe_folder(folder: Path) -> None:
    """Write and remove an empty file in the folder, which is made if need be. Raises `Deferred` or `Rejected`."""
    try:
        folder.mkdir(0o755, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise failure(error) from None


def failure(error: OSError) -> Deferred | Rejected:
    """A full disk may pass; a folder that may not be written will not."""
    text = f"cannot write {error.filename or 'the file'}: {error.strerror}"
    lasting = isinstance(error, PermissionError | NotADirectoryError | FileExistsError | IsADirectoryError)
    return Rejected(text) if lasting else Deferred(text)
