"""HTTP by aiohttp, and nowhere else: validators, redirects by hand, caps, one deadline, clear sentences."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from time import monotonic
from types import TracebackType
from typing import NoReturn, Self
from urllib.parse import urljoin, urlsplit

import aiohttp

from rolecall import __version__
from rolecall.errors import Refused, Unreachable, Unreadable
from rolecall.fetch import body, files, idle, imap
from rolecall.fetch.guard import Forbidden, guarded_socket
from rolecall.fetch.robots import Door
from rolecall.fetch.turns import Turns, host_of
from rolecall.model import Reply, Request, Validators, digest_of

MAX_REDIRECTS = 5
LONGEST_WAIT = 86_400.0  # seconds: a Retry-After beyond a day is not believed


class HttpFetcher:
    """Asks boards, politely; implements `ports.Fetcher`. Use it as an async context manager.

    `contact`: an address that boards can write to, part of the User-Agent. `pause`: seconds between two requests to
    one host. `allow_private`: let feeds lie on this machine and in the local network. `deadline`: seconds for one
    answer in all, redirects included.
    """

    def __init__(
        self, *, contact: str = "", pause: float = 2.0, allow_private: bool = False, deadline: float = 20.0
    ) -> None:
        self._agent = f"Rolecall/{__version__} (+{contact})" if contact else f"Rolecall/{__version__}"
        self._turns = Turns(pause)
        self._guarded = not allow_private
        self._deadline = deadline
        self._http: aiohttp.ClientSession | None = None
        self._door = Door(lambda request: self._follow(request, Validators()), self._turns)

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            socket_factory=guarded_socket if self._guarded else None,
            limit_per_host=1,
            keepalive_timeout=15,
            ttl_dns_cache=60,
        )
        self._http = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=10),
            headers={
                "User-Agent": self._agent,
                "Accept-Encoding": "gzip, deflate",
                "Accept": "application/json, application/atom+xml, application/rss+xml, application/xml, */*;q=0.5",
            },
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._http is not None:
            await self._http.close()

    async def fetch(self, request: Request, validators: Validators) -> Reply:
        """Return the reply (200, or 304 for "unchanged"). Raises `Unreachable`, `Unreadable` or `Refused`."""
        if request.url.startswith("file:"):
            return await asyncio.to_thread(files.read, request, validators, datetime.now(UTC))
        if request.url.startswith(("imaps:", "imap:")):
            async with self._turns.of(urlsplit(request.url).netloc):
                return await imap.read(request, validators, datetime.now(UTC))
        reply = await self._follow(request, validators)
        if reply.unchanged and not _conditions(validators):
            raise Unreadable(
                f"{host_of(request.url)} answered 304 (not modified), but nobody had asked for changes only"
            )
        if reply.body and reply.body_hash == validators.body_hash:
            return replace(reply, status=304, body=b"")
        return reply

    def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for that long, as it asked before this fetcher was opened."""
        self._turns.hold(host, min(seconds, LONGEST_WAIT))

    async def listen(self, request: Request, ring: Callable[[], None]) -> bool:
        """Listen to a mailbox whose server offers it; False at once for anything else."""
        return request.url.startswith(("imaps:", "imap:")) and await idle.listen(request, ring)

    async def _follow(self, request: Request, validators: Validators) -> Reply:
        """Ask, and follow redirects by hand: each new address is checked like the first."""
        url, moved_to, lasting, left = request.url, None, True, self._deadline
        headers = {**request.headers, **_conditions(validators)}
        for _ in range(MAX_REDIRECTS + 1):
            if request.robots:
                await self._door.check(url)
            async with self._turns.of(host_of(url)):
                started = monotonic()
                reply = await self._ask(request, url, headers, left)
                left -= monotonic() - started
            if reply.status not in (301, 302, 303, 307, 308):
                return replace(reply, moved_to=moved_to)
            target = _target(url, reply.headers)
            lasting = lasting and reply.status in (301, 308)
            moved_to = target if lasting else moved_to
            if (host_of(target), urlsplit(target).scheme) != (host_of(url), urlsplit(url).scheme):
                headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
            url = target
        raise Unreachable(f"{host_of(request.url)} redirects more than {MAX_REDIRECTS} times")

    async def _ask(self, request: Request, url: str, headers: Mapping[str, str], deadline: float) -> Reply:
        """Return one host's answer: 200, 304 or a redirect; everything else is an error in a sentence."""
        host = host_of(url)
        try:
            async with asyncio.timeout(deadline):
                return await self._exchange(request, url, headers)
        except TimeoutError:
            raise Unreachable(f"{host} did not answer within {self._deadline:.0f} s") from None
        except aiohttp.InvalidURL:
            raise Refused(f"the address at {host} is not a valid one") from None
        except aiohttp.ClientConnectorError as error:
            raise _not_connected(host, error) from None
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable(f"{host} broke off the connection ({type(error).__name__})") from None

    async def _exchange(self, request: Request, url: str, headers: Mapping[str, str]) -> Reply:
        assert self._http is not None, "HttpFetcher is an async context manager"  # noqa: S101 # a bug, not an input
        keys = request.query if url == request.url else {}  # a redirect's target has what it needs
        async with self._http.request(
            request.method, url, params=keys, headers=headers, data=request.body, allow_redirects=False
        ) as response:
            answered = {name.lower(): value for name, value in response.headers.items()}
            content = b""
            if response.status == HTTPStatus.OK:
                limit = body.limit_for(answered.get("content-type", ""))
                chunks = response.content.iter_chunked(65_536)
                content = await body.read(chunks, answered.get("content-encoding", ""), limit)
            elif response.status not in (301, 302, 303, 304, 307, 308):
                self._complain(host_of(url), response.status, answered)
            return Reply(url, response.status, answered, content, datetime.now(UTC), digest=await _digest(content))

    def _complain(self, host: str, status: int, headers: Mapping[str, str]) -> NoReturn:
        sentence = f"{host} answered {status} {_phrase(status)}".rstrip()
        wait = _retry_after(headers.get("retry-after", ""))
        if status in (429, 503) or (status == HTTPStatus.FORBIDDEN and wait):  # some say "forbidden" for "too often"
            if wait:
                self._turns.hold(host, wait)
            raise Unreachable(sentence, retry_after=wait, host=host)
        if 400 <= status < 500:
            raise Refused(sentence, gone=status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE), status=status)
        raise Unreachable(sentence)


async def _digest(content: bytes) -> str:
    """Return the body's hash; of a whole board in a thread, so that the loop goes on."""
    return await asyncio.to_thread(digest_of, content) if len(content) > 1_000_000 else digest_of(content)


def _conditions(validators: Validators) -> dict[str, str]:
    found = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in found.items() if value}


def _target(url: str, headers: Mapping[str, str]) -> str:
    """Return where a redirect leads; raises `Unreadable` when it does not say."""
    if not headers.get("location"):
        raise Unreadable(f"{host_of(url)} redirects, but does not say where")
    try:
        return urljoin(url, headers["location"])
    except ValueError:
        raise Refused(f"{host_of(url)} redirects to an address that is not a valid one") from None


def _not_connected(host: str, error: aiohttp.ClientConnectorError) -> Unreachable | Refused:
    if isinstance(error, aiohttp.ClientSSLError):
        return Unreachable(f"{host} has no valid certificate, or speaks no TLS ({error})")
    reason = error.os_error
    if isinstance(reason, Forbidden):
        return Refused(f"{host} is {reason}; set `allow_private` if it is yours")
    if isinstance(error, aiohttp.ClientConnectorDNSError) or isinstance(reason, socket.gaierror):
        return Unreachable(f"{host} is not known to the name service")
    why = os.strerror(reason.errno) if reason.errno and reason.errno > 0 else reason.strerror or type(reason).__name__
    return Unreachable(f"{host} cannot be connected ({why})")


def _phrase(status: int) -> str:
    try:
        return f"({HTTPStatus(status).phrase.lower()})"
    except ValueError:
        return ""


def _retry_after(value: str) -> float | None:
    """Return the seconds that a Retry-After header asks for: a number or a date."""
    if value.strip().isdecimal():
        return min(float(value), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    wait = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(wait, 0.0), LONGEST_WAIT)
