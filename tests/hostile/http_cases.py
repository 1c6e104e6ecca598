"""Lies about HTTP: status, headers, lengths, encodings, redirects, and answers without end."""

from __future__ import annotations

import gzip
import zlib
from functools import partial

from tests.hostile.case import Case, Fails, Reads, case, feed
from tests.hostile.server import http, pours, says, trickles

RSS = b"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Jobs</title>
<item><guid>1</guid><title>Python Engineer</title><link>https://jobs.example/1</link>
<description>Django in Leeds.</description></item></channel></rss>"""

CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nTransfer-Encoding: chunked\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
TOO_LARGE = Fails("unreadable", "the answer is larger than 5 MB")
NO_END = Fails("unreachable", "did not answer within")
BROKEN_OFF = Fails("unreachable", "broke off the connection")
NOT_PUBLIC = Fails("blocked", "not a public address")
ONLY_WEB = Fails("blocked", "only http and https addresses are asked")


def _redirect(target: str, status: str = "302 Found") -> bytes:
    return http(b"", "text/plain", status, f"Location: {target}")


def _bomb(size: int, make: zlib._Compress) -> bytes:
    parts = [make.compress(bytes(1_000_000)) for _ in range(size // 1_000_000)]
    return b"".join([*parts, make.flush()])


def _gzip_bomb() -> bytes:
    return _bomb(60_000_000, zlib.compressobj(9, zlib.DEFLATED, 31))


def _deflate_bomb(wbits: int) -> bytes:
    return _bomb(30_000_000, zlib.compressobj(9, zlib.DEFLATED, wbits))


def _encoded(how: str, body: bytes) -> tuple[bytes, str, str, str]:
    return body, "application/rss+xml", "200 OK", f"Content-Encoding: {how}"


STATUS = (
    feed("204 without a body", Fails("unreachable", "answered 204 (no content)"), b"", "text/plain", "204 No Content"),
    feed(
        "206 with half a feed",
        Fails("unreachable", "answered 206 (partial content)"),
        RSS[:99],
        "application/rss+xml",
        "206 Partial Content",
    ),
    feed(
        "304 though nobody asked for changes only",
        Fails("unreadable", "answered 304 (not modified)"),
        b"",
        "text/plain",
        "304 Not Modified",
    ),
    feed("401", Fails("blocked", "answered 401"), b"", "text/plain", "401 Unauthorized"),
    feed("410", Fails("gone", "answered 410 (gone)"), b"", "text/plain", "410 Gone"),
    feed("418 with a whole feed", Fails("blocked", "answered 418"), RSS, "application/rss+xml", "418 I'm a teapot"),
    feed(
        "429 that asks for a week",
        Fails("unreachable", "answered 429"),
        b"",
        "text/plain",
        "429 Too Many",
        "Retry-After: 604800",
    ),
    feed(
        "500 with a whole feed",
        Fails("unreachable", "answered 500"),
        RSS,
        "application/rss+xml",
        "500 Internal Server Error",
    ),
    feed(
        "503 with a Retry-After that is no time",
        Fails("unreachable", "answered 503"),
        b"",
        "text/plain",
        "503 No",
        "Retry-After: 99999999999999999999 BC",
    ),
    feed(
        "a status that does not exist", Fails("unreachable", "answered 999"), RSS, "application/rss+xml", "999 Whatever"
    ),
    case("no HTTP at all", BROKEN_OFF, says(b"220 mail.example ESMTP\r\n")),
    case("nothing, and closes", BROKEN_OFF, says(b"")),
    case("nothing, and stays", NO_END, trickles(b"", b"")),
)

HEADERS = (
    case("a header of a megabyte", BROKEN_OFF, says(HEAD + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n")),
    case("100,000 headers", BROKEN_OFF, says(HEAD + b"X: a\r\n" * 100_000 + b"\r\n")),
    case("headers without end, a drop at a time", NO_END, trickles(HEAD, b"X: a\r\n")),
    case("headers without end, fast", BROKEN_OFF, pours(HEAD, b"X: a\r\n" * 1_000)),
    case("a NUL in a header", BROKEN_OFF, says(HEAD + b"X: a\0b\r\nContent-Length: 0\r\n\r\n")),
    case("two lengths that differ", BROKEN_OFF, says(HEAD + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\nabc")),
    case("length and chunks at once", BROKEN_OFF, says(CHUNKED[:-2] + b"Content-Length: 5\r\n\r\n0\r\n\r\n")),
    case("a length below zero", BROKEN_OFF, says(HEAD + b"Content-Length: -1\r\n\r\n" + RSS)),
    case("a length that is longer than the body", BROKEN_OFF, says(HEAD + b"Content-Length: 9999\r\n\r\n" + RSS)),
    case("a length that is shorter than the body", BROKEN_OFF, says(HEAD + b"Content-Length: 90\r\n\r\n" + RSS)),
    case("no length, and closes when it is done", Reads(1), says(HEAD + b"\r\n" + RSS)),
    feed("a picture's content type", Reads(1), RSS, "image/png"),
    feed("no content type worth the name", Reads(1), RSS, ";;;charset==\"'"),
    feed("a charset that does not exist", Reads(1), RSS, "application/rss+xml; charset=klingon-7"),
    feed("an ETag of 50 kB", BROKEN_OFF, RSS, "application/rss+xml", "200 OK", f"ETag: {'x' * 50_000}"),
    feed("cookies by the hundred", Reads(1), RSS, "application/rss+xml", "200 OK", *("Set-Cookie: a=b",) * 100),
)

LENGTH = (
    case("chunks without end, fast", TOO_LARGE, pours(CHUNKED, b"10000\r\n" + b" " * 65_536 + b"\r\n")),
    case("chunks without end, a drop at a time", NO_END, trickles(CHUNKED, b"1\r\n \r\n")),
    case("a chunk whose size is no number", BROKEN_OFF, says(CHUNKED + b"zz\r\n")),
    case("a chunk of 2^80 bytes", BROKEN_OFF, says(CHUNKED + b"F" * 20 + b"\r\n" + RSS)),
    case("a chunk extension without end", NO_END, pours(CHUNKED + b"5;", b"a" * 65_536)),
    case("a body without end and without length", TOO_LARGE, pours(HEAD + b"\r\n", b"<item>" * 10_000)),
    feed("10 MB of spaces", TOO_LARGE, lambda: b" " * 10_000_000),
    feed("4 MB of spaces", Fails("unreadable", "the answer is empty"), lambda: b" " * 4_000_000),
    feed("an empty 200", Fails("unreadable", "the answer is empty"), b""),
)

COMPRESSED = (
    feed(
        "gzip: 60 kB that are 60 MB", TOO_LARGE, _gzip_bomb, "application/rss+xml", "200 OK", "Content-Encoding: gzip"
    ),
    feed(
        "deflate: 30 kB that are 30 MB",
        TOO_LARGE,
        partial(_deflate_bomb, 15),
        "application/rss+xml",
        "200 OK",
        "Content-Encoding: deflate",
    ),
    feed(
        "bare deflate: 30 kB that are 30 MB",
        TOO_LARGE,
        partial(_deflate_bomb, -15),
        "application/rss+xml",
        "200 OK",
        "Content-Encoding: deflate",
    ),
    feed(
        "brotli, which was not asked for",
        Fails("unreadable", "compressed in a way that was not asked for"),
        *_encoded("br", b"\x8b\x01\x80"),
    ),
    feed(
        "gzip within gzip",
        Fails("unreadable", "compressed in a way that was not asked for"),
        *_encoded("gzip, gzip", gzip.compress(gzip.compress(RSS))),
    ),
    feed("gzip that says it is none", Fails("unreadable", "not a feed"), gzip.compress(RSS)),
    feed("no gzip that says it is", Fails("unreadable", "compressed, but damaged"), *_encoded("gzip", RSS)),
    feed("gzip, cut", Fails("unreadable", "compressed, but cut off"), *_encoded("gzip", gzip.compress(RSS)[:-20])),
    feed(
        "gzip with a wrong checksum",
        Fails("unreadable", "compressed, but damaged"),
        *_encoded("gzip", gzip.compress(RSS)[:-8] + bytes(8)),
    ),
    feed("gzip and something behind it", Reads(1), *_encoded("gzip", gzip.compress(RSS) + b"<rss>" * 9)),
    feed("bare deflate, which some servers call deflate", Reads(1), *_encoded("deflate", zlib.compress(RSS)[2:-4])),
)

REDIRECTS = (
    case("a redirect to itself", Fails("unreachable", "redirects more than 5 times"), says(_redirect("?again"))),
    case(
        "a redirect to nowhere",
        Fails("unreadable", "redirects, but does not say where"),
        says(http(b"", "text/plain", "302 Found")),
    ),
    case("a redirect to a file", ONLY_WEB, says(_redirect("file:///etc/passwd"))),
    case("a redirect to FTP", ONLY_WEB, says(_redirect("ftp://127.0.0.1/jobs"))),
    case("a redirect to a script", ONLY_WEB, says(_redirect("javascript:alert(1)"))),
    case("a redirect to data", ONLY_WEB, says(_redirect("data:application/rss+xml,<rss/>"))),
    case("a redirect to a mailbox", ONLY_WEB, says(_redirect("imaps://mail.example/INBOX"))),
    case("a redirect to the cloud's secrets", NOT_PUBLIC, says(_redirect("http://169.254.169.254/latest/meta-data/"))),
    case("a redirect into the local network", NOT_PUBLIC, says(_redirect("http://10.0.0.1/admin"))),
    case("a redirect to this machine, in hexadecimal", NOT_PUBLIC, says(_redirect("http://[::ffff:7f00:1]:22/"))),
    case("a redirect to this machine by name", NOT_PUBLIC, says(_redirect("http://localhost:6379/"))),
    case("a redirect to no address", Fails("blocked", "not a valid one"), says(_redirect("http://[::1/"))),
    case("a redirect whose target breaks the line", NOT_PUBLIC, says(_redirect("http://10.0.0.1/\tX: y\x0b"))),
    case(
        "a permanent redirect into the local network",
        NOT_PUBLIC,
        says(_redirect("http://192.168.0.1/feed", "301 Moved")),
    ),
)

CASES: tuple[Case, ...] = (*STATUS, *HEADERS, *LENGTH, *COMPRESSED, *REDIRECTS)
