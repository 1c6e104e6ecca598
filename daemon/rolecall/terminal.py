"""Is this a terminal, and does it want colour?"""

from __future__ import annotations

import os
import sys


def colours() -> bool:
    """Colour only on a terminal, and not with NO_COLOR (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def strong(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m" if colours() else text


def dim(text: str) -> str:
    return f"\x1b[2m{text}\x1b[0m" if colours() else text
