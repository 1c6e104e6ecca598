"""The fetcher against a real server on loopback: what it asks, what it accepts, and what it says when it cannot."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from time import monotonic

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall import __version__
from rolecall.decide import new_validators
from rolecall.errors import NotNow, Refused, SourceError, Unreachable, Unreadable
from rolecall.fetch import HttpFetcher, body
from rolecall.fetch.turns import Turns
from rolecall.model import Reply, Request, Validators
from tests.fakes.board import Board
from tests.waiting import PATIENCE

NOTHING = Validators()


@pytest.fixture
async def board() -> AsyncIterator[Board]:
    async with Board() as board:
        yield board


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    async with HttpFetcher(pause=0, allow_private=True, deadline=PATIENCE) as fetcher:
        yield fetcher


async def get(fetcher: HttpFetcher, url: str, validators: Validators = NOTHING) -> Reply:
    return await fetcher.fetch(Request(url), validators)


# --- asking -------------------------------------------------------------------------------------------------------


async def test_a_reply_has_the_body_the_headers_in_lower_case_and_where_it_came_from(
    board: Board, fetcher: HttpFetcher
) -> None:
    reply = await get(fetcher, board.serve("/jobs", "[1]", x_kind="Test"))
    assert (reply.status, reply.body, reply.headers["x-kind"]) == (200, b"[1]", "Test")
    assert reply.url == f"{board.url}/jobs"
    assert reply.moved_to is None
    assert reply.received_at.tzinfo is UTC


async def test_it_says_who_it_is_and_asks_for_nothing_it_cannot_limit(board: Board) -> None:
    async with HttpFetcher(pause=0, allow_private=True, contact="https://example.org/me") as fetcher:
        await get(fetcher, board.serve("/jobs"))
    headers = board.asked[0][2]
    assert headers["User-Agent"] == f"Rolecall/{__version__} (+https://example.org/me)"
    assert headers["Accept-Encoding"] == "gzip, deflate"


async def test_cookies_are_neither_kept_nor_sent(board: Board, fetcher: HttpFetcher) -> None:
    url = board.serve("/jobs", set_cookie="PHPSESSID=1; Path=/")
    await get(fetcher, url)
    await get(fetcher, url)
    assert all("Cookie" not in headers for _, _, headers in board.asked)


async def test_a_request_may_have_a_body_and_headers_of_its_own(board: Board, fetcher: HttpFetcher) -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read() + request.headers["Authorization"].encode())

    url = board.on("/search", echo)
    reply = await fetcher.fetch(Request(url, "POST", {"Authorization": "Basic eA=="}, b"{}"), NOTHING)
    assert reply.body == b"{}Basic eA=="


async def test_keys_are_added_when_asking_and_stand_in_no_reply(board: Board, fetcher: HttpFetcher) -> None:
    board.redirect("/moved", "/jobs")
    board.serve("/jobs", "[]")
    for path in ("/jobs", "/moved"):
        reply = await fetcher.fetch(Request(f"{board.url}{path}?what=go%20lang", query={"app_key": "hunter2"}), NOTHING)
        assert "hunter2" not in repr(reply)
    assert [path for _, path, _ in board.asked] == [
        "/jobs?what=go%20lang&app_key=hunter2", "/moved?what=go%20lang&app_key=hunter2", "/jobs",
    ]  # fmt: skip


# --- unchanged ----------------------------------------------------------------------------------------------------


async def test_the_next_request_is_conditional_and_a_304_is_unchanged(board: Board, fetcher: HttpFetcher) -> None:
    url = board.serve("/jobs", "[]", etag='"v1"', last_modified="Sun, 22 Nov 2026 10:00:00 GMT")
    first = await get(fetcher, url)
    remembered = new_validators([first], [url], {})[url]
    board.serve("/jobs", status=304)
    again = await get(fetcher, url, remembered)
    assert again.unchanged
    assert board.asked[1][2]["If-None-Match"] == '"v1"'
    assert board.asked[1][2]["If-Modified-Since"] == "Sun, 22 Nov 2026 10:00:00 GMT"


async def test_the_same_body_under_a_new_etag_is_asked_for_by_the_new_one(board: Board, fetcher: HttpFetcher) -> None:
    url = board.serve("/jobs", "[]", etag='"v1"')
    first = await get(fetcher, url)
    remembered = new_validators([first], [url], {})
    board.serve("/jobs", "[]", etag='"v2"')
    again = await get(fetcher, url, remembered[url])
    assert again.unchanged
    kept = new_validators([again], [url], remembered)[url]
    assert kept == replace(remembered[url], etag='"v2"')


async def test_the_same_body_is_unchanged_even_when_the_server_has_no_validators(
    board: Board, fetcher: HttpFetcher
) -> None:
    url = board.serve("/jobs", "[]")
    remembered = new_validators([await get(fetcher, url)], [url], {})[url]
    again = await get(fetcher, url, remembered)
    assert again.unchanged
    assert again.body == b""
    board.serve("/jobs", "[1]")
    assert not (await get(fetcher, url, remembered)).unchanged


# --- redirects ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 308])
async def test_a_permanent_redirect_is_followed_and_remembered(board: Board, fetcher: HttpFetcher, status: int) -> None:
    new = board.serve("/new", "[]")
    reply = await get(fetcher, board.redirect("/old", "/new", status))
    assert (reply.url, reply.moved_to) == (new, new)


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_a_temporary_redirect_is_followed_and_forgotten(board: Board, fetcher: HttpFetcher, status: int) -> None:
    new = board.serve("/new", "[]")
    reply = await get(fetcher, board.redirect("/old", "/new", status))
    assert (reply.url, reply.moved_to) == (new, None)


async def test_a_move_is_remembered_only_as_far_as_it_is_permanent(board: Board, fetcher: HttpFetcher) -> None:
    board.serve("/c", "[]")
    board.redirect("/b", "/c", 302)
    assert (await get(fetcher, board.redirect("/a", "/b", 301))).moved_to == f"{board.url}/b"
    board.redirect("/b", "/c", 301)
    assert (await get(fetcher, board.redirect("/a", "/b", 302))).moved_to is None
    board.serve("/d", "[]")
    board.redirect("/c", "/d", 301)
    board.redirect("/b", "/c", 302)
    assert (await get(fetcher, board.redirect("/a", "/b", 301))).moved_to == f"{board.url}/b"


async def test_five_redirects_are_enough(board: Board, fetcher: HttpFetcher) -> None:
    for hop in range(6):
        board.redirect(f"/{hop}", f"/{hop + 1}")
    board.serve("/6", "[]")
    assert (await get(fetcher, f"{board.url}/1")).body == b"[]"
    with pytest.raises(Unreachable, match="redirects more than 5 times"):
        await get(fetcher, f"{board.url}/0")


async def test_a_redirect_loop_ends(board: Board, fetcher: HttpFetcher) -> None:
    with pytest.raises(Unreachable, match="redirects more than 5 times"):
        await get(fetcher, board.redirect("/loop", "/loop"))
    assert len(board.asked) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "data:,x"])
async def test_a_redirect_leads_only_to_the_web(board: Board, fetcher: HttpFetcher, target: str) -> None:
    with pytest.raises(Refused, match="only http and https"):
        await get(fetcher, board.redirect("/out", target))


@pytest.mark.parametrize("target", ["http://[", "http://:0x/", "http://user@[::1", "http://a:99999999/"])
async def test_a_redirect_to_nonsense_is_refused_in_a_sentence(board: Board, fetcher: HttpFetcher, target: str) -> None:
    with pytest.raises(Refused, match=r"not a valid one|only http and https"):
        await get(fetcher, board.redirect("/out", target))


async def test_a_redirect_without_a_target_is_unreadable(board: Board, fetcher: HttpFetcher) -> None:
    with pytest.raises(Unreadable, match="does not say where"):
        await get(fetcher, board.serve("/out", status=302))


async def test_credentials_stay_with_the_host_they_were_meant_for(board: Board, fetcher: HttpFetcher) -> None:
    async with Board() as stranger:
        stranger.serve("/", "[]")
        url = board.redirect("/jobs", f"{stranger.url}/")
        await fetcher.fetch(Request(url, headers={"Authorization": "Basic eA=="}), NOTHING)
        assert "Authorization" in board.asked[0][2]
        assert "Authorization" not in stranger.asked[0][2]


# --- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403, 404, 418, 451])
async def test_a_client_error_is_refused(board: Board, fetcher: HttpFetcher, status: int) -> None:
    with pytest.raises(Refused, match=f"answered {status}") as caught:
        await get(fetcher, board.serve("/jobs", status=status))
    assert caught.value.gone == (status == 404)


async def test_a_host_that_says_forbidden_but_when_to_come_back_means_too_often(
    board: Board, fetcher: HttpFetcher
) -> None:
    with pytest.raises(Unreachable, match="answered 403") as caught:
        await get(fetcher, board.serve("/jobs", status=403, retry_after="120"))
    assert caught.value.retry_after == 120
    with pytest.raises(NotNow):
        await get(fetcher, board.serve("/other"))


async def test_410_says_that_the_source_is_gone(board: Board, fetcher: HttpFetcher) -> None:
    with pytest.raises(Refused) as caught:
        await get(fetcher, board.serve("/jobs", status=410))
    assert caught.value.gone


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
async def test_a_server_error_is_tried_again_later(board: Board, fetcher: HttpFetcher, status: int) -> None:
    with pytest.raises(Unreachable, match=f"answered {status}"):
        await get(fetcher, board.serve("/jobs", status=status))


@pytest.mark.parametrize("status", [429, 503])
async def test_a_host_that_asks_for_time_gets_it_on_all_its_addresses(
    board: Board, fetcher: HttpFetcher, status: int
) -> None:
    with pytest.raises(Unreachable) as caught:
        await get(fetcher, board.serve("/jobs", status=status, retry_after="120"))
    assert caught.value.retry_after == 120
    with pytest.raises(NotNow, match="asked to be left alone") as waiting:
        await get(fetcher, board.serve("/other"))
    assert waiting.value.retry_after == pytest.approx(120, abs=5)
    assert len(board.asked) == 1


async def test_retry_after_may_be_a_date(board: Board, fetcher: HttpFetcher) -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    with pytest.raises(Unreachable) as caught:
        await get(fetcher, board.serve("/jobs", status=429, retry_after=at))
    assert caught.value.retry_after == pytest.approx(300, abs=5)


@pytest.mark.parametrize("value", ["soon", "-5", "", "Sun, 99 Nov 2026", "१२"])
async def test_a_retry_after_that_makes_no_sense_is_no_reason_to_fail_differently(
    board: Board, fetcher: HttpFetcher, value: str
) -> None:
    with pytest.raises(Unreachable, match="answered 429"):
        await get(fetcher, board.serve("/jobs", status=429, retry_after=value))


async def test_a_retry_after_of_years_is_cut_to_a_day(board: Board, fetcher: HttpFetcher) -> None:
    with pytest.raises(Unreachable) as caught:
        await get(fetcher, board.serve("/jobs", status=503, retry_after="999999999"))
    assert caught.value.retry_after == 86_400


async def test_nobody_at_home_is_unreachable(fetcher: HttpFetcher) -> None:
    async with Board() as board:
        url = board.url
    with pytest.raises(Unreachable, match=r"cannot be connected \(Connection refused\)"):
        await get(fetcher, url)


async def test_a_name_that_does_not_exist_is_unreachable(fetcher: HttpFetcher) -> None:
    with pytest.raises(Unreachable, match="not known to the name service"):
        await get(fetcher, "http://board.invalid/jobs")


async def test_a_server_without_tls_is_unreachable_over_https(board: Board, fetcher: HttpFetcher) -> None:
    with pytest.raises(Unreachable, match=r"certificate|TLS|broke off"):
        await get(fetcher, board.url.replace("http://", "https://"))


async def test_a_certificate_that_nobody_vouches_for_is_unreachable(fetcher: HttpFetcher) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    folder = Path(__file__).parent / "fixtures" / "smtp"
    context.load_cert_chain(folder / "localhost.crt", folder / "localhost.key")
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unreachable, match="no valid certificate"):
            await get(fetcher, f"https://localhost:{port}/")


async def test_errors_never_show_a_query_or_a_password(board: Board, fetcher: HttpFetcher) -> None:
    board.serve("/jobs", status=403)
    address = board.url.replace("http://", "http://user:hunter2@")
    for url in (f"{board.url}/jobs?app_key=hunter2", f"{address}/jobs", "http://board.invalid/?key=hunter2"):
        with pytest.raises(SourceError) as caught:
            await get(fetcher, url)
        assert "hunter2" not in f"{caught.value} {caught.value!r}"


# --- sizes and times ----------------------------------------------------------------------------------------------


async def test_a_body_is_unpacked_whichever_of_the_two_ways_it_was_packed(board: Board, fetcher: HttpFetcher) -> None:
    text = b'[{"id": 1}]' * 500
    raw_deflate = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(text),
        "deflate": zlib.compress(text),
        "Deflate": raw_deflate.compress(text) + raw_deflate.flush(),
    }
    for encoding, content in packed.items():
        reply = await get(fetcher, board.serve("/jobs", content, content_encoding=encoding))
        assert reply.body == text, encoding


async def test_a_damaged_or_unknown_packing_is_unreadable(board: Board, fetcher: HttpFetcher) -> None:
    with pytest.raises(Unreadable, match="damaged"):
        await get(fetcher, board.serve("/jobs", b"\x1f\x8bnot gzip at all", content_encoding="gzip"))
    with pytest.raises(Unreadable, match="cut off"):
        await get(fetcher, board.serve("/jobs", gzip.compress(b"[1]" * 999)[:-9], content_encoding="gzip"))
    with pytest.raises(Unreadable, match="not asked for"):
        await get(fetcher, board.serve("/jobs", b"x", content_encoding="br"))


async def test_a_feed_of_more_than_five_megabytes_is_unreadable(board: Board, fetcher: HttpFetcher) -> None:
    board.serve("/feed", b"x" * 5_000_001, "application/rss+xml")
    with pytest.raises(Unreadable, match="larger than 5 MB"):
        await get(fetcher, f"{board.url}/feed")


async def test_a_whole_board_as_json_may_be_larger(board: Board, fetcher: HttpFetcher) -> None:
    reply = await get(fetcher, board.serve("/jobs", b" " * 6_000_000, "application/json; charset=utf-8"))
    assert len(reply.body) == 6_000_000


async def test_a_gzip_bomb_stops_at_the_limit(board: Board, fetcher: HttpFetcher) -> None:
    bomb = gzip.compress(b"\0" * 300_000_000, compresslevel=1)
    url = board.serve("/feed", bomb, "application/rss+xml", content_encoding="gzip")
    with pytest.raises(Unreadable, match="larger than 5 MB"):
        await get(fetcher, url)


@settings(max_examples=50)
@given(st.binary(max_size=300), st.integers(1, 5_000), st.integers(1, 50))
def test_however_a_packed_body_arrives_it_is_the_same_body(text: bytes, times: int, step: int) -> None:
    packed = gzip.compress(text * times)

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(packed), step):
            yield packed[start : start + step]

    assert asyncio.run(body.read(chunks(), "gzip", 5_000_000)) == text * times


async def test_a_bomb_is_unpacked_in_steps_between_which_the_loop_goes_on() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield gzip.compress(b"\0" * 20_000_000)

    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    assert len(await body.read(chunks(), "gzip", 25_000_000)) == 20_000_000
    counting.cancel()
    assert turns > 50


async def test_a_server_that_drips_is_left_at_the_deadline(board: Board) -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.05)

    async with HttpFetcher(pause=0, allow_private=True, deadline=0.4) as fetcher:
        with pytest.raises(Unreachable, match="did not answer within"):
            await get(fetcher, board.on("/drip", drip))


async def test_redirects_share_one_deadline(board: Board) -> None:
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(0.15)
        return web.Response(status=302, headers={"Location": f"/{int(request.path[1:]) + 1}"})

    for hop in range(6):
        board.on(f"/{hop}", slow)
    async with HttpFetcher(pause=0, allow_private=True, deadline=0.4) as fetcher:
        with pytest.raises(Unreachable, match="did not answer within"):
            await get(fetcher, f"{board.url}/0")
    assert len(board.asked) <= 4


async def test_a_body_that_breaks_off_is_unreachable(board: Board, fetcher: HttpFetcher) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"[")
        assert request.transport is not None
        request.transport.close()
        return response

    with pytest.raises(Unreachable, match="broke off"):
        await get(fetcher, board.on("/cut", cut))


async def test_what_is_not_http_is_unreachable(fetcher: HttpFetcher) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"SSH-2.0-OpenSSH\r\n" * 10)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unreachable, match="broke off"):
            await get(fetcher, f"http://127.0.0.1:{port}/")


# --- politeness ---------------------------------------------------------------------------------------------------


async def test_a_host_is_asked_one_thing_at_a_time_with_a_pause_between(board: Board) -> None:
    busy = most = 0

    async def slow(_request: web.Request) -> web.Response:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.02)
        busy -= 1
        return web.Response(body=b"[]")

    url = board.on("/jobs", slow)
    async with HttpFetcher(pause=0.1, allow_private=True) as fetcher:
        started = monotonic()
        await asyncio.gather(*(get(fetcher, f"{url}?page={n}") for n in range(3)))
        assert most == 1
        assert monotonic() - started >= 0.2


async def test_different_hosts_are_asked_at_the_same_time() -> None:
    turns = Turns(pause=60)
    async with turns.of("one.example"), asyncio.timeout(30), turns.of("other.example"):
        pass


async def test_waiting_for_a_turn_does_not_count_towards_the_deadline(board: Board) -> None:
    async with HttpFetcher(pause=2.1, allow_private=True, deadline=2.0) as fetcher:
        url = board.serve("/jobs", "[]")
        replies = await asyncio.gather(get(fetcher, url), get(fetcher, url))
    assert [reply.status for reply in replies] == [200, 200]


# --- files --------------------------------------------------------------------------------------------------------


async def test_a_file_is_answered_and_then_unchanged(tmp_path: Path, fetcher: HttpFetcher) -> None:
    path = tmp_path / "a file.jsonl"
    path.write_text('{"id": 1}\n')
    reply = await get(fetcher, path.as_uri())
    assert reply.body == b'{"id": 1}\n'
    remembered = new_validators([reply], [path.as_uri()], {})[path.as_uri()]
    assert (await get(fetcher, path.as_uri(), remembered)).unchanged
    path.write_text('{"id": 12}\n')
    assert not (await get(fetcher, path.as_uri(), remembered)).unchanged


async def test_a_missing_file_is_unreachable_because_it_may_come_back(tmp_path: Path, fetcher: HttpFetcher) -> None:
    with pytest.raises(Unreachable, match="cannot be read: No such file"):
        await get(fetcher, (tmp_path / "none").as_uri())


@pytest.mark.parametrize("url", ["ftp://example.org/", "jobs.example.org/feed", "", "http://[", "javascript:alert(1)"])
async def test_only_the_web_and_files_are_asked(fetcher: HttpFetcher, url: str) -> None:
    with pytest.raises(Refused):
        await get(fetcher, url)
