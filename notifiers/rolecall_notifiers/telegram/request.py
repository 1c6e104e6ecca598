"""python-telegram-bot's requests over aiohttp: a fraction of the processor time of httpx, its default."""

from __future__ import annotations

import asyncio
import os
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError
from telegram.request import BaseRequest, RequestData

from rolecall_notifiers.reach import unreached

os.environ.setdefault("PTB_TIMEDELTA", "true")  # the type of `retry_after` to come; the old one warns

CONNECT = 10.0  # seconds
FORM = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": BaseRequest.USER_AGENT}


class Unreached(NetworkError):
    """The request never left: DNS, connection, proxy. Nothing can have been delivered."""


class Unanswered(NetworkError):
    """The request left and no whole answer came: it may have been carried out."""


class AiohttpRequest(BaseRequest):
    """Asks the Bot API; the first request opens the session, `shutdown` closes it."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._timeout

    async def initialize(self) -> None:
        """Nothing is asked before it is needed."""

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Return status and body. Raises `Unreached` or `Unanswered`, with nothing of the token in them."""
        wait = read_timeout if isinstance(read_timeout, int | float) else self._timeout
        self._session = self._session or aiohttp.ClientSession(proxy=_proxy(url))
        try:
            async with asyncio.timeout(CONNECT + wait), self._session.request(
                method, url, allow_redirects=False, timeout=_limits(self._timeout, wait), **_content(request_data)
            ) as response:  # fmt: skip
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise Unreached(_words(error)) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unanswered(_words(error)) from None


def _limits(connect: float, read: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, sock_connect=min(CONNECT, connect), sock_read=read)


def _content(data: RequestData | None) -> dict[str, Any]:
    if data is None:
        return {"headers": {"User-Agent": BaseRequest.USER_AGENT}}
    if not data.contains_files:
        return {"data": data.url_encoded_parameters().encode(), "headers": FORM}
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return {"data": form, "headers": {"User-Agent": BaseRequest.USER_AGENT}}


def _proxy(url: str) -> str | None:
    """Return the proxy of the environment (HTTPS_PROXY, NO_PROXY), as other programs obey it."""
    parts = urlsplit(url)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)


def _words(error: BaseException) -> str:
    if isinstance(error, aiohttp.ClientConnectorError) and not isinstance(error, aiohttp.ClientSSLError):
        return unreached(error.host, error.os_error)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
