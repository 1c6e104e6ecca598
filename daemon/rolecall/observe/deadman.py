"""A dead man's switch: somebody outside is told that all is well; when that word does not come, they raise the alarm.

The form is healthchecks.io's: the address while all is well, the address and /fail when it is not.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from rolecall.errors import SourceError
from rolecall.model import Request, Validators
from rolecall.ports import Fetcher

log = logging.getLogger(__name__)

PATIENCE = 30.0  # seconds that a loop or the database may be silent


async def ping(url: str, fetcher: Fetcher, troubles: Callable[[float], Awaitable[list[str]]]) -> bool:
    """Tell how we are, once; False when that did not arrive. It goes out as all else does: guarded, and by TLS."""
    found = await troubles(PATIENCE)
    body = "\n".join(found).encode()
    request = Request(_failing(url), "POST", {"Content-Type": "text/plain; charset=utf-8"}, body)
    try:
        await fetcher.fetch(request if found else Request(url), Validators())
    except SourceError as error:
        log.warning("deadman-unheard error=%s", error)
        return False
    return True


def _failing(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(path=f"{parts.path.rstrip('/')}/fail").geturl()
