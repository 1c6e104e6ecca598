"""Replaces a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def replace_whole(path: Path, content: bytes, prepare: Callable[[Path], object] | None = None) -> None:
    """Put the content there for good: a reader sees the old file or the new one, which only its owner may read.

    `prepare` is given the new file before it takes its place: to change its mode, or to refuse it by raising.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if prepare is not None:
            prepare(new)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
