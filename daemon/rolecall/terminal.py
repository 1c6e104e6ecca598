"""Is this a terminal, and does it want colour?"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def colours() -> bool:
    """Colour only on a terminal, and not with NO_COLOR (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def strong(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m" if colours() else text


def dim(text: str) -> str:
    return f"\x1b[2m{text}\x1b[0m" if colours() else text


@contextmanager
def counting(what: str) -> Iterator[Callable[[int], None]]:
    """Show how far long work has come ("12,000 adverts read"), on a terminal only; nothing of it stays."""
    shown = sys.stderr.isatty()

    def count(number: int) -> None:
        if shown:
            sys.stderr.write(f"\r{number:,} {what}\x1b[K")
            sys.stderr.flush()

    try:
        yield count
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
