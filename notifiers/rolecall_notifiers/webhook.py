"""Posts each message as signed JSON to an address of yours, as https://www.standardwebhooks.com describes it.

Automations (Home Assistant, n8n, a script) get the jobs as data and as text. `webhook-id` is the same at every try, so
that a receiver can drop a copy; the signature covers id, time and body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlsplit

import aiohttp

from rolecall import __version__
from rolecall.errors import Deferred, DeliveryError, Rejected, Unsendable
from rolecall.model import Message
from rolecall.ports import Showing
from rolecall.render.data import message_data
from rolecall.secret import Secret

WAIT_IF_AMBIGUOUS = 60.0  # seconds
NEVER_FOR_THIS_ONE = (400, 413, 415, 422)


@dataclass
class _Line:
    """The open connection; frozen notifiers keep what changes in here."""

    http: aiohttp.ClientSession | None = None


@dataclass(frozen=True)
class Webhook:
    """Posts to `url` (which may hold a token, so it is kept as a secret). `key` signs, as HMAC-SHA256."""

    kind: ClassVar[str] = "webhook"
    summary: ClassVar[str] = "posts each message as signed JSON to an address of yours"
    shows: ClassVar[Showing] = "jobs"

    url: Secret
    key: Secret | None = None
    timeout: float = 20.0
    _line: _Line = field(init=False, repr=False, compare=False, hash=False, default_factory=_Line)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url.reveal())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("url must be a whole http(s) address")

    async def open(self) -> None:
        """Prepare; nothing is dialled yet."""
        timeout = aiohttp.ClientTimeout(total=self.timeout, connect=10)
        self._line.http = aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())

    async def close(self) -> None:
        """Let go of the connection."""
        if self._line.http is not None:
            await self._line.http.close()

    async def check(self) -> str:
        """Say where it would post. A POST is no harmless question, so nothing is dialled."""
        return f"posts to {self._host}, {'signed' if self.key else 'not signed'} (`rolecall test` tries it)"

    async def send(self, message: Message) -> str:
        """Post and return the status. Raises `Deferred`, `Rejected` or `Unsendable`; redirects are not followed."""
        body = json.dumps(message_data(message), ensure_ascii=False).encode()
        headers = self._headers(message.id, str(int(time.time())), body)
        if self._line.http is None:
            raise Deferred("the channel is not open")
        try:
            async with self._line.http.post(
                self.url.reveal(), data=body, headers=headers, allow_redirects=False
            ) as reply:
                return _receipt(reply.status, reply.headers.get("Retry-After", ""), self._host)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):  # str() of these may hold the address
            raise Deferred(f"{self._host} cannot be reached") from None
        except (TimeoutError, aiohttp.ClientError) as error:
            said = f"no clear answer from {self._host}: {type(error).__name__}"
            raise Deferred(said, retry_after=WAIT_IF_AMBIGUOUS, ambiguous=True) from None

    @property
    def _host(self) -> str:
        return urlsplit(self.url.reveal()).hostname or ""

    def _headers(self, message_id: str, stamp: str, body: bytes) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"Rolecall/{__version__}",
            "webhook-id": message_id,
            "webhook-timestamp": stamp,
        }
        if self.key is not None:
            headers["webhook-signature"] = signature(self.key.reveal(), message_id, stamp, body)
        return headers


def signature(key: str, message_id: str, stamp: str, body: bytes) -> str:
    """Return "v1," and the base64 of HMAC-SHA256 over `id.timestamp.body`.

    A key that begins with "whsec_" is base64 behind it, as the standard says; any other is taken as it is.
    """
    raw = base64.b64decode(key.removeprefix("whsec_")) if key.startswith("whsec_") else key.encode()
    digest = hmac.new(raw, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def _receipt(status: int, retry_after: str, host: str) -> str:
    if 200 <= status < 300:
        return str(status)
    raise _failure(status, retry_after, f"{host} answered {status}")


def _failure(status: int, retry_after: str, said: str) -> DeliveryError:
    """Later for 429 and 5xx, never for a body it does not take; anything else means that the address is wrong."""
    if status == 429 or status >= 500:
        wait = float(retry_after) if retry_after.isdigit() else None
        return Deferred(said, retry_after=wait, counts=status != 429, ambiguous=status == 500)
    return Unsendable(said) if status in NEVER_FOR_THIS_ONE else Rejected(said)
