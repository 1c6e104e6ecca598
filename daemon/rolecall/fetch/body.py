"""A body of limited size, whatever the server sends: what counts is what comes out of the decompressor."""

from __future__ import annotations

import asyncio
import io
import zlib
from collections.abc import AsyncIterable, AsyncIterator

from rolecall.errors import Unreadable

FEED_LIMIT = 5_000_000
JSON_LIMIT = 25_000_000
_STEP = 256_000  # bytes decompressed before the loop gets its turn


def limit_for(content_type: str) -> int:
    """Return how many bytes are read of a body of this type: whole boards are JSON, feeds are short."""
    return JSON_LIMIT if "json" in content_type.lower() else FEED_LIMIT


async def read(chunks: AsyncIterable[bytes], encoding: str, limit: int) -> bytes:
    """Return the decompressed body; raises `Unreadable` beyond `limit`, for damaged and for unknown encodings."""
    body = io.BytesIO()  # whose value is no copy
    async for part in _plain(chunks, encoding.strip().lower()):
        body.write(part)
        if body.tell() > limit:
            raise Unreadable(f"the answer is larger than {limit // 1_000_000} MB")
    return body.getvalue()


def _plain(chunks: AsyncIterable[bytes], encoding: str) -> AsyncIterable[bytes]:
    if encoding in ("", "identity"):
        return chunks
    if encoding in ("gzip", "x-gzip", "deflate"):
        return _inflated(chunks)
    raise Unreadable("the answer is compressed in a way that was not asked for")


async def _inflated(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Yield what gzip or deflate holds, a step at a time: three kilobytes may hold gigabytes."""
    stream = None
    try:
        async for chunk in chunks:
            stream = stream or _stream(chunk)
            while chunk:
                yield stream.decompress(chunk, _STEP)
                chunk = stream.unconsumed_tail
                await asyncio.sleep(0)
        if stream is not None:
            yield stream.flush()
    except zlib.error:
        raise Unreadable("the answer is compressed, but damaged") from None
    if stream is not None and not stream.eof:
        raise Unreadable("the answer is compressed, but cut off")


def _stream(start: bytes) -> zlib._Decompress:
    """Return a decompressor for a stream with this beginning; some servers send "deflate" without its wrapper."""
    wrapped = start[:1] in (b"\x1f", b"\x78")
    return zlib.decompressobj(zlib.MAX_WBITS | 32 if wrapped else -zlib.MAX_WBITS)
